"""Other sites' pages that may ask the API from a browser: those that the operator names."""

from collections.abc import Sequence

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

METHODS = ("GET", "POST", "PUT", "DELETE")
SENT = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "Last-Event-ID",
    "X-Request-ID",
)
READ = (
    "Content-Disposition",
    "ETag",
    "Idempotency-Replayed",
    "Location",
    "Retry-After",
    "X-Request-ID",
)


def install(app: FastAPI, origins: Sequence[str]) -> None:
    """Without an origin, no page of another site reads an answer. A page sends its key itself: no
    cookie of ours, such as the console's, is sent for it (`allow_credentials`)."""
    if origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=METHODS,
            allow_headers=SENT,
            expose_headers=READ,
            allow_credentials=False,
        )

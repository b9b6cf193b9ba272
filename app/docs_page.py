"""`/docs`: Swagger UI from our own files, so that a closed network sees it and no other host is
asked; its files come with the package fastapi-offline (MIT; Swagger UI is Apache-2.0)."""

from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

FOLDER = "static"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self';"
    " img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}
PAGE = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<title>Jiesu 接诉</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
START = """const readAsJson = (_, { specActions }) =>
  text => specActions.updateJsonSpec({ ...JSON.parse(text), $$normalized: true });
SwaggerUIBundle({
  url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true,
  docExpansion: 'none', defaultModelsExpandDepth: -1,
  plugins: [{ statePlugins: { spec: { wrapActions: { parseToJson: readAsJson } } } }],
});
"""
"""Swagger UI would read a megabyte of JSON as YAML, and with each operation that is opened look
through it for what no operation tells itself: ours tell their parameters and keys."""
KINDS = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}


async def page(request: Request) -> Response:
    return Response(PAGE, media_type="text/html", headers=HEADERS)


async def start(request: Request) -> Response:
    return Response(START, media_type="text/javascript", headers=HEADERS)


def file(request: Request) -> Response:
    name = request.url.path.rpartition("/")[2]
    content = files("fastapi_offline").joinpath(FOLDER, name).read_bytes()
    return Response(content, media_type=KINDS[name], headers=HEADERS)


ROUTES = [
    Route("/docs", page),
    Route("/docs/start.js", start),
    *(Route(f"/docs/{name}", file) for name in KINDS),
]

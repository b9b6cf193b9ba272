"""Refusals, by kind. Rooms subclass these by fact; only kit/web/problems.py knows HTTP statuses.

* Refusal
  + Unauthenticated   who is calling?                                  401
  + Forbidden         this role may not do that                        403
  + NotFound          not there, or not yours to know of               404
  + Malformed         not readable as what it claims to be             400
  + TooLarge          more than is taken at once                       413
  + Invalid           readable, but against a rule of form             422
  + Stale             you acted on an older version                    412
  + Conflict          the state of things does not allow it now        409
  + TooMany           slow down                                        429
  + Unavailable       a part of the service is out of reach            503
"""

from typing import ClassVar

from app.kit.messages import Message


class Refusal(Exception):
    """A refused call: it changed nothing. `facts` are figures to act on, shown beside `detail`;
    `title` is a template of the catalogues, as is that of `detail`."""

    title: ClassVar[str] = "Refused"

    def __init__(self, detail: Message | None = None, **facts: object) -> None:
        self.detail = detail or Message(self.title)
        super().__init__(self.detail)
        self.facts = facts


class Unauthenticated(Refusal):
    title = "A valid key is needed"


class Forbidden(Refusal):
    title = "This key's role may not do that"


class NotFound(Refusal):
    title = "There is no such thing here"


class Malformed(Refusal):
    title = "The request cannot be read"


class TooLarge(Refusal):
    title = "The request is too large"


class Invalid(Refusal):
    """Against a rule of form. `errors` lists {pointer, detail}, one for each field at fault."""

    title = "The request is not valid"


class Stale(Refusal):
    title = "It has changed since you read it"


class Conflict(Refusal):
    title = "It does not allow that now"


class TooMany(Refusal):
    title = "Too many requests"


class Unavailable(Refusal):
    title = "A part of the service cannot be reached"

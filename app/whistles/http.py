"""What a reading of whistles brings along: the caller, his session, the whistle he may see."""

from typing import Annotated

from fastapi import Depends

from app.access.gate import allow
from app.access.roles import Caller
from app.city import AtCity
from app.kit.clock import Now
from app.kit.db import Reading
from app.tickets.views.view import Viewer
from app.whistles.models import Whistle
from app.whistles.views import scope

Reader = Annotated[Caller, Depends(allow(scope.READERS))]


def viewer(caller: Reader, session: Reading, city: AtCity, now: Now) -> Viewer:
    return Viewer(caller, city, now, session)


Looking = Annotated[Viewer, Depends(viewer)]


def seen(number: str, looking: Looking) -> Whistle:
    return scope.get(looking.session, looking.caller, number)


Seen = Annotated[Whistle, Depends(seen)]

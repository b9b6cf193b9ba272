"""The name of a file in the reader's language (RFC 6266), with an English one for old clients."""

from urllib.parse import quote

from app.kit.messages import ENGLISH, Message, for_reader, in_language


def named(name: Message, ending: str) -> dict[str, str]:
    """The headers of a file to be kept: `2026-10_街道排名.xlsx`."""
    plain = in_language(name, ENGLISH).encode("ascii", "replace").decode()
    own = quote(f"{for_reader(name)}.{ending}", safe="")
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}.{ending}\"; filename*=UTF-8''{own}"
    }

"""The words on a screen for the codes of the API.

A kind is the name of an enumeration that has words in the catalogues, in small letters: `status`,
`ticket_type`. In English a code is read as its own words.
"""

from collections.abc import Mapping

from app.console import duty_labels
from app.kit.messages import ENGLISH, Language, Message, in_language, word_of

URGENCY = {
    "L1": Message("L1 emergency"),
    "L2": Message("L2 urgent"),
    "L3": Message("L3 general"),
    "L4": Message("L4 complex"),
}
SPAN = {
    "district": Message("district"),
    "street": Message("street or township"),
    "community": Message("community or village"),
    "stem": Message("area"),
    "landmark": Message("landmark"),
    "older": Message("older name"),
    "village": Message("community or village"),
    "similarity": Message("a name like it"),
    "memory": Message("learned place"),
}
WARNING = {
    "odd_telephone": Message("The telephone has an odd number of digits: ask once more."),
    "telephone": Message("A telephone stands in the text, which every reader of the ticket sees."),
    "id_number": Message("An identity number stands in the text, which every reader sees."),
    "number": Message("A long number stands in the text, which every reader sees."),
    "name": Message("The citizen's name stands in the text, which every reader sees."),
}
WHY = {
    "both": Message("this caller, this place"),
    "caller": Message("this caller"),
    "place": Message("this place"),
}
MATCHING = {
    "category": Message("the same category"),
    "text": Message("like words"),
    "caller": Message("one caller"),
}
PLACING = {
    "address": Message("the same address"),
    "distance": Message("near each other"),
}
EXTENSION_REASON = {
    "materials": Message("Materials or parts are awaited"),
    "weather": Message("Weather or season"),
    "contractor": Message("A contractor or owner is awaited"),
    "approval": Message("An approval is awaited"),
    "inspection": Message("An inspection or a survey is awaited"),
    "whistle": Message("A whistle is open"),
    "other": Message("Another reason, told in the plan"),
}
PERIOD_STATE = {
    "open": Message("running"),
    "closed": Message("ended"),
    "sealed": Message("sealed"),
}
ROW_STATUS = {
    "ranked": Message("ranked"),
    "insufficient": Message("too few"),
    "no_sample": Message("no sample"),
}
RANKING_CLASS = {
    "advanced": Message("Advanced"),
    "improved": Message("Improved"),
    "rectify": Message("To rectify"),
    "govern": Message("To be governed"),
}
COUNTS = {
    "numerator": Message("counted"),
    "denominator": Message("all"),
    "excluded": Message("left out"),
}
EXPORTED = {
    "tickets": Message("Tickets"),
    "whistles": Message("Whistles"),
    "facts": Message("Every assessment"),
    "roster": Message("Roster"),
}
"""Lists by the word of their path."""
FORCE_ACTION = {
    "set_model": Message("Choose the model"),
    "add": Message("Take a person in"),
    "change": Message("Change what is noted of him"),
    "remove": Message("Let him go"),
    "reveal": Message("Show his telephone"),
    "plan_shift": Message("Plan a shift"),
    "cancel_shift": Message("Cancel the shift"),
    "attend": Message("Note who is there"),
    "mark": Message("Mark his month"),
}
ELSE = {"because": "alarm"}
"""An alarm that rang is why a ticket waits."""
LABELS: Mapping[str, Mapping[str, Message]] = {
    "urgency": URGENCY,
    "span": SPAN,
    "extension_reason": EXTENSION_REASON,
    "warning": WARNING,
    "why": WHY,
    "period_state": PERIOD_STATE,
    "row_status": ROW_STATUS,
    "ranking_class": RANKING_CLASS,
    "counts": COUNTS,
    "exported": EXPORTED,
    "matching": MATCHING,
    "force_action": FORCE_ACTION,
    "placing": PLACING,
    "waits": duty_labels.WAITS,
    "because": duty_labels.BECAUSE,
}


def of(kind: str, code: str | None, reader: Language) -> str:
    """The label of a code; without a code there is none."""
    if not code:
        return ""
    if message := LABELS.get(kind, {}).get(code):
        return in_language(message, reader)
    kind = ELSE.get(kind, kind)
    if reader == ENGLISH:
        return code.replace("_", " ").replace("-", " ").capitalize()
    return word_of("".join(part.title() for part in kind.split("_")), code, reader)

"""What pydantic finds wrong with a form, in our words: its own are English, tell a pattern as it
is, and change with its versions."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypedDict

from app.kit.messages import SHAPES, Message, plural, template


class Fault(TypedDict):
    """`pointer`: `/address/text` in a body, `/query/limit` else."""

    pointer: str
    detail: Message


QUOTED = re.compile(r"'[^']*'")
CHOICES = ("expected", "expected_tags")
COUNTED = ("min_length", "max_length", "max_digits", "decimal_places", "whole_digits")
NO_OBJECT = template("Input should be an object")
NO_LIST = template("Input should be a list")
NO_DATE = template("Input should be a valid date in the format YYYY-MM-DD")
NO_TIME = template("Input should be an RFC 3339 time")
TOO_FEW = template("should have at least {min_length} item{plural}, not {actual_length}")
TOO_MANY = template("should have at most {max_length} item{plural}")
NO_PATTERN = template("is not written as it should be")
OTHER = template("Input is not valid: {kind}")

WORDS: Mapping[str, str] = {
    "missing": template("Field required"),
    "extra_forbidden": template("Extra inputs are not permitted"),
    "none_required": template("Input should be null"),
    "invalid_key": template("Keys should be strings"),
    "json_invalid": template("is not JSON"),
    "json_type": template("is not JSON"),
    "recursion_loop": template("the JSON is nested too deeply"),
    "recursion_depth_exceeded": template("the JSON is nested too deeply"),
    "model_type": NO_OBJECT,
    "model_attributes_type": NO_OBJECT,
    "dataclass_type": NO_OBJECT,
    "dict_type": NO_OBJECT,
    "mapping_type": NO_OBJECT,
    "list_type": NO_LIST,
    "tuple_type": NO_LIST,
    "set_type": NO_LIST,
    "frozen_set_type": NO_LIST,
    "iterable_type": NO_LIST,
    "greater_than": template("Input should be greater than {gt}"),
    "greater_than_equal": template("Input should be greater than or equal to {ge}"),
    "less_than": template("Input should be less than {lt}"),
    "less_than_equal": template("Input should be less than or equal to {le}"),
    "multiple_of": template("Input should be a multiple of {multiple_of}"),
    "finite_number": template("Input should be a finite number"),
    "too_short": TOO_FEW,
    "too_long": TOO_MANY,
    "string_type": template("Input should be a text"),
    "string_unicode": template("Input should be a text in UTF-8"),
    "string_too_short": template("should have at least {min_length} character{plural}"),
    "string_too_long": template("should have at most {max_length} character{plural}"),
    "enum": template("Input should be {expected}"),
    "literal_error": template("Input should be {expected}"),
    "union_tag_invalid": template("Input should be {expected_tags}"),
    "union_tag_not_found": template("Field required"),
    "bool_type": template("Input should be true or false"),
    "bool_parsing": template("Input should be true or false"),
    "int_type": template("Input should be a whole number"),
    "int_parsing": template("Input should be a whole number"),
    "int_from_float": template("Input should be a whole number"),
    "int_parsing_size": template("the number has too many digits"),
    "float_type": template("Input should be a number"),
    "float_parsing": template("Input should be a number"),
    "decimal_type": template("Input should be a number"),
    "decimal_parsing": template("Input should be a number"),
    "decimal_max_digits": template("should have at most {max_digits} digit{plural}"),
    "decimal_whole_digits": template(
        "should have at most {whole_digits} digit{plural} before the decimal point"
    ),
    "decimal_max_places": template("should have at most {decimal_places} decimal{plural}"),
    "date_type": NO_DATE,
    "date_parsing": NO_DATE,
    "date_from_datetime_parsing": NO_DATE,
    "date_from_datetime_inexact": NO_DATE,
    "datetime_type": NO_TIME,
    "datetime_parsing": NO_TIME,
    "datetime_object_invalid": NO_TIME,
    "datetime_from_date_parsing": NO_TIME,
    "timezone_aware": template("the time needs an offset, such as +08:00"),
}
"""By pydantic's type of fault, with the parts of its context."""


def faults(findings: Iterable[Mapping[str, Any]]) -> list[Fault]:
    return [{"pointer": pointer(each["loc"]), "detail": words(each)} for each in findings]


def first_of(listed: Sequence[Fault]) -> Message:
    """The first of the faults with its field, as a refusal's `detail`."""
    if not listed:
        return Message("The request is not valid")
    field, detail = listed[0]["pointer"], listed[0]["detail"]
    return Message("{field} {fault}", field=field, fault=detail) if field else detail


def pointer(location: Sequence[int | str]) -> str:
    inside = location[1:] if location and location[0] == "body" else location
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in inside)


def words(finding: Mapping[str, Any]) -> Message:
    kind, context = finding["type"], finding.get("ctx", {})
    if kind == "string_pattern_mismatch":
        return Message(SHAPES.get(context["pattern"], NO_PATTERN))
    if kind == "value_error":
        return of_validator(context["error"])
    if kind == "ours":
        reason: Message = context["reason"]
        return reason
    if kind in WORDS:
        return Message(WORDS[kind], **parts(context))
    return Message(OTHER, kind=kind)


def of_validator(error: ValueError) -> Message:
    """What a validator of ours says; a parser's own words are told to nobody."""
    [*_, reason] = error.args or ("",)
    return reason if isinstance(reason, Message) else Message(NO_PATTERN)


def parts(context: Mapping[str, Any]) -> dict[str, object]:
    counts = [context[name] for name in COUNTED if name in context]
    choices = {name: either(context[name]) for name in CHOICES if name in context}
    return {**context, **choices, "plural": plural(counts[0]) if counts else ""}


def either(choices: str) -> Message | str:
    """Of pydantic's `'a', 'b' or 'c'`; numbers are told as they are."""
    *others, last = QUOTED.findall(choices) or [choices]
    return Message("{others} or {last}", others=others, last=last) if others else last

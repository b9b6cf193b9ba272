"""What a policy document may say, and which one is in force."""

import hashlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.policy.documents import Policies, PolicyRefused, parse

DOCUMENT = Path("app/data/policy/beijing-2019.toml").read_text()


def test_beijings_document_holds_the_rulebooks_numbers() -> None:
    policy = parse("beijing-2019", DOCUMENT)

    assert policy.limits["L1"].result == timedelta(hours=2)
    assert policy.limits["L3"].result == timedelta(days=7)
    assert policy.contact.gap["L2"] == timedelta(minutes=30)
    assert policy.callback.start["L4"] == timedelta(hours=72)
    assert f"{policy.callback.window.closes:%H:%M}" == "21:00"
    assert policy.score.weights.response == Decimal("0.30")
    assert policy.evaluation.weight == Fraction(1, 3)
    assert policy.hold.max_review == 6
    assert policy.evaluation.submit == 3
    assert policy.classes.precedence == ("rectify", "govern", "advanced", "improved")
    assert policy.assess.types == {"help", "complaint", "report", "suggest"}


def test_a_policy_knows_its_name_its_text_and_its_day() -> None:
    policy = parse("beijing-2019", DOCUMENT)

    assert policy.name == "beijing-2019"
    assert policy.sha256 == hashlib.sha256(DOCUMENT.encode()).hexdigest()
    assert policy.effective_from == datetime(2018, 12, 31, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("old", "new", "path", "reason"),
    [
        ("satisfaction = 0.35 }", "satisfaction = 0.36 }", "score.weights", "sum to 101/100"),
        ("{ response = 0.30", "{ response = -0.30", "score.weights.response", "greater than"),
        ('result = "P7D"', 'result = "-P7D"', "limits.L3.result", "is negative"),
        ('result = "P7D"', 'result = "PT0S"', "limits.L3.result", "no time at all"),
        ('result = "P7D"', 'result = "P1M"', "limits.L3.result", "ISO 8601"),
        ('result = "P7D"', 'result = "P7DT"', "limits.L3.result", "ISO 8601"),
        ('result = "P7D"', "result = 7", "limits.L3.result", "ISO 8601"),
        ("max_renew = 3", "max_renw = 3", "hold.max_renw", "not permitted"),
        ("max_renew = 3", "", "hold.max_renew", "required"),
        ("max_renew = 3", 'max_renew = "3"', "hold.max_renew", "whole number"),
        ("four_eyes = true", "four_eyes = 1", "auth.four_eyes", "true or false"),
        ("[auth]", "[oath]", "oath", "not permitted"),
        ("[auth]", 'name = "x"\n[auth]', "name", "not a key"),
        ("start_day = 19", "start_day = 29", "period.start_day", "28"),
        ("start_day = 19", "start_day = 0", "period.start_day", "1"),
        ("freeze_days = 5", "freeze_days = 0", "period.freeze_days", "1"),
        ("{ response = 0.30", "{ response = 1e-10000000", "score.weights.response", "plain"),
        ("partly = 0 ", 'partly = "1e10000000" ', "score.partly", "plain"),
        ("silence_factor = ", "silence_factor = 1e10000000 # ", "silence_factor", "plain"),
        ("[95, 90, 80]", "[95, 90, 1e-10000000]", "publish.thresholds", "plain"),
        ('weight = "1/3"', 'weight = "1/4"', "eval.weight", "3/10"),
        ("arrive = 25", "arrive = 26", "eval", "do not sum"),
        ("08:00-21:00", "21:00-08:00", "callback.window", "closes before"),
        ("08:00-21:00", "8 to 9", "callback.window", "08:00-21:00"),
        ('max_review = "P6M"', 'max_review = "P180D"', "hold.max_review", "calendar months"),
        ('submit = "3wd"', 'submit = "3"', "eval.submit", "working days"),
        ('"help", ', '"HELP", ', "assess.types", "'help'"),
        ('count = "group_once"', 'count = "twice"', "merge.count", "'each'"),
        ('"rectify", "govern"', '"govern", "govern"', "class", "twice"),
        ("[95, 90, 80]", "[80, 90, 95]", "publish", "fall"),
        ("accept = 0.85", "accept = 1.85", "route.accept", "less than"),
        ("partly = 0 ", "partly = nan ", "score.partly", "fraction"),
        ("2019-01-01 ", "2019-01-01T00:00:00 ", "effective_from", "offset"),
        ("weights_by_league = {}", "weights_by_league = { parks = 1 }", "parks", "not permitted"),
    ],
)
def test_a_wrong_document_is_refused_by_path_and_reason(
    old: str, new: str, path: str, reason: str
) -> None:
    assert old in DOCUMENT

    with pytest.raises(PolicyRefused) as refused:
        parse("wrong", DOCUMENT.replace(old, new, 1))

    assert f"{path}" in str(refused.value)
    assert reason in str(refused.value)
    assert str(refused.value).startswith("policy wrong: ")


def test_a_small_number_is_taken_as_it_is_written() -> None:
    document = DOCUMENT.replace("partly = 0 ", "partly = 0.0000001 ", 1)
    assert parse("small", document).score.partly == Fraction(1, 10_000_000)


def test_what_is_no_toml_is_refused() -> None:
    with pytest.raises(PolicyRefused, match="is not TOML"):
        parse("wrong", "[score")


@given(st.tuples(*[st.integers(0, 10**6)] * 3))
def test_weights_are_taken_only_if_their_sum_is_exactly_one(parts: tuple[int, int, int]) -> None:
    names = ("response", "resolution", "satisfaction")
    given_weights = ", ".join(
        f"{name} = {Decimal(part).scaleb(-6):f}" for name, part in zip(names, parts, strict=True)
    )
    text = DOCUMENT.replace(
        "response = 0.30, resolution = 0.35, satisfaction = 0.35", given_weights
    )

    try:
        weights = parse("some", text).score.weights
    except PolicyRefused:
        assert sum(parts) != 10**6
    else:
        assert sum(parts) == 10**6
        assert weights.response == Decimal(parts[0]).scaleb(-6)


def test_the_finest_weight_is_still_exact() -> None:
    tiny = "0.35" + "0" * 15 + "1"

    with pytest.raises(PolicyRefused, match="sum to"):
        parse("fine", DOCUMENT.replace("satisfaction = 0.35 }", f"satisfaction = {tiny} }}"))


def test_a_league_may_have_weights_of_its_own() -> None:
    own = "{ city_departments = { response = 0.2, resolution = 0.4, satisfaction = 0.4 } }"
    score = parse("own", DOCUMENT.replace("_league = {}", f"_league = {own}")).score

    assert score.weights_for("city_departments").response == Decimal("0.2")
    assert score.weights_for("streets").response == Decimal("0.30")


def documents(*days: str) -> dict[str, str]:
    return {f"from-{day}": DOCUMENT.replace("2019-01-01", day) for day in days}


@pytest.mark.parametrize(
    ("instant", "name"),
    [
        ("1990-01-01T00:00:00+08:00", "from-2019-01-01"),
        ("2023-12-31T23:59:59.999999+08:00", "from-2019-01-01"),
        ("2024-01-01T00:00:00+08:00", "from-2024-01-01"),
        ("2023-12-31T16:00:00+00:00", "from-2024-01-01"),
        ("2030-01-01T00:00:00+08:00", "from-2024-01-01"),
    ],
)
def test_the_latest_document_that_has_begun_is_in_force(instant: str, name: str) -> None:
    policies = Policies.read(documents("2024-01-01", "2019-01-01"))

    assert policies.at(datetime.fromisoformat(instant)).name == name
    assert policies.named(name).name == name


def test_two_documents_may_not_begin_together() -> None:
    texts = {"one": DOCUMENT, "two": DOCUMENT.replace("2019-01-01", "2019-01-01T00:00:00+08:00")}

    with pytest.raises(PolicyRefused, match="effective_from: is also that of one"):
        Policies.read(texts)


def test_there_must_be_a_document() -> None:
    with pytest.raises(PolicyRefused):
        Policies.read({})


SHIPPED = {"beijing-2019": "62ca52fd4a2c391fbb2e2650d0ba1340766ef709c34d07fc1147cbd22fc603b1"}


@pytest.mark.parametrize(("name", "sha256"), SHIPPED.items())
def test_a_shipped_document_never_changes(name: str, sha256: str) -> None:
    """Databases have worked with its text: a new key goes to data/policy/added/keys.toml."""
    assert hashlib.sha256(Path(f"app/data/policy/{name}.toml").read_bytes()).hexdigest() == sha256


def test_a_key_that_came_later_has_its_value_or_the_documents_own() -> None:
    own = DOCUMENT.replace("[class]", "[class]\nmin_assessed = 3")

    assert parse("beijing-2019", DOCUMENT).classes.min_assessed == 10
    assert parse("own", own).classes.min_assessed == 3


def test_a_table_is_not_replaced_by_its_later_keys() -> None:
    with pytest.raises(PolicyRefused, match=r"class\.size: Field required"):
        parse("wrong", DOCUMENT.replace("[class]", "[signals.class]", 1))

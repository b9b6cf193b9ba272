"""What an operator may set, what is refused, and what is kept where nothing was set."""

import base64
import stat
from contextvars import copy_context
from pathlib import Path

import pytest

from app import commands, settings
from app.kit.host import terminal
from app.settings import BadSettings, Settings

SECRET = base64.b64encode(bytes(range(32))).decode()
KEY = "an-administrators-key.0001"
ELSEWHERE = {"DATABASE_URL": "postgresql://jiesu@db/jiesu", "SECRET_KEY": SECRET}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for field in Settings.model_fields:
        monkeypatch.delenv(settings.PREFIX + field.upper(), raising=False)


def load(monkeypatch: pytest.MonkeyPatch, given: dict[str, str]) -> Settings:
    for name, value in given.items():
        monkeypatch.setenv(settings.PREFIX + name, value)
    return settings.load()


def test_without_any_variable_it_serves_here_with_secrets_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = load(monkeypatch, {})
    again = load(monkeypatch, {})

    assert (first.host, first.port, first.workers) == ("127.0.0.1", 8000, 1)
    assert first.embedded
    assert len(first.secret_key) == 32
    assert first.keeps_admin_key
    assert len(first.admin_key) >= 24
    assert (again.secret_key, again.admin_key) == (first.secret_key, first.admin_key)
    for file in (first.secret_key_file, first.admin_key_file):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_given_secrets_are_taken_and_not_written_down(monkeypatch: pytest.MonkeyPatch) -> None:
    given = load(monkeypatch, {"SECRET_KEY": SECRET, "ADMIN_KEY": KEY})

    assert given.secret_key == bytes(range(32))
    assert given.admin_key == KEY
    assert not given.keeps_admin_key
    assert not given.data_dir.exists()


def test_other_sites_are_named_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    named = load(monkeypatch, {"CORS_ORIGINS": "https://a.example, http://127.0.0.1:3000/"})

    assert named.cors_origins == ("https://a.example", "http://127.0.0.1:3000")


def test_a_given_database_is_taken_with_its_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    given = load(monkeypatch, {**ELSEWHERE, "HOST": "0.0.0.0"})

    assert given.database == ELSEWHERE["DATABASE_URL"]
    assert given.admin_key == ""
    assert not given.data_dir.exists()


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(monkeypatch, {"PORT": "", "DATABASE_URL": "", "ADMIN_KEY": ""}).embedded


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = repr(load(monkeypatch, {**ELSEWHERE, "ADMIN_KEY": KEY}))

    assert KEY not in shown
    assert "secret_key" not in shown
    assert "jiesu@db" not in shown


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_the_embedded_database_is_served_on_loopback(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load(monkeypatch, {"HOST": host}).host == host


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"PROT": "1"}, "JIESU_PROT: there is no such setting"),
        ({"PORT": "80a"}, "JIESU_PORT: "),
        ({"PORT": "65536"}, "JIESU_PORT: "),
        ({"WORKERS": "0"}, "JIESU_WORKERS: "),
        ({"LOG_LEVEL": "loud"}, "JIESU_LOG_LEVEL: "),
        ({"POLICY_DIR": "nowhere"}, "JIESU_POLICY_DIR: nowhere is no directory"),
        ({"DATA_OVERLAY": "nowhere"}, "JIESU_DATA_OVERLAY: nowhere is no directory"),
        ({"HOST": "0.0.0.0"}, "JIESU_HOST: 0.0.0.0 is seen from other machines"),
        ({"HOST": "jiesu.example"}, "JIESU_HOST: jiesu.example is seen"),
        ({"ADMIN_KEY": KEY[:23]}, "JIESU_ADMIN_KEY: must be 24 to 200 characters"),
        ({"ADMIN_KEY": "k" * 201}, "JIESU_ADMIN_KEY: must be 24 to 200 characters"),
        ({"ADMIN_KEY": KEY + " "}, "JIESU_ADMIN_KEY: must be 24 to 200 characters"),
        ({"SECRET_KEY": SECRET[:-4]}, "JIESU_SECRET_KEY: must be 32 bytes in base64"),
        ({"SECRET_KEY": "?" * 44}, "JIESU_SECRET_KEY: must be 32 bytes in base64"),
        ({"DATABASE_URL": "mysql://db/jiesu"}, "JIESU_DATABASE_URL: must be a URL"),
        ({"DATABASE_URL": "db"}, "JIESU_DATABASE_URL: must be a URL"),
        ({"DATABASE_URL": "postgresql://db/jiesu"}, "JIESU_SECRET_KEY is needed"),
        ({"CORS_ORIGINS": "desk.example"}, "JIESU_CORS_ORIGINS: must be origins such as"),
        ({"CORS_ORIGINS": "*, https://desk.example"}, "JIESU_CORS_ORIGINS: must be origins"),
        ({"CORS_ORIGINS": "https://desk.example/page"}, "JIESU_CORS_ORIGINS: must be origins"),
        ({**ELSEWHERE, "SECRET_KEY": "A" * 43 + "="}, "JIESU_SECRET_KEY is weak"),
        ({**ELSEWHERE, "ADMIN_KEY": "k" * 24}, "JIESU_ADMIN_KEY is weak"),
    ],
)
def test_what_is_wrong_is_named_in_one_line(
    given: dict[str, str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadSettings) as refused:
        load(monkeypatch, given)

    assert str(refused.value).startswith(message)
    assert "\n" not in str(refused.value)


def test_a_kept_secret_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("var").mkdir()
    Path("var/secret.key").write_text("not a secret")

    with pytest.raises(BadSettings, match="no secret in var"):
        load(monkeypatch, {})


SPEAKS = [
    ({}, "zh"),
    ({"LANG": "C.UTF-8"}, "zh"),
    ({"LANG": "zh_CN.UTF-8"}, "zh"),
    ({"LANG": "en_GB.UTF-8"}, "en"),
    ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
    ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US"}, "en"),
    ({"LC_ALL": "zh_CN", "LANGUAGE": "en:zh"}, "en"),
    ({"LANG": "en_US", "LC_ALL": ""}, "en"),
]


@pytest.mark.parametrize(("variables", "spoken"), SPEAKS)
def test_a_command_speaks_the_terminals_language(variables: dict[str, str], spoken: str) -> None:
    assert terminal.of_terminal(variables.get) == spoken


@pytest.mark.parametrize(
    ("language", "refusal"),
    [
        ("zh_CN.UTF-8", "jiesu: JIESU_PORT：须为整数\n"),
        ("en_US.UTF-8", "jiesu: JIESU_PORT: Input should be a whole number\n"),
    ],
)
def test_a_command_refuses_in_the_terminals_language(
    monkeypatch: pytest.MonkeyPatch, language: str, refusal: str
) -> None:
    monkeypatch.setenv("LANGUAGE", language)
    monkeypatch.setenv("JIESU_PORT", "eighty")
    monkeypatch.setattr("sys.argv", ["jiesu", "sweep"])

    with pytest.raises(SystemExit) as ended:
        copy_context().run(commands.run)

    assert f"{ended.value.code}\n" == refusal

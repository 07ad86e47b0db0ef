"""Which webhooks a services file opens, where their secrets come from, and that nobody gets to see these."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.registry import RegistryFile
from bot.registry_services import RegistryError
from bot.registry_webhooks import ABSENT, Alertmanager
from bot.webhooks.secrets import Authorization, Signing, Webhook, Webhooks

SECRET = "correct-horse-battery"  # noqa: S105
FILE = """\
services:
  - {name: a, instances: ["http://10.0.0.1/p"], channel: C1, auth_header_env: A_AUTH}
webhooks:
  alertmanager: {bearer_env: MAPSTORM_ALERTMANAGER_TOKEN}
  grafana: {hmac_env: MAPSTORM_GRAFANA_SECRET, signature_header: X-Grafana-Alerting-Signature, timestamp_header: null}
  generic: {basic_user: cron, basic_password_env: MAPSTORM_GENERIC_PASSWORD}
alertmanager: {url: "http://alertmanager:9093", auth_header_env: MAPSTORM_SILENCE_AUTH}
"""
ENVIRON = {
    "MAPSTORM_ALERTMANAGER_TOKEN": SECRET + "-1",
    "MAPSTORM_GRAFANA_SECRET": f" {SECRET}-2\n",
    "MAPSTORM_GENERIC_PASSWORD": SECRET + "-3",
    "MAPSTORM_SILENCE_AUTH": "Bearer s",
}
Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str) -> Path:
        (tmp_path / "services.yaml").write_text(text)
        return tmp_path / "services.yaml"

    return written


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Watched(dict[str, str]):
    """Remembers what it was asked for."""

    def __init__(self, values: Mapping[str, str]) -> None:
        super().__init__(values)
        self.asked: set[str] = set()

    def get(self, name: str, default: str = "") -> str:  # type: ignore[override]
        self.asked.add(name)
        return super().get(name, default)


def problems(path: Path, environ: Mapping[str, str] = ENVIRON) -> list[str]:
    """Without the folder in front."""
    with pytest.raises(RegistryError) as raised:
        RegistryFile(path, None, webhooks=environ, alertmanager=environ)
    assert SECRET not in str(raised.value)
    return [problem.removeprefix(f"{path.parent}/") for problem in raised.value.problems]


def test_each_origin_has_its_own_secret(write: Write) -> None:
    registry = RegistryFile(write(FILE), None, webhooks=ENVIRON, alertmanager=ENVIRON)
    assert registry.webhooks() == Webhooks(
        Webhook(Authorization(b"bearer", SECRET.encode() + b"-1")),
        Webhook(None, Signing(SECRET.encode() + b"-2", b"x-grafana-alerting-signature", None)),
        Webhook(Authorization.basic("cron", SECRET + "-3")),
    )
    assert registry.alertmanager() == Alertmanager("http://alertmanager:9093", "Bearer s")
    shown = repr(registry.webhooks()) + repr(registry.alertmanager())
    assert SECRET not in shown
    assert "Bearer s" not in shown


def test_grafana_may_both_sign_and_authorize(write: Write) -> None:
    path = write(
        FILE.replace("timestamp_header: null", "timestamp_header: X-Time, bearer_env: MAPSTORM_GENERIC_PASSWORD")
    )
    assert RegistryFile(path, None, webhooks=ENVIRON).webhooks().grafana == Webhook(
        Authorization.bearer(SECRET + "-3"),
        Signing(SECRET.encode() + b"-2", b"x-grafana-alerting-signature", b"x-time"),
    )


def test_only_the_variables_that_webhooks_name_are_read(write: Write) -> None:
    environ = Watched({**ENVIRON, "A_AUTH": "Bearer of the service", "SLACK_BOT_TOKEN": "xoxb-1"})
    RegistryFile(write(FILE), None, webhooks=environ, alertmanager=environ)
    assert environ.asked == set(ENVIRON)


def test_a_process_that_takes_no_webhooks_needs_no_secrets_of_theirs(write: Write) -> None:
    registry = RegistryFile(write(FILE), {"A_AUTH": "Bearer of the service"})
    assert registry.webhooks() == Webhooks()
    assert registry.alertmanager() is None
    assert registry.get("a").auth_header == "Bearer of the service"


def test_nothing_configured_is_nothing_open(write: Write) -> None:
    registry = RegistryFile(write("services: []"), None, webhooks={}, alertmanager={})
    assert (registry.webhooks(), registry.alertmanager()) == (Webhooks(), None)


@pytest.mark.parametrize("name", ENVIRON)
@pytest.mark.parametrize("value", [None, "", " \n"])
def test_a_missing_secret_stops_the_start_and_is_named(write: Write, name: str, value: str | None) -> None:
    environ = {**ENVIRON, name: value} if value is not None else {key: ENVIRON[key] for key in ENVIRON.keys() - {name}}
    (problem,) = problems(write(FILE), environ)
    assert problem.endswith(f"_env: {ABSENT}: {name}")


@pytest.mark.parametrize("name", list(ENVIRON)[:3])
def test_a_short_secret_is_refused(write: Write, name: str) -> None:
    RegistryFile(write(FILE), None, webhooks={**ENVIRON, name: "0123456789abcdef"})
    (problem,) = problems(write(FILE), {**ENVIRON, name: "0123456789abcde"})
    assert problem.endswith(f"leads to a secret of under 16 characters: {name}")
    assert "0123456789abcde" not in problem


@pytest.mark.parametrize("value", ["Bearer 0123456789abcdef", "0123456789abcdefé", "0123456789\tabcdef"])
def test_a_secret_is_one_word(write: Write, value: str) -> None:
    (problem,) = problems(write(FILE), {**ENVIRON, "MAPSTORM_ALERTMANAGER_TOKEN": value})
    assert problem == (
        "services.yaml:4: webhooks.alertmanager.bearer_env: leads to a value that is not one word of visible ASCII: "
        "MAPSTORM_ALERTMANAGER_TOKEN"
    )


def test_a_header_that_http_cannot_carry_is_refused(write: Write) -> None:
    (problem,) = problems(write(FILE), {**ENVIRON, "MAPSTORM_SILENCE_AUTH": "Bearer a\nX: y"})
    assert problem.startswith("services.yaml:7: alertmanager.auth_header_env: leads to a value that no Authorization")


def test_what_may_be_the_secret_itself_is_not_quoted(write: Write) -> None:
    (problem,) = problems(write(FILE.replace("MAPSTORM_ALERTMANAGER_TOKEN", "aXb3f5e7d9c1")))
    assert problem == f"services.yaml:4: webhooks.alertmanager.bearer_env: {ABSENT}"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "alertmanager: {}",
            "alertmanager: names no secret: must be bearer_env, or basic_user with basic_password_env",
        ),
        ("generic: {}", "generic: names no secret: must be bearer_env, or basic_user with basic_password_env"),
        (
            "grafana: {signature_header: X}",
            "grafana: names no secret: must be bearer_env, or basic_user with basic_password_env, or hmac_env",
        ),
        (
            "generic: {basic_user: a}",
            "generic: basic_password_env is missing: basic_user and basic_password_env go together",
        ),
        (
            "generic: {bearer_env: A, basic_password_env: B}",
            "generic: basic_user is missing: basic_user and basic_password_env go together",
        ),
        (
            "grafana: {bearer_env: A, basic_user: a, basic_password_env: B}",
            "grafana.basic_user: cannot stand beside bearer_env: both are the Authorization header",
        ),
        ("generic: {basic_user: 'a:b', basic_password_env: B}", "generic.basic_user: must be up to 100 visible"),
        ("alertmanager: {hmac_env: A}", "alertmanager.hmac_env: is unknown: known are bearer_env, basic_user"),
        ("alertmanager: token", "alertmanager: must be a mapping that names a secret: bearer_env"),
        ("grafana: {hmac_env: 'a b'}", "grafana.hmac_env: must be the name of an environment variable"),
        ("grafana: {hmac_env: A, signature_header: 'a: b'}", "grafana.signature_header: must be the name of a header"),
        ("pagerduty: {bearer_env: A}", "pagerduty: is unknown: known are alertmanager, grafana, generic"),
        ("1: 2", "[1]: must be a field's name"),
    ],
)
@pytest.mark.parametrize("environ", [None, {}])
def test_a_webhook_that_is_no_closed_door_is_refused(
    write: Write, line: str, said: str, environ: Mapping[str, str] | None
) -> None:
    path = write(f"services: []\nwebhooks:\n  {line}\n")
    with pytest.raises(RegistryError) as raised:
        RegistryFile(path, None, webhooks=environ)
    told = [problem for problem in raised.value.problems if ABSENT not in problem]
    assert len(told) == 1
    assert told[0].startswith(f"{path}:3: webhooks.{said}".replace("webhooks.[", "webhooks["))


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("{}", "alertmanager.url: is missing: must be an http:// or https:// URL without credentials"),
        ("http://alertmanager:9093", "alertmanager: must be a mapping with url"),
        (
            "{url: 'http://user:s3cret@alertmanager:9093'}",
            "alertmanager.url: must be an http:// or https:// URL without",
        ),
        ("{url: 'http://169.254.169.254/'}", "alertmanager.url: is an address mapstorm never asks"),
        ("{url: 'http://a/', token: x}", "alertmanager.token: is unknown: known are url, auth_header_env"),
    ],
)
def test_the_alertmanager_is_vetted_like_an_instance(write: Write, said: str, wrong: str) -> None:
    (problem,) = problems(write(f"services: []\nalertmanager: {said}\n"), {})
    assert problem.startswith(f"services.yaml:2: {wrong}")
    assert "s3cret" not in problem


def test_a_changed_file_opens_and_closes_doors(write: Write) -> None:
    clock = Clock()
    registry = RegistryFile(write("services: []"), None, clock, webhooks=ENVIRON)
    assert registry.webhooks().alertmanager is None
    path = write(FILE)
    clock.now = 1.0
    assert registry.webhooks().alertmanager == Webhook(Authorization.bearer(SECRET + "-1"))
    write(FILE.replace("MAPSTORM_ALERTMANAGER_TOKEN", "MAPSTORM_NONE"))
    clock.now = 2.0
    with capture_logs() as logs:
        assert registry.webhooks().alertmanager == Webhook(Authorization.bearer(SECRET + "-1"))
    assert logs[0]["problems"] == (f"{path}:4: webhooks.alertmanager.bearer_env: {ABSENT}: MAPSTORM_NONE",)
    write("services: []\nwebhooks: {}\n")
    clock.now = 3.0
    assert registry.webhooks() == Webhooks()

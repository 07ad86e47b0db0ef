"""What README gives to paste is taken by whoever it is pasted into."""

import json
import re
import shlex
import subprocess
import textwrap
from pathlib import Path

import pytest
import yaml

from bot.doctor.alerts import configured
from bot.registry import RegistryFile
from bot.settings import VARIABLES
from handlers.alert import Origin
from handlers.rotation import Calendar, Rotation, UserGroup, Written
from handlers.sources import generic, route
from tests.alerting.programs import find
from tests.needs import AMTOOL

README = (Path(__file__).parents[2] / "README.md").read_text()
# A paragraph's indented block: four spaces and more, up to the first line that has less.
BLOCK = re.compile(r"(?m)^ {4,}\S.*\n(?:(?: {4,}.*)?\n)*")
SECRETS = {
    name: "a secret of enough characters".replace(" ", "-")
    for name in ("MAPSTORM_ALERTMANAGER_TOKEN", "MAPSTORM_GRAFANA_SECRET", "MAPSTORM_GENERIC_TOKEN")
}


def block(beginning: str) -> str:
    """The only block whose first line begins so, without its margin."""
    found = [text for each in BLOCK.findall(README) if (text := textwrap.dedent(each)).startswith(beginning)]
    assert len(found) == 1, f"{len(found)} blocks begin with {beginning}"
    return found[0]


def registry(scratch: Path, text: str) -> RegistryFile:
    path = scratch / "services.yaml"
    path.write_text(text)
    return RegistryFile(path, {}, webhooks=SECRETS, alertmanager=SECRETS)


def test_the_first_registry_is_one(tmp_path: Path) -> None:
    assert [service.name for service in registry(tmp_path, block("services:")).all()] == ["svc-orders"]


def test_the_registry_for_alerts_is_one_with_every_webhook(tmp_path: Path) -> None:
    found = registry(tmp_path, block("webhooks:"))
    assert configured(found.webhooks()) == tuple(Origin)
    assert found.alertmanager() is not None
    assert found.fallback() == "C0FALLBACK"
    (service,) = found.all()
    assert service.match
    assert service.memory_limit
    assert service.mention
    assert service.allow


def rotation(scratch: Path, text: str) -> Rotation:
    """The rotation of a registry, made of README's first one and `text`."""
    path = scratch / "services.yaml"
    path.write_text(block("services:") + text)
    (found,) = RegistryFile(path, {}, calendars={"PAYMENTS_ICAL_URL": "https://calendar.example.com/a.ics"}).rotations()
    return found


def test_the_rotation_is_one_with_a_calendar(tmp_path: Path) -> None:
    found = rotation(tmp_path, block("rotations:"))
    assert found.source == Calendar("https://calendar.example.com/a.ics")
    assert found.people == {"Bo Chen": "U0BO"}


@pytest.mark.parametrize(
    ("beginning", "source"), [("ical: {file", Calendar), ("members:", Written), ("user_group:", UserGroup)]
)
def test_what_may_stand_in_place_of_the_calendar_can(beginning: str, source: type, tmp_path: Path) -> None:
    kept = [line for line in block("rotations:").strip().splitlines() if "ical:" not in line and "people:" not in line]
    margin = kept[-1][: len(kept[-1]) - len(kept[-1].lstrip())]
    (part,) = [each for each in block("ical: {file").split("\n\n") if each.startswith(beginning)]
    text = "\n".join([*kept, textwrap.indent(part, margin)]) + "\n"
    assert isinstance(rotation(tmp_path, text).source, source)


def test_the_alert_sent_by_curl_means_an_instance_of_that_registry(tmp_path: Path) -> None:
    words = shlex.split(block("curl -H").replace("\\\n", " "))
    said = generic.read(json.loads(words[words.index("-d") + 1]))
    ((service, (alert,)),) = route.whom(registry(tmp_path, block("webhooks:")).all(), said).parts
    assert service.name == "svc-orders"
    assert route.instance_of(service, alert.labels) == "orders-0"
    assert alert.title
    assert alert.link


def test_grafana_signs_with_the_header_that_is_expected(tmp_path: Path) -> None:
    (receiver,) = yaml.safe_load(block("apiVersion:"))["contactPoints"][0]["receivers"]
    webhook = registry(tmp_path, block("webhooks:")).webhooks().grafana
    assert webhook is not None
    assert webhook.signing is not None
    assert receiver["settings"]["hmacConfig"]["header"].lower().encode() == webhook.signing.signature_header


@pytest.mark.alertmanager
def test_alertmanager_takes_its_configuration(tmp_path: Path) -> None:
    text = block("route:")
    (tmp_path / "alertmanager.yml").write_text(text)
    told = subprocess.run(  # noqa: S603 - amtool
        [find(AMTOOL), "check-config", str(tmp_path / "alertmanager.yml")], capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr
    (webhook,) = yaml.safe_load(text)["receivers"][1]["webhook_configs"]
    assert webhook["url"].endswith("/webhooks/alertmanager")
    assert webhook["send_resolved"] is True


def test_the_table_of_variables_has_each_that_is_read() -> None:
    assert [name for name in VARIABLES if f"`{name}`" not in README] == []

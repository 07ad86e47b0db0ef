"""What the services file may say of rotations, and what is said about one that says something else."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import pytest

from bot.registry import RegistryFile
from bot.registry_problems import EACH, MUST
from bot.registry_schema import IcalEntry, MemberEntry, RotationEntry
from bot.registry_services import RegistryError
from handlers.rotation import Calendar, Member, Rotation, UserGroup, Written

SECRET = "https://calendar.example.com/private-s3cret/basic.ics"  # noqa: S105 - a word to look for
HEAD = "services:\n- {name: svc-orders, instances: [http://10.1.2.3/p], channel: C1}\nrotations:\n"
FIELDS = "- name: payments\n  channel: C0PAYMENTS\n  services: [svc-orders]\n  time_zone: Europe/Berlin\n"
ICAL = HEAD + FIELDS + "  ical: {env: PAYMENTS_ICAL_URL}\n"
TURNS = (
    HEAD + FIELDS + "  members: [{name: Ana, email: ana@example.com, slack: U0ANA}, {name: Bo}]\n"
    "  start: 2026-01-05 09:00\n  period_hours: 168\n"
)
GROUP = HEAD + FIELDS + "  user_group: S0123\n"
Read = Callable[[str], tuple[Rotation, ...]]


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., tuple[Rotation, ...]]:
    def registered(text: str, environ: Mapping[str, str] | None = None) -> tuple[Rotation, ...]:
        path = tmp_path / "services.yaml"
        path.write_text(text)
        return RegistryFile(
            path, {}, calendars={"PAYMENTS_ICAL_URL": SECRET} if environ is None else environ
        ).rotations()

    return registered


def problems(read: Callable[..., object], text: str, environ: Mapping[str, str] | None = None) -> list[str]:
    with pytest.raises(RegistryError) as caught:
        read(text, environ)
    return [problem.partition("services.yaml:")[2] for problem in caught.value.problems]


def test_a_calendar_by_its_address(read: Read) -> None:
    (found,) = read(ICAL)
    assert found == Rotation("payments", "C0PAYMENTS", ("svc-orders",), "Europe/Berlin", Calendar(SECRET))
    assert (found.lead_s, found.reminder_s) == (3600, 1800)
    assert "s3cret" not in repr(found)


def test_webcal_is_https(read: Callable[..., tuple[Rotation, ...]]) -> None:
    (found,) = read(ICAL, {"PAYMENTS_ICAL_URL": SECRET.replace("https", "webcal") + "\n"})
    assert found.source == Calendar(SECRET)


def test_a_calendar_in_a_file_beside_this_one(read: Read, tmp_path: Path) -> None:
    (found,) = read(ICAL.replace("{env: PAYMENTS_ICAL_URL}", "{file: payments.ics}"))
    assert found.source == Calendar(file=str(tmp_path / "payments.ics"))


@pytest.mark.parametrize("start", ["2026-01-05 09:00", "2026-01-05T09:00:00", '"2026-01-05T09:00"'])
def test_turns_written_here(read: Read, start: str) -> None:
    (found,) = read(TURNS.replace("2026-01-05 09:00", start))
    members = (Member("Ana", "ana@example.com", "U0ANA"), Member("Bo"))
    assert found.source == Written(members, datetime(2026, 1, 5, 9), 168)


def test_a_day_begins_at_midnight(read: Read) -> None:
    (found,) = read(TURNS.replace("2026-01-05 09:00", "2026-01-05"))
    assert isinstance(found.source, Written)
    assert found.source.start == datetime(2026, 1, 5)


def test_a_user_group_and_all_that_may_be_said(read: Read) -> None:
    (found,) = read(
        GROUP + "  lead_minutes: 90\n  reminder_minutes: 10\n  people: {ana@example.com: U0ANA, Bo Chen: U0BO}\n"
    )
    assert found.source == UserGroup("S0123")
    assert (found.lead_s, found.reminder_s) == (5400, 600)
    assert found.people == {"ana@example.com": "U0ANA", "Bo Chen": "U0BO"}


def test_a_process_that_reads_no_calendar_needs_no_address(tmp_path: Path) -> None:
    path = tmp_path / "services.yaml"
    path.write_text(ICAL)
    assert RegistryFile(path, {}).rotations()[0].source == Calendar()


def test_every_field_says_what_it_must_be() -> None:
    for entry in (RotationEntry, IcalEntry, MemberEntry):
        assert set(entry.model_fields) <= set(MUST)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + FIELDS, "4: rotations[0]: needs exactly one of ical, members and user_group"),
        (
            ICAL + "  user_group: S0123\n",
            "9: rotations[0].user_group: needs exactly one of ical, members and user_group",
        ),
        (ICAL + "  start: 2026-01-05\n", "9: rotations[0].start: is for rotations with members"),
        (
            TURNS.replace("  period_hours: 168\n", ""),
            "4: rotations[0]: period_hours is missing: members take turns from start, each for period_hours",
        ),
        (
            ICAL.replace("{env: PAYMENTS_ICAL_URL}", "{env: A, file: b.ics}"),
            "8: rotations[0].ical: needs env, the name of a variable, or file, and not both",
        ),
        (
            ICAL.replace("{env: PAYMENTS_ICAL_URL}", "{}"),
            "8: rotations[0].ical: needs env, the name of a variable, or file, and not both",
        ),
        (
            ICAL.replace("PAYMENTS_ICAL_URL", SECRET),
            "8: rotations[0].ical.env: must be the name of an environment variable",
        ),
        (ICAL.replace("{env: PAYMENTS_ICAL_URL}", SECRET), f"8: rotations[0].ical: must be {MUST['ical']}"),
        (
            ICAL.replace("PAYMENTS", "BILLING"),
            "8: rotations[0].ical.env: names a variable that this process has not, or has empty: BILLING_ICAL_URL",
        ),
        (
            GROUP.replace("svc-orders]\n  time", "svc-other]\n  time"),
            "6: rotations[0].services[0]: is no service of this file: svc-other",
        ),
        (GROUP + FIELDS + "  user_group: S1\n", "9: rotations[1].name: is there twice: payments"),
        (
            GROUP.replace("Europe/Berlin", "Europe/Munich"),
            "7: rotations[0].time_zone: must be a time zone such as Europe/Berlin, got 'Europe/Munich'",
        ),
        (
            GROUP.replace("Europe/Berlin", "../../etc/passwd"),
            f"7: rotations[0].time_zone: must be {MUST['time_zone']}, got '../../etc/passwd'",
        ),
        (GROUP.replace("S0123", "U0123"), f"8: rotations[0].user_group: must be {MUST['user_group']}, got 'U0123'"),
        (TURNS.replace("09:00", "09:00:00Z"), f"9: rotations[0].start: must be {MUST['start']}"),
        (TURNS.replace("2026-01-05 09:00", "monday"), f"9: rotations[0].start: must be {MUST['start']}, got 'monday'"),
        (TURNS.replace("168", "0"), f"10: rotations[0].period_hours: must be {MUST['period_hours']}, got 0"),
        (TURNS.replace("{name: Bo}", "Bo"), f"8: rotations[0].members[1]: must be {EACH['members']}"),
        (TURNS.replace("{name: Bo}", "{nam: Bo}"), "8: rotations[0].members[1].nam: is unknown: did you mean name?"),
        (GROUP + "  people: {Ana: ana}\n", "9: rotations[0].people.Ana: must be the id of a user (U0123ABCD)"),
        (GROUP + "  lead_minute: 5\n", "9: rotations[0].lead_minute: is unknown: did you mean lead_minutes?"),
        ("services: []\nrotations: [x]", f"2: rotations[0]: must be {EACH['rotations']}"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(read: Read, text: str, said: str) -> None:
    found = problems(read, text)
    assert said in found
    assert "s3cret" not in "".join(found)


@pytest.mark.parametrize(
    "value",
    [
        "http://calendar.example.com/s3cret.ics",
        "calendar.example.com/s3cret",
        "https:///s3cret.ics?aaaaaa",
        "https://[s3cret/aaaaaaaaaaa",
    ],
)
def test_an_address_that_is_none_is_not_quoted(read: Read, value: str) -> None:
    (found,) = problems(read, ICAL, {"PAYMENTS_ICAL_URL": value})
    assert found == "8: rotations[0].ical.env: leads to a value that is no https:// or webcal:// address"


def test_whoever_is_on_call_can_be_mentioned_where_somebody_is(read: Read) -> None:
    calls = TURNS.replace("channel: C1}", "channel: C1, mention: [S0123, oncall]}")
    assert read(calls)[0].services == ("svc-orders",)
    alone = calls.replace(FIELDS, FIELDS.replace("svc-orders", "svc-other")).replace(
        "rotations:", "- {name: svc-other, instances: [http://10.1.2.4/p], channel: C1}\nrotations:"
    )
    (wrong,) = problems(read, alone)
    assert "oncall needs a rotation that has svc-orders among its services" in wrong

"""The home as blocks: within Slack's limits whatever things are called, and nothing of it mentions or links."""

import json
from dataclasses import replace

import pytest

from bot.home_view import BYTES, view
from bot.standin.check import check_view
from bot.standin.limits import VIEW_BLOCKS, VIEW_BYTES
from handlers.home_notes import Home, HomeIncident, HomeRotation, HomeService
from handlers.incident import Act, State
from handlers.notes import Accepted, Note, Slip
from handlers.oncall_notes import OnCallLine, Turn
from handlers.records import Remembered
from handlers.rotation import Member
from tests.bot.handoff_notes import handoff, rotation
from tests.bot.notes import incident, service

HOSTILE = (
    "svc",
    "<!channel> <@U0EVIL> <https://evil.example.com|ok> & `*_~",
    "x" * 5_000,
    "🦊" * 5_000,
    "\u202egnirts\u202c\u200b\n\n^ fine",
)


def told(name: str, number: int, incidents: int = 2) -> HomeService:
    last = Remembered(1.7e9, name, "growth_storm", f"{name}/{name}.go:1", 5e9)
    of = replace(service(), name=name)
    open_ones = tuple(
        HomeIncident(
            replace(incident(State.OPEN, name, name), id=f"k{number:03}{each:04}"),
            "https://slack.example.com/archives/C0/p1",
            tuple(Act),
        )
        for each in range(incidents)
    )
    return HomeService(f"{number:012x}", of, last, tuple(1e6 * each for each in range(20)), open_ones, 3, True)


def rotations(name: str) -> tuple[HomeRotation, ...]:
    people = tuple(Member(name, "", "") for _ in range(12))
    one = OnCallLine(rotation(name), Turn(people, None, 1.7e9), (Turn(people, 1.7e9, None),), "calendar_away", name)
    return (HomeRotation(one, handoff(text=name), may_take=True),) * 8


def held(home: Home, note: Note | None = None) -> list[dict[str, object]]:
    """The blocks, as Slack takes them."""
    made = view(home, note)
    check_view(json.loads(json.dumps(made)), "home")
    assert len(json.dumps(made)) < VIEW_BYTES
    blocks = made["blocks"]
    assert isinstance(blocks, list)
    assert len(blocks) <= VIEW_BLOCKS
    return blocks


@pytest.mark.parametrize("name", HOSTILE, ids=["plain", "markup", "long", "wide", "bidi"])
@pytest.mark.parametrize("services", [0, 1, 3, 200])
def test_it_fits_whatever_things_are_called(services: int, name: str) -> None:
    home = Home(1.7e9, tuple(told(name, number) for number in range(services)), 0, services, rotations(name))
    said = json.dumps(held(home, Slip("unknown_service", name)), ensure_ascii=False)
    assert "<!channel>" not in said
    assert "<@U0EVIL>" not in said
    assert "<https://evil" not in said
    assert "\u202e" not in said


def test_what_does_not_fit_is_counted() -> None:
    home = Home(1.7e9, tuple(told("svc", number, 0)._replace(more=0) for number in range(60)), 7, 0)
    blocks = held(home)
    shown = sum(str(block.get("block_id", "")).startswith("home.") for block in blocks)
    assert 25 < shown < 60
    assert f"{60 - shown + 7} more services" in json.dumps(blocks[-1])


def test_wide_names_are_held_by_their_bytes() -> None:
    home = Home(1.7e9, tuple(told("🦊" * 5_000, number, 5) for number in range(30)))
    blocks = held(home)
    assert BYTES * 0.7 < len(json.dumps(blocks)) < VIEW_BYTES
    assert "more services" in json.dumps(blocks[-1])


def test_the_answer_to_a_press_stands_on_top() -> None:
    home = Home(1.7e9, (told("svc", 1),))
    first, *_, last = held(home, Accepted(service(), ("orders-0",)))
    assert "Capturing `svc-orders`" in json.dumps(first)
    assert "and 3 more open incidents" in json.dumps(last)


def test_trouble_is_told_in_place_of_everything_with_a_button_to_try_again() -> None:
    first, *rest = held(Home(1.7e9, trouble=Slip("outage", "redis")))
    assert "home.refresh" in json.dumps(first)
    assert "Redis is out of reach" in json.dumps(rest)


def test_a_sparkline_comes_with_its_numbers() -> None:
    said = json.dumps(held(Home(1.7e9, (told("svc", 1),))), ensure_ascii=False)
    assert "from 0 B to 18.1 MiB in 20 captures" in said
    alone = told("svc", 1)._replace(live_heaps=(5e9,))
    assert "Live heap of `svc`: 4.7 GiB" in json.dumps(held(Home(1.7e9, (alone,))))


def test_who_may_not_take_a_handoff_has_no_button_for_it() -> None:
    home = Home(1.7e9, rotations=tuple(one._replace(may_take=False) for one in rotations("payments")))
    said = json.dumps(held(home))
    assert "Nobody has taken it yet" in said
    assert "handoff.take" not in said

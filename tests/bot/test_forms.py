"""Modals within Slack's limits, as the stand-in for Slack refuses them, and what comes back from them."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.forms import ACTS, View, filled, filled_in, loading, notice, view
from bot.render import message
from bot.standin.check import check_view
from bot.standin.choices import state
from handlers.command import SNOOZE_S
from handlers.handoff import FilledIn, HandoffAct
from handlers.handoff_notes import AddForm, HandoffForm
from handlers.incident import Act, Filled
from handlers.incident_notes import CompareForm, SnoozeForm
from handlers.incidents.deeds import SNOOZES
from handlers.notes import FORMS, Answer, Form
from tests.bot.handoff_notes import handoff
from tests.bot.notes import forms, incident, notes

FOREIGN = ["seconds", "comment", "instance", "against", "selected_option", "value", "who", "selected_user", "about.x"]


def submitted(modal: View, **values: str) -> object:
    """The state that Slack sends for what somebody chose or typed, as the stand-in makes it."""
    blocks: Any = modal["blocks"]
    return state(blocks, {name: {name: value} for name, value in values.items()})


@pytest.mark.parametrize("form", [*forms(), *forms("&" * 500), *forms("\x00")], ids=lambda form: type(form).__name__)
def test_every_form_is_a_modal_that_slack_takes(form: Form) -> None:
    modal = view(form)
    check_view(modal, "modal")
    about = "handoff" if isinstance(form, HandoffForm) else "incident"
    assert modal["callback_id"] == f"{about}.{ACTS[type(form)]}"
    assert modal["private_metadata"] == {"incident": "k3m9x2ab", "handoff": "h4n9x2ab"}[about]


def test_every_form_has_its_act_and_is_known_to_these_tests() -> None:
    assert {type(form) for form in forms()} == set(ACTS) == set(FORMS)


@pytest.mark.parametrize("act", [*Act, *HandoffAct])
def test_while_the_form_is_made_a_modal_stands_there(act: Act | HandoffAct) -> None:
    check_view(loading(act, "k3m9x2ab"), "modal")


def test_every_answer_can_stand_in_place_of_a_form() -> None:
    for note in (each for each in notes("<" * 300) if isinstance(each, Answer)):
        check_view(notice(Act.SNOOZE, "k3m9x2ab", message(note)), "modal")


def test_a_form_as_it_stands_can_be_submitted() -> None:
    snooze, silence, compare, *_ = (view(form) for form in forms())
    assert filled(submitted(snooze)) == Filled(seconds=1800)
    assert filled(submitted(silence, comment="deploying")) == Filled(seconds=1800, comment="deploying")
    assert filled(submitted(compare)) == Filled(instance="orders-0", against="previous")


def test_a_snooze_is_as_long_as_the_commands_until_something_else_is_chosen() -> None:
    assert filled(submitted(view(SnoozeForm(incident(), SNOOZES)))) == Filled(seconds=SNOOZE_S)


def test_a_capture_can_be_chosen_by_its_moment() -> None:
    modal = view(CompareForm(incident(), ("orders-0",), forms()[2].choices))  # type: ignore[union-attr]
    assert filled(submitted(modal, against="1700000007.0")).against == "1700000007.0"


def test_what_only_one_person_knows_comes_back_by_incident() -> None:
    add, besides, not_me = (view(form) for form in forms()[-3:])
    assert filled_in(submitted(add)) == FilledIn()
    typed = {"about.b2": "Next: restart\norders-1", "about.": " at three it is quiet "}
    assert dict(filled_in(submitted(add, **typed)).texts) == {
        "b2": "Next: restart\norders-1",
        "": "at three it is quiet",
    }
    assert filled_in(submitted(besides, **{"about.": "\n "})) == FilledIn()
    assert filled_in(submitted(not_me, who="U0CY")) == FilledIn(user="U0CY")
    assert filled_in(submitted(not_me)) == FilledIn(), "the calendar is read again"


def test_a_form_asks_about_no_more_incidents_than_people_fill_in() -> None:
    many = tuple(replace(incident(), id=f"i{at}") for at in range(200))
    modal = view(AddForm(handoff(), many))
    check_view(modal, "modal")
    blocks: Any = modal["blocks"]
    assert [block["block_id"] for block in blocks[-2:]] == ["about.i19", "about."]


@given(st.recursive(st.none() | st.text(max_size=8) | st.integers(), lambda inner: st.dictionaries(
    st.sampled_from(FOREIGN), inner, max_size=4
)))  # fmt: skip
def test_whatever_comes_back_is_plain_values(values: object) -> None:
    found = filled(values)
    assert found.seconds is None or found.seconds >= 0
    assert all(isinstance(part, str) for part in found[1:])
    told = filled_in(values)
    assert isinstance(told.user, str)
    assert all(isinstance(name, str) and text for name, text in told.texts)

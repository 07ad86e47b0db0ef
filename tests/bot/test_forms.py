"""Modals within Slack's limits, as the stand-in for Slack refuses them, and what comes back from them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.forms import ACTS, View, filled, loading, notice, view
from bot.render import message
from bot.standin.check import check_view
from bot.standin.choices import state
from handlers.incident import Act, Filled
from handlers.notes import FORMS, CompareForm, Form
from tests.bot.notes import forms, incident, notes


def submitted(modal: View, **values: str) -> object:
    """The state that Slack sends for what somebody chose or typed, as the stand-in makes it."""
    blocks: Any = modal["blocks"]
    return state(blocks, {name: {name: value} for name, value in values.items()})


@pytest.mark.parametrize("form", [*forms(), *forms("&" * 500), *forms("\x00")], ids=lambda form: type(form).__name__)
def test_every_form_is_a_modal_that_slack_takes(form: Form) -> None:
    modal = view(form)
    check_view(modal, "modal")
    assert modal["callback_id"] == f"incident.{ACTS[type(form)]}"
    assert modal["private_metadata"] == "k3m9x2ab"


def test_every_form_has_its_act_and_is_known_to_these_tests() -> None:
    assert {type(form) for form in forms()} == set(ACTS) == set(FORMS)


@pytest.mark.parametrize("act", list(Act))
def test_while_the_form_is_made_a_modal_stands_there(act: Act) -> None:
    check_view(loading(act, "k3m9x2ab"), "modal")


def test_every_answer_can_stand_in_place_of_a_form() -> None:
    for note in notes("<" * 300):
        check_view(notice(Act.SNOOZE, "k3m9x2ab", message(note)), "modal")


def test_a_form_as_it_stands_can_be_submitted() -> None:
    snooze, silence, compare, _ = (view(form) for form in forms())
    assert filled(submitted(snooze)) == Filled(seconds=1800)
    assert filled(submitted(silence, comment="deploying")) == Filled(seconds=1800, comment="deploying")
    assert filled(submitted(compare)) == Filled(instance="orders-0", against="previous")


def test_a_capture_can_be_chosen_by_its_moment() -> None:
    modal = view(CompareForm(incident(), ("orders-0",), forms()[2].choices))  # type: ignore[union-attr]
    assert filled(submitted(modal, against="1700000007.0")).against == "1700000007.0"


@given(st.recursive(st.none() | st.text(max_size=8) | st.integers(), lambda inner: st.dictionaries(
    st.sampled_from(["seconds", "comment", "instance", "against", "selected_option", "value"]), inner, max_size=4
)))  # fmt: skip
def test_whatever_comes_back_is_plain_values(values: object) -> None:
    found = filled(values)
    assert found.seconds is None or found.seconds >= 0
    assert all(isinstance(part, str) for part in found[1:])

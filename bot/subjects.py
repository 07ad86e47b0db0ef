"""What can be pressed in Slack, incidents, handoffs and the home, and who does it. Knows no payload (clicks.py)."""

from bot import forms
from bot.clicks import Click, Subject
from handlers.handoff import HandoffAct
from handlers.handoffs import acts as handoffs
from handlers.home import act as at_home
from handlers.home_notes import HomeAct
from handlers.incident import Act
from handlers.incidents import acts as incidents
from handlers.notes import Form, Note, Slip
from handlers.ports import Tools


async def _incident_form(tools: Tools, click: Click) -> Form | Note:
    return await incidents.form(tools, click.identity, Act(click.act), click.who, click.version)


async def _incident(tools: Tools, click: Click, state: object) -> Note:
    return await incidents.act(tools, click.identity, Act(click.act), click.who, click.version, forms.filled(state))


async def _handoff_form(tools: Tools, click: Click) -> Form | Note:
    return await handoffs.form(tools, click.identity, HandoffAct(click.act), click.who)


async def _history(tools: Tools, click: Click) -> Form | Note:
    """A modal, because it is too long for the home and nobody else is to read it."""
    return await at_home(tools, HomeAct.HISTORY, click.identity, click.who, click.id) or Slip("bug", "")


async def _home(tools: Tools, click: Click, state: object) -> Note | None:
    return await at_home(tools, HomeAct(click.act), click.identity, click.who, click.id)


async def _handoff(tools: Tools, click: Click, state: object) -> Note:
    return await handoffs.act(tools, click.identity, HandoffAct(click.act), click.who, forms.filled_in(state))


SUBJECTS = (
    Subject("incident", Act, (Act.COMPARE, Act.SNOOZE, Act.SILENCE), _incident_form, _incident),
    Subject("home", HomeAct, (HomeAct.HISTORY,), _history, _home),
    Subject("handoff", HandoffAct, (HandoffAct.ADD, HandoffAct.NOT_ME), _handoff_form, _handoff),
)

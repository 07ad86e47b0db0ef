"""What can be pressed in Slack, incidents and handoffs, and who does it. Knows no payload (clicks.py)."""

from bot import forms
from bot.clicks import Click, Subject
from handlers.handoff import HandoffAct
from handlers.handoffs import acts as handoffs
from handlers.incident import Act
from handlers.incidents import acts as incidents
from handlers.notes import Form, Note
from handlers.ports import Tools


async def _incident_form(tools: Tools, click: Click) -> Form | Note:
    return await incidents.form(tools, click.identity, Act(click.act), click.who, click.version)


async def _incident(tools: Tools, click: Click, state: object) -> Note:
    return await incidents.act(tools, click.identity, Act(click.act), click.who, click.version, forms.filled(state))


async def _handoff_form(tools: Tools, click: Click) -> Form | Note:
    return await handoffs.form(tools, click.identity, HandoffAct(click.act), click.who)


async def _handoff(tools: Tools, click: Click, state: object) -> Note:
    return await handoffs.act(tools, click.identity, HandoffAct(click.act), click.who, forms.filled_in(state))


SUBJECTS = (
    Subject("incident", Act, (Act.COMPARE, Act.SNOOZE, Act.SILENCE), _incident_form, _incident),
    Subject("handoff", HandoffAct, (HandoffAct.ADD, HandoffAct.NOT_ME), _handoff_form, _handoff),
)

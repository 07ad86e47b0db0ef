"""What a process does at its start with what Slack says of its token."""

import pytest

from bot.chat import slack_client
from bot.readiness import refusal
from bot.standin.app import Standin
from bot.standin.fault import Fault, Kind


@pytest.mark.parametrize(
    "fault",
    [
        Fault(Kind.OUTAGE, "auth.test"),
        Fault(Kind.OUTAGE, "auth.test", status=500, after=True),
        Fault(Kind.RATE_LIMITED, "auth.test"),
        Fault(Kind.REFUSED, "auth.test", code="ratelimited"),
        Fault(Kind.REFUSED, "auth.test", code="internal_error"),
        Fault(Kind.CUT, "auth.test"),
    ],
    ids=lambda fault: f"{fault.kind} {fault.code or fault.status}",
)
async def test_a_slack_in_trouble_keeps_no_process_from_starting(fault: Fault) -> None:
    async with Standin() as slack:
        slack.trouble.add(fault)
        assert await refusal(slack_client(slack.api_url, slack.credentials.token)) is None
        assert slack.trouble.armed[0].met == 1


async def test_a_token_that_slack_does_not_know_does() -> None:
    async with Standin() as slack:
        assert await refusal(slack_client(slack.api_url, "xoxb-another")) == "invalid_auth"

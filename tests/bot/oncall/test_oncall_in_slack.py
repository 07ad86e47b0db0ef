"""`/mapstorm oncall` typed into the stand-in, answered by mapstorm's real web process, from a calendar, turns and a
user group."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from redis.asyncio import Redis

from bot.standin.app import Standin
from tests.bot import records
from tests.bot.oncall.test_reading import calendar
from tests.bot.town import Town, environment, web, when

pytestmark = pytest.mark.redis

SECRET = "https://calendar.invalid/private-s3cret/basic.ics"  # noqa: S105 - a word to look for


def registered(config: Path, scratch: Path) -> None:
    """Four rotations. In the calendar Ana is on call all the time, and somebody whom nobody knows."""
    begun = datetime.now(UTC) - timedelta(days=30)
    (scratch / "payments.ics").write_bytes(
        calendar(
            f"DTSTART:{begun:%Y%m%dT000000Z}\nDURATION:P7D\nRRULE:FREQ=WEEKLY\nSUMMARY:On Call - Ana - Payments\n"
            "ATTENDEE:ana@example.com",
            f"DTSTART:{begun:%Y%m%dT000000Z}\nDURATION:P365D\nSUMMARY:<!channel> Boss",
        )
    )
    shared = {"channel": "C0ORDERS", "services": ["svc-orders"], "time_zone": "Europe/Berlin"}
    known = orjson.loads(config.read_bytes())
    known["rotations"] = [
        shared | {"name": "payments", "ical": {"file": str(scratch / "payments.ics")}},
        shared
        | {"name": "search", "members": [{"name": "Bo", "slack": "U0BO"}], "start": "2026-01-05 09:00"}
        | {"period_hours": 24},
        shared | {"name": "everybody", "user_group": "S0ONCALL"},
        shared | {"name": "lost", "ical": {"env": "LOST_ICAL_URL"}},
    ]
    config.write_bytes(orjson.dumps(known))


async def test_who_is_on_call_now(redis: Redis, redis_url: str, tmp_path: Path) -> None:
    async with Standin() as slack:
        here = Town(slack, environment(slack, redis_url, "http://127.0.0.1:9", tmp_path) | {"LOST_ICAL_URL": SECRET})
        registered(Path(here.environ["MAPSTORM_CONFIG"]), tmp_path)
        told = slack.ws.ephemerals
        async with web(here):
            lines: dict[str, str] = {}
            # The first answer may not wait for calendars; whoever asks again has them.
            while "<@U0ANA>" not in lines.get("payments", "") or "is being read" in lines["lost"]:
                seen = len(told)
                await here.type("/mapstorm oncall")
                await records.until(when(lambda: len(told) > seen), within_s=20)  # noqa: B023 - awaited at once
                text = told[-1].content.text
                lines = {line.split("`")[1]: line for line in text.splitlines() if line.startswith("•")}
        assert list(lines) == ["payments", "search", "everybody", "lost"]
        assert "`&lt;!channel&gt; Boss`" in lines["payments"]
        assert lines["search"].startswith("• `search`: <@U0BO>")
        assert "<@U0ANA>" in lines["everybody"]
        assert "not known" in lines["lost"]
        assert "does not answer (`no_connection`)" in lines["lost"]
        assert "s3cret" not in text
        assert "<!channel" not in text

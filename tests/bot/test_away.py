"""An outage in the log: a line when something goes, and one when it is back."""

import logging

from structlog.testing import capture_logs

from bot.away import Away
from bot.log import OneForAll
from tests.fakes import FakeClock


async def test_an_outage_is_two_lines_however_long_it_lasts() -> None:
    clock = FakeClock()
    away = Away("outbox", clock.now)
    with capture_logs() as logs:
        away.back()
        for _ in range(2):
            for _ in range(24):
                away.lost("Connection refused")
                await clock.pause(0.5)
            away.back()
            away.back()
    assert [line["event"] for line in logs] == ["outbox not read", "outbox read again"] * 2
    assert [line["after_s"] for line in logs[1::2]] == [12.0, 12.0]


async def test_of_many_consumers_one_says_that_the_queue_is_away() -> None:
    clock = FakeClock()
    one = OneForAll(60.0, clock.now)
    told = 0
    for _ in range(40):
        for queue in ("captures", "alerts", "alerts.DQ"):
            told += one.filter(record(f"dramatiq.worker.ConsumerThread({queue})", f"{OneForAll.SAME}: %s"))
        await clock.pause(3.0)
    assert told == 2, "in two minutes"
    assert one.filter(record("dramatiq.worker.ConsumerThread(alerts)", "Consumer encountered an unexpected error."))
    assert one.filter(record("somebody", OneForAll.SAME))


def record(name: str, text: str) -> logging.LogRecord:
    return logging.LogRecord(name, logging.CRITICAL, "worker.py", 1, text, ("refused",), None)

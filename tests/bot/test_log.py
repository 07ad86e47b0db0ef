"""What is written to the log, and what never is."""

import io
import logging
from collections.abc import Iterator

import orjson
import pytest
import structlog

from bot import log


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """The log of a process that is no terminal; the loggers of the tests' own process are put back."""
    root = logging.getLogger()
    before, level = root.handlers, root.level
    out = io.StringIO()
    log.configure(stream=out)
    yield out
    root.handlers = before
    root.setLevel(level)
    structlog.reset_defaults()


def read(lines: io.StringIO) -> list[dict[str, object]]:
    return [orjson.loads(line) for line in lines.getvalue().splitlines()]


def test_lines_are_json(lines: io.StringIO) -> None:
    structlog.get_logger().info("capture", id="r1.orders-0", seconds=8.1)
    (line,) = read(lines)
    assert line.pop("timestamp")
    assert line == {"event": "capture", "level": "info", "id": "r1.orders-0", "seconds": 8.1}


class Terminal(io.StringIO):
    """Says that somebody looks on."""

    def isatty(self) -> bool:
        return True


def test_a_traceback_on_a_terminal_shows_no_variables_and_no_secrets(lines: io.StringIO) -> None:
    """`lines` puts the loggers back."""
    out = Terminal()
    log.configure(stream=out)
    address = "https://calendar.example/private-4711.ics"
    try:
        raise RuntimeError(f"xoxb-123-456-AbC {len(address)}")
    except RuntimeError:
        structlog.get_logger().exception("bug")
    assert "RuntimeError" in out.getvalue()
    assert "[redacted]" in out.getvalue()
    assert "4711" not in out.getvalue()


@pytest.mark.parametrize(
    "secret",
    [
        "xoxb-123-456-AbC",
        "xapp-1-A0-123-abc",
        "xoxe.xoxb-1-Mi0yLTEy",
        "https://hooks.slack.com/commands/T0/1/abcdef",
        "redis-password",
    ],
)
def test_secrets_are_redacted_by_their_looks(lines: io.StringIO, secret: str) -> None:
    shown = "rediss://:redis-password@cache:6379/0" if secret == "redis-password" else secret  # noqa: S105
    logger = structlog.get_logger()
    logger.warning(f"sent {shown}", why=shown, many=[shown], inner={"x": {"y": shown}})
    try:
        raise RuntimeError(shown)
    except RuntimeError:
        logger.exception("bug")
    logging.getLogger("somebody").warning("theirs %s", shown)
    assert secret not in lines.getvalue()
    assert "RuntimeError" in lines.getvalue()
    assert len(read(lines)) == 3


def test_secrets_are_redacted_by_their_names(lines: io.StringIO) -> None:
    structlog.get_logger().info(
        "command", trigger_id="1.2.abc", command={"response_url": "u", "Token": "t", "text": "x"}
    )
    (line,) = read(lines)
    assert line["trigger_id"] == "[redacted]"
    assert line["command"] == {"response_url": "[redacted]", "Token": "[redacted]", "text": "x"}


def test_bodies_that_libraries_would_log_are_not(lines: io.StringIO) -> None:
    logging.getLogger("slack_bolt.AsyncApp").warning("Unhandled request ({'text': 'x'})")
    logging.getLogger("slack_sdk.web.async_client").info("Sending a request")
    assert lines.getvalue() == ""

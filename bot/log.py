"""One log for everything: JSON lines in production, colours on a terminal. Secrets leave here as `[redacted]`.

Also where other people's loggers are turned down: Bolt writes whole request bodies, slack_sdk every call.
"""

import logging
import re
import sys
import time
from collections.abc import Callable
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

REDACTED = "[redacted]"

# Slack's tokens, the addresses that post as the app, and the password of a Redis URL.
_SECRETS = re.compile(
    r"xox[a-z](?:\.xox[a-z])?-[\w-]+|xapp-[\w-]+|https://hooks\.slack(?:-gov)?\.com/[^\s\"'\\]+|(?<=://)[^/@\s]*(?=@)"
)
_SECRET_KEYS = frozenset(
    {"token", "bot_token", "app_token", "signing_secret", "authorization", "auth_header", "response_url", "trigger_id"}
)

# WARNING is not enough for Bolt: its "Unhandled request" shows the body.
_LOUD = {
    "slack_bolt": logging.ERROR,
    "slack_sdk": logging.WARNING,
    "dramatiq": logging.WARNING,
    "uvicorn": logging.WARNING,
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "aiohttp": logging.WARNING,
    "asyncio": logging.WARNING,
}


def configure(level: str = "info", stream: TextIO | None = None) -> None:
    """Sets up structlog and the standard library's logging, both with the same lines. Called once by a process."""
    out = stream or sys.stderr
    console = out.isatty()
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    # Plain: where rich is installed, structlog's own choice shows every local variable, and nothing is redacted in it.
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    written: Processor = plain if console else structlog.processors.JSONRenderer()
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, written],
        )
    )
    handler.addFilter(OneForAll())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name, least in _LOUD.items():
        logging.getLogger(name).setLevel(least)


def redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Takes secrets out of one log line, by their keys and by their looks."""
    return {name: _clean(name, value) for name, value in event.items()}


def quiet(name: str, level: int) -> logging.Logger:
    """A logger for a library that looks at its own level and not at its parents'."""
    logger = logging.getLogger(name)
    logger.setLevel(level)
    return logger


class OneForAll(logging.Filter):
    """Of dramatiq's consumers, two for each queue, every one says every 3 s that Redis is away. One says it here, once
    in `every_s` seconds; what else they have to say is let through."""

    SAME = "Consumer encountered a connection error"

    def __init__(self, every_s: float = 60.0, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._every_s = every_s
        self._clock = clock
        self._next = clock()

    def filter(self, record: logging.LogRecord) -> bool:
        if not (record.name.startswith("dramatiq.") and str(record.msg).startswith(self.SAME)):
            return True
        now = self._clock()
        if now < self._next:
            return False
        self._next = now + self._every_s
        return True


def _clean(name: str, value: object) -> object:
    if name.lower() in _SECRET_KEYS:
        return REDACTED
    if isinstance(value, str):
        return _SECRETS.sub(REDACTED, value)
    if isinstance(value, dict):
        return {key: _clean(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple) and not name.startswith("_") and name != "exc_info":
        return [_clean("", inner) for inner in value]
    return value

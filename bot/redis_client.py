"""How mapstorm talks to Redis: the connection, the names of keys, and what its absence is called.

No retries here but one on a broken connection: those belong to the queue.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from urllib.parse import quote

from redis import ConnectionError as BrokenConnection
from redis import RedisError
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from handlers.errors import OutageError

# Short, because an acknowledgement that waits for Redis must still reach Slack within three seconds.
CONNECT_TIMEOUT_S = 1.0
ANSWER_TIMEOUT_S = 1.0


def connect(url: str) -> Redis:
    """A client for one event loop. The one retry is for connections that a restart of Redis left dead in the pool."""
    return Redis.from_url(
        url,
        socket_connect_timeout=CONNECT_TIMEOUT_S,
        socket_timeout=ANSWER_TIMEOUT_S,
        retry=Retry(NoBackoff(), 1, supported_errors=(BrokenConnection,)),
        health_check_interval=0,
    )


@contextmanager
def redis_errors() -> Iterator[None]:
    """Whatever redis-py raises becomes an OutageError."""
    try:
        yield
    except (RedisError, OSError) as error:
        raise OutageError("redis") from error


def key(*parts: str) -> str:
    """`mapstorm:` and the parts; a colon in a name cannot make it another key."""
    return ":".join(("mapstorm", *(quote(part, safe="-._~") for part in parts)))


def names(members: Iterable[object]) -> list[str]:
    """Members of a set or list as text: redis-py leaves open in its types what a client without decoding answers."""
    return [text(member) for member in members]


def text(value: object) -> str:
    """One value as text; empty where there is none."""
    if value is None:
        return ""
    return value.decode() if isinstance(value, bytes) else str(value)

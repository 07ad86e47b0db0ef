"""What the tests of reports share."""

from tests.redis_server import redis, redis_url

__all__ = ["redis", "redis_url"]

"""What the tests of the outside share."""

from tests.redis_server import redis, redis_url

__all__ = ["redis", "redis_url"]

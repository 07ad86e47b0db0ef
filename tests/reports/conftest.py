"""What the tests of reports share."""

from tests.redis_server import redis, redis_url
from tests.reports.desk import desk

__all__ = ["desk", "redis", "redis_url"]

"""The port Budget in Redis: one capture of an instance in `cooldown_s`, unless somebody typed a command for it."""

from redis.asyncio import Redis

from bot.redis_client import key, names, redis_errors
from handlers.records import Held, Service

# The request that has the instance may ask again: its job may be repeated.
SPEND = """
local holder = redis.call('get', KEYS[1])
if holder and holder ~= ARGV[1] then return {holder, redis.call('pttl', KEYS[1])} end
if not holder then redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return nil
"""


class RedisBudget:
    """Instances by when they were captured last."""

    def __init__(self, redis: Redis) -> None:
        self._spend = redis.register_script(SPEND)

    async def spend(self, service: Service, instance: str, request: str, moment: float) -> Held | None:
        if service.cooldown_s <= 0:
            return None
        arguments: list[str | int] = [request, int(service.cooldown_s * 1000)]
        with redis_errors():
            held = await self._spend(keys=[key("captured", service.name, instance)], args=arguments)
        if held is None:
            return None
        holder, wait_ms = names(held)
        return Held(holder, max(0, int(wait_ms)) / 1000)

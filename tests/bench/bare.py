"""The least that a durable webhook can do: a route that pushes the body onto a list in Redis, and answers 200.

python -m tests.bench.bare REDIS_URL; its first line on stdout is its address, in the words of `mapstorm web`.
"""

import asyncio
import socket
import sys

import uvicorn
from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.redis_client import connect

KEY = "bench:bare"


def app(redis: Redis) -> Starlette:
    async def take(request: Request) -> Response:
        await redis.rpush(KEY, await request.body())
        return Response()

    return Starlette(routes=[Route("/webhooks/alertmanager", take, methods=["POST"])])


async def serve(redis_url: str) -> None:
    # With its protocol named, as in bot/web.py: asyncio sets TCP_NODELAY on no other.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    host, port = listener.getsockname()
    print(f"listening on http://{host}:{port}", flush=True)
    async with connect(redis_url) as redis:
        config = uvicorn.Config(app(redis), log_config=None, access_log=False, lifespan="off")
        await uvicorn.Server(config).serve([listener])


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))

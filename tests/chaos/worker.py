"""A worker as `mapstorm worker` starts it, at another pace: with Slack's own, one of all edits of a workspace a second,
a run would take hours. Everything else is the real one's."""

import asyncio
import os

from bot.posting.paces import Paces
from bot.settings import for_worker
from bot.worker import serve

PACES = Paces(channel_ms=50, channel_burst=3, edits_ms=20, edits_burst=20, all_ms=8, all_burst=60)

if __name__ == "__main__":
    asyncio.run(serve(for_worker(os.environ), os.environ, PACES))

"""Every Web API method the stand-in knows, but apps.connections.open: that is in `sockets.py`."""

from bot.standin.methods import chat, conversations, files, people, views
from bot.standin.methods.call import Method

METHODS: dict[str, Method] = {
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **people.METHODS,
    **views.METHODS,
}

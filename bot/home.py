"""Somebody opens the App Home: it is shown to them. Knows the event; what is pressed in the home is clicks.py's.

Bolt has acknowledged the event before this runs, and nothing is lost if it fails: opening it again shows it.
"""

from slack_bolt.async_app import AsyncApp

from bot.desk import Desk, Payload
from handlers.records import Person

HOME = "home"


def listen(app: AsyncApp, desk: Desk) -> None:
    """Adds the listener."""

    async def opened(body: Payload) -> None:
        event: Payload = body["event"]
        if event.get("tab") == HOME and event.get("user"):
            await desk.home.opened(Person(str(event["user"]), str(body.get("team_id") or ""), ""))

    app.event("app_home_opened")(opened)

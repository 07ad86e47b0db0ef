"""What a Web API method is given: the workspace, the tickets, the caller's arguments."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.standin.args import Args
from bot.standin.records import Json
from bot.standin.triggers import Tickets
from bot.standin.workspace import Workspace


@dataclass(frozen=True)
class Call:
    ws: Workspace
    tickets: Tickets
    args: Args


Method = Callable[[Call], Json]

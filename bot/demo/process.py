"""One process of the demo: started, looked after, restarted a few times. Knows nothing of what it does."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import bot
from bot import children

# What a shell may hold for real bots; in the demo it would lead to a real Slack or a real Redis.
FOREIGN = ("SLACK_", "REDIS_", "MAPSTORM_", "PYTHON", "DRAMATIQ_")
FOREIGN_NAMES = {"HOST", "PORT", "LOG_LEVEL"}
RESTARTS = 3
TAIL = 12


class DemoError(Exception):
    """The demo cannot go on; the message is for the person at the terminal."""


@dataclass
class Process:
    """A Python module as a child. `restarts` is how often it may still be started again."""

    name: str
    log: Path
    arguments: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)
    restarts: int = 0
    child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        # -P and PYTHONPATH: this very package, whatever lies in the directory the demo was started from.
        command = [sys.executable, "-P", "-m", *self.arguments]
        home = str(Path(bot.__file__).parents[1])
        self.child = children.start(command, self.log, clean_environment() | {"PYTHONPATH": home} | self.environment)

    def check(self) -> None:
        """Starts a dead process again, saying so. Raises DemoError when it has died too often."""
        if self.child is None or self.child.poll() is None:
            return
        told = f"{self.name} ended with code {self.child.returncode}; its last lines:\n{self.tail()}"
        children.stop(self.child)  # whatever it had started
        if self.restarts == 0:
            raise DemoError(told)
        self.restarts -= 1
        print(f"{told}\nStarting {self.name} again.", file=sys.stderr, flush=True)
        self.start()

    def first_line(self) -> str:
        """The first whole line it printed; empty as long as there is none."""
        line, newline, _ = self._printed().partition("\n")
        return line if newline else ""

    def tail(self) -> str:
        lines = self._printed().rstrip().splitlines()[-TAIL:]
        return "\n".join(f"  {self.name} | {line}" for line in lines) or f"  {self.name} printed nothing"

    def _printed(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""


def clean_environment() -> dict[str, str]:
    """This environment without anybody's settings, and without proxies: all of the demo is on loopback."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(FOREIGN) and name not in FOREIGN_NAMES and not name.lower().endswith("_proxy")
    }

"""`mapstorm demo [--once] [--port N]`: starts the house, has a command typed, shows the thread; then an alert fires and
becomes a thread as well. Stays until Ctrl-C.

Knows what a person sees in the terminal and how long they may have to wait; not how things are started.
"""

import argparse
import functools
import importlib.util
import math
import shutil
import signal
import sys
import textwrap
import time
from types import FrameType

import httpx

from bot.demo.alert import FIRING, RESOLVED
from bot.demo.conversation import Conversation, Said
from bot.demo.house import House, Stopped
from bot.demo.process import DemoError
from bot.demo.services import ASKED_BY, CHANNEL, SHOWN

COMMAND = f"/mapstorm capture {SHOWN}"
PATIENCE_S = 60.0
# Long enough to read the thread and to try its buttons; a minute into it there is one more capture.
RESOLVED_AFTER_S = 300.0
PAUSE_S = 0.2
# What the stand-in needs and mapstorm does not; ./mapstorm installs it, pip only if asked to.
PACKAGES = ("python_multipart", "websockets")
# A terminal that closes ends the demo as Ctrl-C does.
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="mapstorm demo", description="Shows mapstorm on this machine, without Slack.")
    parser.add_argument("--once", action="store_true", help="end after the first diagnosis")
    parser.add_argument("--port", type=int, default=0, metavar="N", help="port of the page; by default a free one")
    options = parser.parse_args(arguments)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a terminal without UTF-8 shows ? instead of ending the demo
    if missing := [name for name in PACKAGES if importlib.util.find_spec(name) is None]:
        print(f"mapstorm demo: {', '.join(missing)} missing: pip install 'mapstorm[demo]'", file=sys.stderr)
        return 1
    house = House(options.port)
    for ending in ENDINGS:
        signal.signal(ending, functools.partial(_ask_to_stop, house))
    try:
        _demo(house, options.once)
    except DemoError as error:
        print(f"mapstorm demo: {error}", file=sys.stderr)
        return 1
    except Stopped:
        print("\nmapstorm demo: ended, everything is stopped.")
        return 130 if options.once else 0
    return 0


def _demo(house: House, once: bool) -> None:
    start = time.monotonic()
    _say("Starting Redis, a stand-in for Slack, mapstorm's web and worker. The services are recordings of real Go")
    _say("services, replayed; everything else is the real thing, on loopback.\n")
    with house:
        _converse(house, start + PATIENCE_S)
        _say(f"Finished {time.monotonic() - start:.1f} s after the start.")
        if not once:
            _stay(house)


def _converse(house: House, deadline: float) -> None:
    """The command and its whole thread. Raises DemoError if no diagnosis comes of it."""
    conversation = Conversation(house.http, house.page, CHANNEL, ASKED_BY)
    try:
        _show(conversation.type(COMMAND))
        while not conversation.ended:
            house.check()
            for said in conversation.read():
                _show(said)
            if time.monotonic() > deadline:
                raise DemoError(f"no diagnosis after {PATIENCE_S:.0f} s")
    except (DemoError, httpx.HTTPError) as error:
        raise DemoError(f"{error or type(error).__name__}\n{house.tails()}") from error
    if conversation.failed:
        raise DemoError(f"the capture failed\n{house.tails()}")


def _stay(house: House) -> None:
    """The page, and an alert that becomes a thread; the thread is shown here as well while it grows."""
    _say(f"\nThe page, recordings of real Go services:  {house.page}/archives/{CHANNEL}")
    _say("Type /mapstorm help there; capture svc-orders again to see a comparison. Ctrl-C ends all of it.\n")
    conversation = Conversation(house.http, house.page, CHANNEL, ASKED_BY)
    conversation.listen()
    _say("An alert fires and becomes a thread on the page. Its first message has buttons to try: Acknowledge,")
    _say("Capture again, Compare with… (once there are two captures, after a minute), Snooze…, Resolve.")
    _say(f"The alert ends by itself in {RESOLVED_AFTER_S / 60:.0f} minutes, or by this line:")
    _say(f"  {house.alarm.curl(RESOLVED)}\n")
    house.alarm.send(house.http, FIRING)
    ends_at = time.monotonic() + RESOLVED_AFTER_S
    while True:
        house.check()
        try:
            for said in conversation.read():
                _show(said)
            if time.monotonic() > ends_at:
                house.alarm.send(house.http, RESOLVED)
                ends_at = math.inf
        except httpx.HTTPError:  # a process has died; the check says which, or starts it again
            time.sleep(PAUSE_S)


def _show(said: Said) -> None:
    margin = "    " * said.deep
    _say(f"{margin}{said.who}")
    for line in said.text.splitlines():
        _say(_fold(line, margin + "  "))
    _say("")


def _fold(line: str, margin: str) -> str:
    """Folded to the terminal's width; in a pipe or a log, lines stay as they are."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize
    return textwrap.fill(line, max(width, 40), initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False)


def _say(text: str) -> None:
    print(text, flush=True)


def _ask_to_stop(house: House, number: int, frame: FrameType | None) -> None:
    house.stopping = True

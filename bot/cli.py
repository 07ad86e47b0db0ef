"""The `mapstorm` command: which module answers which word. Knows nothing of what they do.

Why a table of names and argparse instead of typer: `mapstorm diagnose` must start in a tenth of a second and
without Slack, Redis or web code, so a word's module is imported only when that word is said.
"""

import gc
import sys
from importlib import import_module

# word -> module, function, what it is for. Each function takes the arguments and gives the exit code.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "capture": ("bot.shell.capture", "main", "capture a service and print its diagnosis"),
    "diagnose": ("bot.shell.diagnose", "main", "print the diagnosis of saved heap profiles"),
    "explain": ("bot.shell.explain", "main", "say what is true of a claim about maps"),
    "web": ("bot.web", "main", "serve Slack's requests (Procfile)"),
    "worker": ("bot.worker", "main", "take captures from the queue (Procfile)"),
    "doctor": ("bot.shell.doctor", "main", "look at all that mapstorm stands on, and say what to do"),
    "manifest": ("bot.manifest", "main", "print the Slack app manifest"),
    "demo": ("bot.demo.supervisor", "run", "show it all on this machine, without Slack"),
}

# Gone before collecting garbage pays: without it they start a tenth faster. Their readers make no cycles.
SHORT_LIVED = {"diagnose", "explain", "manifest"}

USAGE, WRONG_USAGE = 0, 2
# The same as in pyproject.toml, which a test sees to: a checkout has no metadata of a package to read.
VERSION = "0.1.0"


def main(arguments: list[str] | None = None) -> int:
    """Runs the word in `arguments` (default: the process's); exit codes 0 done, 1 failed, 2 wrong usage."""
    words = sys.argv[1:] if arguments is None else arguments
    if not words or words[0] in ("-h", "--help", "help"):
        sys.stdout.write(usage())
        return USAGE
    if words[0] == "--version":
        sys.stdout.write(f"mapstorm {VERSION}\n")
        return USAGE
    if words[0] not in COMMANDS:
        sys.stderr.write(f"mapstorm: unknown command {words[0]!r}\n\n{usage()}")
        return WRONG_USAGE
    if words[0] in SHORT_LIVED:
        gc.disable()
    module, function, _ = COMMANDS[words[0]]
    try:
        code = int(getattr(import_module(module), function)(words[1:]))
        if arguments is None:
            # Python collects at its end even so; it has nothing to walk through what is frozen.
            gc.freeze()
        return code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader (head, less) has gone; there is nobody left to tell.
        sys.stderr.close()
        return 1


def usage() -> str:
    """All words, one a line."""
    lines = [f"  {word:<10} {purpose}" for word, (_, _, purpose) in COMMANDS.items()]
    return "usage: mapstorm COMMAND [...]\n\n" + "\n".join(lines) + "\n\nmapstorm COMMAND --help says more.\n"


if __name__ == "__main__":
    sys.exit(main())

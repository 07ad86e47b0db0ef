"""What `mapstorm capture` answers about a service that runs, asked as an operator asks it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def capture(url: str, home: Path, *options: str, window_s: int = 3) -> dict[str, Any]:
    """The JSON of one capture with a window of so many seconds."""
    fixed = ("--url", url, "--window", str(window_s), "--format", "json")
    command = [sys.executable, "-m", "bot.cli", "capture", *fixed, *options]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "MAPSTORM_HOME": str(home), "HOME": str(home)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer

"""Prints the bench's tables: python -m tests.bench (which is what ./mapstorm bench runs)."""

import sys
import tempfile
from pathlib import Path

from tests.bench import files


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="mapstorm-bench-") as folder:
        for row in files.rows(Path(folder)):
            print(row, flush=True)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Prints the bench's tables: python -m tests.bench [PART...], which is what ./mapstorm bench runs."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.bench import alerts, files, line, pictures

PARTS = {"line": line.rows, "alerts": alerts.rows, "files": files.rows, "pictures": pictures.rows}


def main() -> int:
    parser = argparse.ArgumentParser(prog="mapstorm bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help="line, alerts, files, pictures; default: all")
    parts = parser.parse_args().parts or list(PARTS)
    if unknown := set(parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores: ratios hold, seconds do not")
    with tempfile.TemporaryDirectory(prefix="mapstorm-bench-") as folder:
        for part in parts:
            print(f"\n{part}")
            for row in PARTS[part](Path(folder)):
                print(row, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

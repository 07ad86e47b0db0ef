"""The child process of `apart.py`: SVG on its standard input, PNG on its standard output."""

import os
import sys

from bot.pictures.png import png


def main() -> None:
    os.nice(10)  # captures and acknowledgements go first
    sys.stdout.buffer.write(png(sys.stdin.buffer.read().decode()))


if __name__ == "__main__":
    main()

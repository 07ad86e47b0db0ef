"""CPU profiles made by hand: stacks of names, and how often each was sampled."""

from analyzers.cpu import CPUProfile
from analyzers.reading.cpuproto import read
from tests.analyzers.protos import Builder, Stack
from tests.analyzers.texts import Frame

PERIOD_NS = 10_000_000
SECONDS = 5
ROOTS = ("runtime.main", "runtime.goexit")


def user(function: str, line: int, package: str = "example.com/svc/catalog") -> Frame:
    return Frame(f"{package}.{function}", f"{package}/code.go", line)


def runtime(name: str) -> Frame:
    folder = "internal/runtime/maps" if name.startswith("internal/runtime/maps.") else "runtime"
    return Frame(name, f"{folder}/{name.rpartition('.')[2]}.go", 7)


def stack(*frames: Frame | str) -> Stack:
    """Leaf first; a bare name is a frame of the runtime's, and below all lies the start of the goroutine."""
    return tuple(runtime(frame) if isinstance(frame, str) else frame for frame in (*frames, *ROOTS))


def cpu_proto(*samples: tuple[int, Stack], seconds: float = SECONDS, period: int = PERIOD_NS) -> bytes:
    """A gzipped CPU profile of (count, stack)."""
    builder = Builder(("samples", "cpu"), period)
    builder.message.duration_nanos = int(seconds * 1e9)
    for count, frames in samples:
        builder.sample((count, min(count * period, 2**63 - 1)), frames)
    return builder.bytes()


def cpu_profile(*samples: tuple[int, Stack]) -> CPUProfile:
    return read(cpu_proto(*samples))

"""The root of mapstorm's errors, and the branch for profiles that cannot be read.

An error carries `hint`, what the reader can do next, and `retryable`, whether another try may help.
Who talks to people decides how it is worded: `reason` is a word for the template, never a sentence.
"""

from typing import ClassVar


class MapstormError(Exception):
    """Anything mapstorm can explain. `reason` names the template's sentence, `detail` is for the log and it."""

    reason: ClassVar[str] = "unknown"
    retryable: ClassVar[bool] = False

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.reason)
        self.detail = detail


class ProfileError(MapstormError):
    """The bytes came, but no diagnosis can be made of them."""

    reason = "malformed_profile"


class MalformedProfile(ProfileError):
    """A heap profile that breaks its own format; `detail` names the check that failed."""

    reason = "malformed_profile"


class TruncatedProfile(ProfileError):
    """The text ends before its MemStats block does, or the gzip stream before its trailer."""

    reason = "truncated_profile"
    retryable = True


class NotAHeapProfile(ProfileError):
    """Something else: an HTML page, a CPU profile, a login form."""

    reason = "not_a_heap_profile"


class NotACPUProfile(ProfileError):
    """Something else where a CPU profile was asked for."""

    reason = "not_a_cpu_profile"


class ProfilingOff(ProfileError):
    """MemProfileRate is 0: the service records no allocations at all."""

    reason = "profiling_off"


class EmptyProfile(ProfileError):
    """A valid profile without a single sampled allocation."""

    reason = "empty_profile"

"""A doctor's report with every line there can be, and every reason for it."""

from handlers.doctor import BUG, SLOW, WITHOUT, Check, Item, Topic
from handlers.notes import DoctorReport


def green(text: str) -> tuple[Check, ...]:
    """Each topic, all well; what nobody has to do."""
    of = {
        Topic.REGISTRY: Check(Topic.REGISTRY, True, total=3),
        Topic.TOKEN: Check(Topic.TOKEN, True, detail=text),
        Topic.SCOPES: Check(Topic.SCOPES, True, total=7),
        Topic.CHANNELS: Check(Topic.CHANNELS, True, total=2),
        Topic.SLACK_CLOCK: Check(Topic.SLACK_CLOCK, True, seconds=0.4),
        Topic.REDIS: Check(Topic.REDIS, True, detail=text),
        Topic.REDIS_CLOCK: Check(Topic.REDIS_CLOCK, True, seconds=12.0),
        Topic.WORKERS: Check(Topic.WORKERS, True, total=2),
        Topic.QUEUE: Check(Topic.QUEUE, True, items=(Item("captures", detail="4"),), total=4, seconds=3.0),
        Topic.SERVICES: Check(Topic.SERVICES, True, total=14),
        Topic.ROTATIONS: Check(Topic.ROTATIONS, True, items=(Item("payments", detail=text), Item("search")), total=2),
        Topic.REPORTS: Check(Topic.REPORTS, True, detail=text),
        Topic.WEBHOOKS: Check(Topic.WEBHOOKS, True, items=(Item("grafana", seconds=90.0), Item("generic")), total=2),
        Topic.VERSIONS: Check(Topic.VERSIONS, True, items=(Item("mapstorm", detail=text),)),
    }
    return tuple(of.get(topic, Check(topic, True)) for topic in Topic)


def red(text: str) -> tuple[Check, ...]:
    """Each thing that there can be to do."""
    item = (Item(text, "is_archived", text),)
    silent = tuple(Item(text, reason, text) for reason in ("refused", "timed_out", "no_pprof"))
    refusing = (Item("grafana", "refused", seconds=5.0, times=1), Item("generic", "refused", "", 5.0, 7, 3600.0))
    strange = ("not_in_channel", "channel_not_found", "by_name", "missing_scope", "no_answer", "other")
    return (
        Check(Topic.REGISTRY, False, "missing"),
        Check(Topic.REGISTRY, False, "broken", items=item),
        Check(Topic.REGISTRY, False, "unset", items=item),
        Check(Topic.TOKEN, False, "missing"),
        Check(Topic.TOKEN, False, "refused", text),
        Check(Topic.TOKEN, False, "away"),
        Check(Topic.SCOPES, False, "missing", items=item),
        Check(Topic.SCOPES, False, "missing", items=item * 2),
        *(Check(Topic.CHANNELS, False, items=(Item(text, reason, text),) * 8, total=9) for reason in strange),
        Check(Topic.SLACK_CLOCK, False, "ahead", seconds=90.0),
        Check(Topic.REDIS, False, "missing"),
        Check(Topic.REDIS, False, "old", text),
        Check(Topic.REDIS, False, "away"),
        Check(Topic.DURABILITY, False, "aof_off"),
        Check(Topic.DURABILITY, False, "aof_fails"),
        Check(Topic.DURABILITY, False, "evicts", text),
        Check(Topic.REDIS_CLOCK, False, "behind", seconds=3600.0),
        Check(Topic.WORKERS, False, "none"),
        Check(Topic.QUEUE, False, "late", items=(Item("captures", detail="4"),), total=4, seconds=75.0),
        Check(Topic.QUEUE, False, "given_up", "1"),
        Check(Topic.QUEUE, False, "given_up", "7"),
        Check(Topic.SERVICES, False, items=silent * 3, total=14),
        Check(Topic.ROTATIONS, False, items=(Item(text, "calendar_refused", "404"), Item(text)), total=2),
        Check(Topic.ROTATIONS, False, items=(Item(text, "strangers", text),) * 8, total=8),
        Check(Topic.ROTATIONS, False, items=(Item(text, "no_members", text), Item(text)), total=2),
        Check(Topic.WEBHOOKS, False, "refused", items=refusing, total=2),
        Check(Topic.UNMATCHED, False, "some", items=(Item(text, detail=text),) * 3, total=3, seconds=60.0),
        Check(Topic.UNMATCHED, False, "some", total=3, seconds=60.0),
        *(
            Check(Topic.UNMATCHED, False, "some", items=(Item(text, near, text), *item), total=3, seconds=60.0)
            for near in ("absent", "differs")
        ),
        Check(Topic.WAITING, False, "failing", "7", total=12, seconds=0.0),
        Check(Topic.WAITING, False, "untaken", "0", total=1, seconds=90.0),
        Check(Topic.UNDELIVERED, False, "some", items=item, total=3),
        Check(
            Topic.UNDELIVERED, False, "some", items=(*item, Item("C0A", "not_in_channel"), Item("C0B", text)), total=3
        ),
        Check(Topic.HELD, False, "some", items=item, total=1),
    )


def unknown(text: str) -> tuple[Check, ...]:
    """Each reason why nothing may be known."""
    without = ("slack", "token", "redis", "registry", "worker", "secret", text)
    return (
        Check(Topic.CHANNELS, None, "by_name", items=(Item(text, "by_name"),), total=1),
        *(Check(Topic.QUEUE, None, WITHOUT, detail) for detail in without),
        Check(Topic.SERVICES, None, SLOW),
        Check(Topic.SCOPES, None, "not_told"),
        Check(Topic.HELD, None, BUG, text),
    )


def reports(text: str) -> list[DoctorReport]:
    """All green; all not known; all red, in two; some of each."""
    checks = red(text)
    return [
        DoctorReport(green(text)),
        DoctorReport(unknown(text)),
        DoctorReport(checks[:14]),
        DoctorReport(checks[14:]),
        DoctorReport((*checks[3:5], *green(text)[:2], *unknown(text)[:2])),
    ]

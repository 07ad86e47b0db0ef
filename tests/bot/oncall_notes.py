"""What is said of who is on call: every kind of line."""

from handlers.oncall_notes import OnCall, OnCallLine, Turn
from handlers.rotation import Member, Rotation, UserGroup

MONDAY = 1_774_854_000.0  # 2026-03-30 09:00 in Berlin, the day after clocks have changed
WEEK = 604_800.0


def oncall_notes(text: str) -> list[OnCall]:
    """With `text` wherever a calendar or the registry has a word of its own."""
    payments = Rotation(text, "C0PAYMENTS", ("svc-orders",), "Europe/Berlin", UserGroup("S0ONCALL"))
    ana, stranger = Member("Ana Lima", "ana@example.com", "U0ANA"), Member(text, text)
    now, later = Turn((ana,), MONDAY - WEEK, MONDAY), Turn((stranger, ana), MONDAY, MONDAY + WEEK)
    gap = Turn((), MONDAY, MONDAY + 86_400)
    lines = (
        OnCallLine(payments, now, (later,)),
        OnCallLine(payments, Turn((stranger,), None, MONDAY), (gap, Turn((ana,), MONDAY + 86_400, None))),
        OnCallLine(payments, Turn((ana, stranger, Member("U0BOSS")), None, None)),
        OnCallLine(payments, Turn((), None, None)),
        OnCallLine(payments, now, (later,), "calendar_refused", "404", MONDAY - 7200),
        OnCallLine(payments, None, (), "unknown_zone", text),
        OnCallLine(payments, None, (), text),
        OnCallLine(payments, None),
    )
    return [*(OnCall((line,)) for line in lines), OnCall(lines * 3), OnCall(())]

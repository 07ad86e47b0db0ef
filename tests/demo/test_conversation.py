"""What the demo's terminal shows of a thread, read from a stand-in that plays a script."""

import httpx
import pytest

from bot.demo.conversation import Conversation, Said, plain
from bot.demo.process import DemoError

NAMES = {"U0ANA": "Ana Lima", "UBOT": "Mapstorm"}
Json = dict[str, object]


def message(ts: str, text: str, **more: object) -> Json:
    return {"ts": ts, "user": "UBOT", "text": text, "deleted": False, "thread": [], **more}


def state(version: int, *roots: Json, ephemerals: tuple[Json, ...] = ()) -> Json:
    return {
        "version": version,
        "now": 100.0,
        "users": [{"id": key, "real_name": name} for key, name in NAMES.items()],
        "usergroups": [{"id": "S1", "handle": "oncall"}],
        "channels": [{"id": "C1", "name": "payments", "messages": list(roots)}],
        "ephemerals": list(ephemerals),
    }


def talk(states: list[Json], outcome: str = "acknowledged") -> Conversation:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(200, json={"ok": True, "delivery": {"outcome": outcome}})
        since = int(request.url.params.get("since", 0))
        return httpx.Response(200, json=next((s for s in states if int(str(s["version"])) > since), states[-1]))

    return Conversation(httpx.Client(transport=httpx.MockTransport(answer)), "http://standin", "C1", "U0ANA")


def test_a_thread_is_given_once_as_it_grows_and_the_edited_root_at_its_end() -> None:
    old = message("50.1", "before the demo")
    reply = message("101.2", "*Growth storm* at `a.go:1`")
    conversation = talk(
        [
            state(1, old),
            state(2, old, message("101.1", "⏳ Capturing")),
            state(3, old, message("101.1", "⏳ Capturing, 1 done", thread=[reply])),
            state(4, old, message("101.1", "⚠️ growth storm", thread=[reply])),
        ]
    )
    said = [conversation.type("/mapstorm capture x")]
    while not conversation.ended:
        said += conversation.read()
    assert said == [
        Said("Ana Lima", "/mapstorm capture x"),
        Said("Mapstorm", "⏳ Capturing"),
        Said("Mapstorm", "Growth storm at `a.go:1`", 1),
        Said("Mapstorm (first message, edited)", "⚠️ growth storm"),
    ]
    assert not conversation.failed


def test_a_capture_that_failed_is_no_diagnosis() -> None:
    conversation = talk([state(1), state(2, message("101.1", "❌ failed", thread=[message("101.2", "why")]))])
    list(conversation.read())
    list(conversation.read())
    assert conversation.ended
    assert conversation.failed


def test_what_only_the_asker_sees_says_so() -> None:
    old = message("50.1", "for another command", to="U0ANA")
    whisper = message("101.1", "on its way", to="U0ANA")
    conversation = talk([state(1, ephemerals=(old,)), state(2, ephemerals=(old, whisper))])
    conversation.type("/mapstorm capture x")
    assert [*conversation.read(), *conversation.read()] == [Said("Mapstorm (only to Ana Lima)", "on its way")]


def test_without_a_command_all_is_read_that_comes_from_now_on_with_each_edit_of_the_root() -> None:
    old, diagnosis = message("50.1", "before"), message("101.2", "a map grows")
    conversation = talk(
        [
            state(1, old),
            state(2, old, message("101.1", "🔴 Firing <!subteam^S1>")),
            state(3, old, message("101.1", "🔴 Firing: 49 MiB", thread=[diagnosis])),
            state(4, old, message("101.1", "🔴 Firing: 49 MiB", thread=[diagnosis])),
            state(5, old, message("101.1", "✅ Resolved", thread=[diagnosis])),
        ]
    )
    conversation.listen()
    said = [one for _ in range(5) for one in conversation.read()]
    assert said == [
        Said("Mapstorm", "🔴 Firing @oncall"),
        Said("Mapstorm", "a map grows", 1),
        Said("Mapstorm (first message, edited)", "🔴 Firing: 49 MiB"),
        Said("Mapstorm (first message, edited)", "✅ Resolved"),
    ]


def test_a_command_that_is_not_taken_ends_the_demo() -> None:
    with pytest.raises(DemoError, match="operation_timeout"):
        talk([state(1)], outcome="operation_timeout").type("/mapstorm capture x")


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("*bold* and 2*3*4", "bold and 2*3*4"),
        ("<!date^1795355846^{date} {time}|2026-11-22 13:57 UTC>, then", "2026-11-22 13:57 UTC, then"),
        ("in <#C1>, <#C2>", "in #payments, #C2"),
        ("<@U0ANA> &lt;T&gt; &amp; co", "@Ana Lima <T> & co"),
        ("<https://go.dev|Go> <https://go.dev>", "Go (https://go.dev) https://go.dev"),
        ("`m := make(map[K]V)`", "`m := make(map[K]V)`"),
    ],
)
def test_markup_is_made_readable(markup: str, shown: str) -> None:
    assert plain(markup, NAMES | {"C1": "payments"}) == shown

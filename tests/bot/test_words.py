"""Foreign names are harmless in both media: they mention nobody, forge no link and leave no code span."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import numbers
from bot.forms import view
from bot.render import message
from bot.words import LONGEST_NAME, Medium, clean, escape, short_function, text_of
from handlers.incident import Act, Incident
from handlers.incident_notes import IncidentRoot
from handlers.notes import CaptureStarted, Help
from tests.bot.notes import forms, incident, notes, service

# What an attacker would call a function, a file, a service, or an instance.
SPITE = [
    *("<!channel>", "<!here>", "<!subteam^S123>", "<@U024BE7LH>", "<#C0123ABCD>", "<http://evil.example|catalog.go>"),
    *("`", "``", "```", "a`b", "`<!channel>`", "&lt;!channel&gt;", "&amp;lt;", "*bold*", "_", "~", "<", ">", "&", "|"),
    *("\n", "\r\n", "\n\n^ forged", "^ fine print", "\u2028", "\x85", "", " ", "\t", "@channel", "@here"),
    *("\u202e", "\u2066", "\u200b", "\ufeff", "\x07", "\x00", "\ud83d", "\u0301" * 40),
    *("\x1b[31m", "\x1b]8;;http://evil.example\x07", "{{ note }}", "{% raw %}"),
    *("U024BE7LH", "W0", "C0123ABCD", "USERNAME", "UNKNOWN"),
]
names = st.one_of(
    st.sampled_from(SPITE), st.lists(st.sampled_from(SPITE), max_size=6).map("".join), st.text(max_size=40)
)

# What mapstorm makes itself: mentions of Slack users who asked or clicked and of channels of the registry, dates,
# links under words of its own.
OURS = re.compile(
    r"<@[UW][A-Z0-9]{2,20}>|<#C[A-Z0-9]{2,20}>|<!date\^\d+\^\{date_short_pretty\} \{time\}\|[-\d: UTC]+>"
    r"|<https?://[^<>|`\s]+\|(source of the alert|its thread|thread|Report with flame graph)>"
)


def harmless(text: str, *, slack: bool) -> None:
    if slack:
        rest = OURS.sub("", text)
        assert "<" not in rest
        assert ">" not in rest
        assert not re.search(r"&(?!amp;|lt;|gt;)", rest)
    for line in text.split("\n"):
        assert line.count("`") % 2 == 0, "a code span that does not end on its line"
        odd = {char for char in line if unicodedata.category(char)[0] == "C" or char in "\u2028\u2029"}
        assert not odd


@settings(max_examples=150)
@given(names)
def test_property_no_foreign_text_mentions_or_links(name: str) -> None:
    for note in notes(name):
        harmless(text_of(note, Medium.SLACK), slack=True)
        harmless(text_of(note, Medium.TERMINAL), slack=False)


@settings(max_examples=100)
@given(names)
def test_property_no_foreign_text_mentions_or_links_in_buttons_and_modals(name: str) -> None:
    root = IncidentRoot(service(name), incident(text=name), tuple(Act))
    views = [view(form) for form in forms(name)]
    for plain in plain_texts([message(root).blocks, views]):
        assert not re.search(r"<|>|`|\n", plain)


def plain_texts(part: object) -> Iterator[str]:
    """Every text that Slack shows as it is."""
    if isinstance(part, dict):
        if part.get("type") == "plain_text":
            yield part["text"]
        yield from (part[key] for key in ("accessibility_label",) if key in part)
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from plain_texts(each)


@pytest.mark.parametrize(
    ("address", "linked"),
    [
        ("https://alerts.example.com/g?x=1&y=[a]", "<https://alerts.example.com/g?x=1&amp;y=[a]|source of the alert>"),
        ("https://e.example/a b|<!here>`", "<https://e.example/a%20b%7C%3C!here%3E%60|source of the alert>"),
        ("https://münchen.example/", "<https://m%C3%BCnchen.example/|source of the alert>"),
        ("javascript:alert(1)", "source of the alert"),
        ("http://", "source of the alert"),
        ("https://e.example/" + "a" * 3000, "source of the alert"),
    ],
)
def test_an_address_is_linked_under_our_words_and_cannot_end_early(address: str, linked: str) -> None:
    fires = replace_link(address)
    assert f", {linked}\n" in text_of(IncidentRoot(service(), fires, ()), Medium.SLACK)


def replace_link(address: str) -> Incident:
    told = incident()
    return replace(told, alerts=(told.alerts[0]._replace(link=address),))


@pytest.mark.parametrize("moment", [float("nan"), float("inf"), -1e30, 1e30])
def test_a_time_that_is_none_breaks_no_template(moment: float) -> None:
    told = incident()
    odd = replace(told, alerts=(told.alerts[0]._replace(starts_at=moment),))
    for medium in Medium:
        assert "an unknown time" in text_of(IncidentRoot(service(), odd, ()), medium)


@pytest.mark.parametrize("name", ["\n\n^ forged", "\r\n\r\n*Verdict:* fine", "a\u2028b", "\x0b\x0c"])
def test_no_name_makes_a_line_or_a_paragraph_of_its_own(name: str) -> None:
    for spiteful, plain in zip(notes(name), notes("plain"), strict=True):
        for medium in (Medium.SLACK, Medium.TERMINAL):
            assert lines(text_of(spiteful, medium)) == lines(text_of(plain, medium))


def lines(text: str) -> int:
    """Without those that are nothing but a code span: what people write keeps its lines, each in a span of its own."""
    return len([line for line in text.split("\n") if not re.fullmatch("`[^`]*`", line)])


@given(st.text(max_size=600))
def test_cleaning_keeps_one_line_of_bearable_length(text: str) -> None:
    kept = clean(text)
    assert len(kept) <= LONGEST_NAME
    assert kept.isprintable() or not kept or all(char.isprintable() or char.isspace() for char in kept)
    assert len(kept.splitlines()) <= 1
    assert clean(kept) == kept


@given(st.text(max_size=60))
def test_escaping_is_slacks_three_entities(text: str) -> None:
    escaped = escape(text)
    assert escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


@pytest.mark.parametrize(
    ("asked_by", "told"),
    [
        ("U024BE7LH", "<@U024BE7LH>"),
        ("W024BE7LH", "<@W024BE7LH>"),
        ("ana", "`ana`"),
        ("U024be7lh", "`U024be7lh`"),
        ("U024BE7LH>", "`U024BE7LH&gt;`"),
        ("S024BE7LH", "`S024BE7LH`"),
        ("", "`?`"),
        ("  ", "`?`"),
        ("`", "`'`"),
    ],
)
def test_only_a_slack_user_is_mentioned(asked_by: str, told: str) -> None:
    text = text_of(CaptureStarted(service(), ("orders-0",), asked_by, "r1"), Medium.SLACK)
    assert text.rstrip().endswith(f"asked by {told}")
    assert "<@" not in text_of(CaptureStarted(service(), ("orders-0",), asked_by, "r1"), Medium.TERMINAL)


def test_what_is_constant_in_a_template_is_escaped_for_its_medium() -> None:
    """Compiled templates are kept on disk, and constants are escaped when they are compiled."""
    for _ in range(2):
        assert "capture &lt;service&gt;" in text_of(Help(), Medium.SLACK)
        assert "capture <service>" in text_of(Help(), Medium.TERMINAL)


@pytest.mark.parametrize(
    ("function", "short"),
    [
        ("example.com/svc/internal/catalog.(*Catalog).put", "catalog.(*Catalog).put"),
        ("main.main", "main.main"),
        ("example.com/a.Fill[example.com/b.T]", "a.Fill[...]"),
        ("maps.Clone[go.shape.map[string]example.com/b.T,go.shape.struct { N int }]", "maps.Clone[...]"),
        ("example.com/a.Fill[...].func1", "a.Fill[...].func1"),
        ("", ""),
        ("[", "["),
    ],
)
def test_functions_are_told_by_their_last_package(function: str, short: str) -> None:
    assert short_function(function) == short


@pytest.mark.parametrize(
    ("say", "value", "said"),
    [
        (numbers.in_bytes, 0, "0 B"),
        (numbers.in_bytes, 1023, "1023 B"),
        (numbers.in_bytes, 1536, "1.5 KiB"),
        (numbers.in_bytes, 27.6 * 2**20, "27.6 MiB"),
        (numbers.in_bytes, 191 * 2**20, "191 MiB"),
        (numbers.in_bytes, -2048, "-2.0 KiB"),
        (numbers.in_bytes, 5000 * 2**30, "5000 GiB"),
        (numbers.change, 0.4, "unchanged"),
        (numbers.change, 2048, "+2.0 KiB"),
        (numbers.change, -2048, "-2.0 KiB"),
        (numbers.roughly, 988, "1,000"),
        (numbers.roughly, 43.2, "40"),
        (numbers.roughly, 1.2, "1"),
        (numbers.about, 0, "0"),
        (numbers.about, 0.44, "0.4"),
        (numbers.about, 3.0, "3"),
        (numbers.about, 17, "17"),
        (numbers.about, 1063, "1,060"),
        (numbers.about, 567_979, "570,000"),
        (numbers.exact, 851_968, "851968"),
        (numbers.share, 0, "0 %"),
        (numbers.share, 0.0004, "under 0.1 %"),
        (numbers.share, 0.014, "1.4 %"),
        (numbers.share, 0.56, "56 %"),
        (numbers.share, 0.996, "99.6 %"),
        (numbers.share, 0.9999, "100 %"),
        (numbers.duration, 6.24, "6.2 s"),
        (numbers.duration, 8, "8 s"),
        (numbers.duration, 89, "89 s"),
        (numbers.duration, 600, "10 min"),
        (numbers.duration, 3 * 3600, "3 h"),
        (numbers.duration, 5 * 86400, "5 d"),
        (numbers.time_left, 40, "about a minute"),
        (numbers.time_left, 720, "about 12 minutes"),
        (numbers.time_left, 7200, "about 2 hours"),
    ],
)
def test_numbers_have_units_and_no_more_digits_than_are_known(
    say: Callable[[float], str], value: float, said: str
) -> None:
    assert say(value) == said

"""The page as HTML: every verdict and recording can be shown, names stay text, nothing runs but its own script."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from analyzers.examine import examine
from analyzers.finding import Grounds, Verdict
from analyzers.flame import Flame
from bot.reports import assets
from bot.reports.answers import plain
from bot.reports.page import Served, html
from bot.words import clean
from handlers.notes import Summary
from handlers.paging import Page, gathered
from handlers.records import Capture, Remembered, Request, Trigger
from handlers.report import Report, Sizes
from handlers.trend import line_of
from tests.analyzers.recordings import RECORDINGS, Recording
from tests.bot.notes import advised, finding, many_findings, notes, past, service, summary
from tests.reports import flames
from tests.reports.served import SWISS, alone, family

SERVED = Served("token.of-a_link")
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'</style></title></template>",
    "\u202ebidi\u202c\u2066\x00\x1b[31m",
    "{{ 7 * 7 }} {% raw %} javascript:alert(1)",
)
VOID = {"meta", "link", "input", "br", "img"}
SUMMARIES = [note for note in notes() if isinstance(note, Summary)]


class Elements(HTMLParser):
    """Every element with its attributes, the text between them, and whether all that was opened was closed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] not in (["script"], ["style"]):
            self.text += data


def page(note: Summary, history: tuple[Remembered, ...] = (), trigger: Trigger = Trigger.ASKED) -> Page:
    asked = Request("r1", note.service.name, (note.instance, "b"), note.diagnosis.captured_at - 9, "U1", "i1", trigger)
    capture = Capture(f"r1.{note.instance}", asked, note.instance)
    return gathered(note.service, Report(capture, note.diagnosis), history, Sizes(5, 5, 5))


def shown(note: Summary, flame: Flame | None = None, **how: object) -> Elements:
    made = Elements(html(page(note, **how), flame, SERVED))  # type: ignore[arg-type]
    assert not made.open
    return made


def strict(made: Elements) -> None:
    """Nothing that the policy of a served page would refuse, and nothing from elsewhere."""
    for tag, attributes in made.found:
        assert not [name for name in attributes if name == "style" or name.startswith("on")], (tag, attributes)
        assert tag != "style"
        assert tag != "script" or set(attributes) == {"src", "defer"} or attributes.get("type") == "application/json"
        if tag != "a":
            assert not [value for name, value in attributes.items() if name in ("src", "href") and "//" in value]


@pytest.mark.parametrize("note", SUMMARIES, ids=lambda note: note.diagnosis.verdict.value)
def test_every_verdict_has_its_page(note: Summary) -> None:
    made = shown(note, flames.story())
    strict(made)
    headings = [int(tag[1]) for tag, _ in made.found if re.fullmatch("h[1-6]", tag)]
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(headings))
    ids = [attributes["id"] for _, attributes in made.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in made.found:
        if "aria-labelledby" in attributes:
            assert attributes["aria-labelledby"] in ids
        if attributes.get("href", "").startswith("#"):
            assert attributes["href"][1:] in ids
    assert "*" not in re.sub(r"\(\*\w+\)|\.\*@|7 \* 7", "", made.text.replace("(*", "("))
    assert "• " not in made.text


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.id)
def test_every_recording_has_its_page(recording: Recording) -> None:
    _, diagnosis = examine(recording.snapshot(0), recording.snapshot(1), None)
    made = shown(summary()._replace(diagnosis=diagnosis))
    strict(made)
    for told in diagnosis.findings:
        assert told.grounds
        assert f"How sure this is: {told.confidence}" in made.text
    assert "512 KiB" in made.text


@pytest.mark.parametrize("name", HOSTILE)
def test_names_stay_text(name: str) -> None:
    """On every place where a foreign name can stand: service, instance, owner, line, function, history, peers."""
    known = replace(service(name, name), channel=name, owner=name)
    found = [finding(rule, name, name) for rule in Verdict if rule is not Verdict.NO_MAP_PROBLEM]
    plain_text = shown(summary(*(advised(each) for each in found)), flames.story())
    for note in (summary(*found, of=known, text=name), summary(of=known, text=name)):
        beside = line_of(Capture(f"r1.{name}", page(note).request, "b"), note.diagnosis)._replace(capture_id="r1.b")
        made = shown(note, flames.hostile(), history=(beside, past(name)))
        strict(made)
        assert {tag for tag, _ in made.found} <= {tag for tag, _ in plain_text.found} | {"b", "circle"}
        assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x1b]", made.text)
        assert clean(name).strip() in made.text


def test_commands_quote_foreign_names() -> None:
    made = html(page(summary(of=service("a; rm -rf /", "b$(id)"), text="b$(id)")), None, SERVED)
    assert "mapstorm capture &#39;a; rm -rf /&#39; &#39;b$(id)&#39;" in made


def test_no_address_of_the_registry_is_shown() -> None:
    made = html(page(summary(advised(finding(Verdict.GROWTH_STORM)))), None, SERVED)
    assert "10.0.0.1" not in made


def test_a_large_page_is_bounded() -> None:
    made = shown(many_findings())
    assert sum(tag == "article" for tag, _ in made.found) == 5
    assert "45 more" in made.text


@pytest.mark.parametrize("trigger", Trigger)
def test_it_says_why_it_was_taken(trigger: Trigger) -> None:
    assert "asked for by" in shown(summary(), trigger=trigger).text


@pytest.mark.parametrize(
    ("grounds", "words"),
    [
        (Grounds(412.0, False, False), "About 412 sampled allocations"),
        (Grounds(0.2, False, True), "their sizes had to"),
        (Grounds(2.0, True, False), "nearly every one"),
        (None, "The runtime's own frames"),
    ],
)
def test_a_confidence_says_what_it_stands_on(grounds: Grounds | None, words: str) -> None:
    found = advised(finding(Verdict.GROWTH_STORM))._replace(grounds=grounds)
    assert words in " ".join(shown(summary(found)).text.split())


def test_a_graph_that_is_not_drawn_yet_is_told_and_the_page_stands() -> None:
    made = shown(summary(advised(finding(Verdict.GROWTH_STORM))))
    assert "Load the page again" in made.text
    assert "tables made by growth" not in made.text


def test_a_page_of_its_own_runs_only_what_it_says() -> None:
    made = alone(*family(SWISS))
    (policy,) = re.findall('http-equiv="Content-Security-Policy" content="([^"]*)"', made)
    for body, kind in ((assets.script().body, "script"), (assets.style().body, "style")):
        assert f"{kind}-src {assets.policy_source(body).replace(chr(39), '&#39;')}" in policy
        assert made.count(f"<{kind}>{body.decode()}</{kind}>") == 1
    assert "default-src &#39;none&#39;" in policy
    assert not re.search(
        r'(?:src|href)="(?!#|https://(?:go\.dev|pkg\.go\.dev|github\.com)/)', made.partition("<body>")[2]
    )
    assert "heap.pb.gz" not in made


def test_data_in_a_page_cannot_end_its_element() -> None:
    made = alone(family(SWISS)[0], flames.hostile())
    (data,) = re.findall(r'<script type="application/json" id="flame-data">(.*?)</script>', made, re.DOTALL)
    assert "<" not in data
    assert "alert(document.domain)" in data


def test_style_and_script_cannot_end_their_elements() -> None:
    assert b"</" not in assets.style().body
    assert b"</script" not in assets.script().body.lower()
    assert b"<!--" not in assets.script().body


@pytest.mark.parametrize(("what", "status"), [("gone", 404), ("method", 405), ("bug", 500), ("away", 503)])
def test_plain_pages(what: str, status: int) -> None:
    answer = plain(what, "token/heap.txt")
    made = Elements(bytes(answer.body).decode())
    assert (answer.status_code, made.open) == (status, [])
    strict(made)
    assert ("link", {"rel": "stylesheet", "href": f"../assets/{assets.style().name}"}) in made.found

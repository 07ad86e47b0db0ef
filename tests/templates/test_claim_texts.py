"""Every claim has its three sentences (verdict, fact, what to look at instead) and a source; no text is left over."""

import re
from pathlib import Path

import pytest

from bot import words
from bot.render import message
from bot.words import LONGEST_NAME, Medium, text_of
from handlers.claims import CLAIMS
from handlers.notes import ClaimList, Explanation
from handlers.records import Claim

TEMPLATES = Path(words.TEMPLATES)
VERDICTS = ("True:", "False:", "False for Go:", "False today:", "Partly true:", "Not reproduced:")
SOURCE = re.compile(r"https://\S+\w|golang/go#\d+|\b[\w/]+\.go\b")
every_claim = pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.name)


def lines(claim: Claim) -> list[str]:
    return text_of(Explanation(claim), Medium.TERMINAL).splitlines()


def test_every_claim_has_its_text_and_every_text_its_claim() -> None:
    topics = {claim.topic for claim in CLAIMS}
    assert {path.name for path in TEMPLATES.glob("_claims_*.j2")} == {f"_claims_{topic}.j2" for topic in topics}
    for topic in topics:
        told = re.findall(r"macro (\w+)\(\)", (TEMPLATES / f"_claims_{topic}.j2").read_text())
        assert told == [claim.name for claim in CLAIMS if claim.topic == topic], "in the same order, each once"


@every_claim
def test_three_sentences_and_a_source(claim: Claim) -> None:
    title, *sentences, blank, source = lines(claim)
    assert title == f"*About `{claim.words[0]}`*"
    assert blank == ""
    assert len(sentences) == 3
    assert sentences[0].startswith(VERDICTS)
    for sentence in sentences:
        assert sentence.endswith(".")
        assert not re.search(r"[.!?] [A-Z`]", sentence), "two sentences on one line"
        assert len(sentence) < 300
    assert source.startswith("^ Source: ")
    assert SOURCE.search(source)


@every_claim
def test_texts_need_no_escape(claim: Claim) -> None:
    """What a template says by itself goes to Slack as it stands there."""
    source = (TEMPLATES / f"_claims_{claim.topic}.j2").read_text()
    body = source.partition(f"macro {claim.name}()")[2].partition("endmacro")[0]
    plain = re.sub(r"\{\{.*?\}\}|\{%-|-%\}", "", body)
    assert not re.search("[<>&*~]", plain)
    assert plain.count("`") % 2 == 0


@every_claim
def test_an_answer_fits_one_message(claim: Claim) -> None:
    posted = message(Explanation(claim))
    assert [block["type"] for block in posted.blocks] == ["section", "context"]
    assert "…" not in posted.text
    assert all(len(word) < LONGEST_NAME for word in claim.words)


def test_the_list_names_every_claim_in_one_block() -> None:
    posted = message(ClaimList(CLAIMS))
    assert len(posted.blocks) == 1
    terminal = text_of(ClaimList(CLAIMS), Medium.TERMINAL)
    for claim in CLAIMS:
        assert f"`{claim.words[0]}`" in terminal
    assert len(terminal.splitlines()) == 1 + len({claim.topic for claim in CLAIMS})


# Section by section, what articles claim; each must lead to an answer that denies or confirms it in its first word.
@pytest.mark.parametrize(
    ("word", "verdict"),
    [
        ("ok == false", "False"),
        ("missing keys", "False"),
        ("evacuate", "False"),
        ("mapassign", "Partly true"),
        ("h.buckets", "False"),
        ("call chain", "False"),
        ("load factor", "Partly true"),
        ("make(map)", "False"),
        ("1000 inserts", "False"),
        ("rehash index", "False for Go"),
        ("fragmentation", "Not reproduced"),
        ("clear(m)", "True"),
        ("GC pause", "False"),
        ("MapBuckets", "False"),
        ("24 bytes", "False"),
        ("hmap", "True"),
        ("go_map_growth_total", "False"),
        ("metrics.NewSet", "False"),
        ("GCStats", "False"),
        ("GC frequency", "False"),
        ("gctrace", "False today"),
        ("go tool pprof", "Partly true"),
        ("pprof --text", "False"),
        ("alloc_space", "True"),
        ("go vet", "True"),
        ("presize", "True"),
        ("oversized hint", "True"),
        ("sync.Map", "False"),
        ("sled", "False"),
        ("B >= 15", "False"),
        ("hot update", "True"),
    ],
)
def test_the_verdicts_are_those_that_were_measured(word: str, verdict: str) -> None:
    claim = next(each for each in CLAIMS if word in each.words)
    assert lines(claim)[1].startswith(f"{verdict}: ")

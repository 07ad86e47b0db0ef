"""Regular expressions as Go's regexp reads them, where Python would read otherwise."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.sources.re2 import MOST_MOVES, compiled


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        (r"(a)\1", "unknown escape"),
        (r"(?=a)", "unknown group"),
        (r"(?!a)", "unknown group"),
        (r"(?<=a)b", "unknown group"),
        (r"(?>a)", "unknown group"),
        (r"(?#why)", "unknown group"),
        (r"(?P=name)", "unknown group"),
        (r"(?x)a", "unknown group"),
        (r"a*+", "nothing to repeat"),
        (r"a**", "nothing to repeat"),
        (r"*a", "nothing to repeat"),
        (r"(|*)", "nothing to repeat"),
        (r"\pL", "unknown escape"),
        (r"\p{Greek}", "unknown escape"),
        (r"\Z", "unknown escape"),
        (r"\u0041", "unknown escape"),
        ("\\", "unknown escape"),
        (r"a{2,1}", "repeat count"),
        (r"a{1001}", "repeat count"),
        ("a{" + "9" * 900 + "}", "repeat count"),
        (r"((a{1000}){1000}){1000}", "too large"),
        (r"(((){1000}){1000}){1000}", "too large"),
        ("(" * 400 + ")" * 400, "nested too deep"),
        ("a" * 1001, "too long"),
        (r"(a", "missing )"),
        (r"a)", "unexpected )"),
        (r"[a", "missing ]"),
        (r"[]", "missing ]"),
        (r"[z-a]", "range backwards"),
        (r"[[:nothing:]]", "unknown character class"),
        (r"[a-\d]", "unknown escape"),
        (r"\Qa", "missing"),
    ],
)
def test_it_refuses_with_a_reason(pattern: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        compiled(pattern)


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("a|b", "b", "ab"),
        ("", "", "a"),
        ("a$", "a", "a\n"),  # Python's $ also stands before a last line feed
        (r"a\z", "a", "a\n"),
        (".*", "a b", "a\nb"),
        ("(?s).*", "a\nb", None),
        ("(?i)page", "PaGe", "pag"),
        ("a(?i)b", "aB", "AB"),
        ("(a(?i)b)c", "aBc", "aBC"),
        ("(?i:a)b", "Ab", "AB"),
        ("(?i)a(?-i)b", "Ab", "AB"),
        ("(?m)a$\n^b", "a\nb", "ab"),
        (r"\d+", "12", "١٢"),
        (r"\w", "_", "é"),
        (r"\s", "\t", "\v"),
        (r"[^\s]", "\v", " "),
        (r"[\D]", "x", "5"),
        ("[[:alpha:]-]+", "a-b", "a1"),
        ("[[:^alpha:]]", "1", "a"),
        ("[]a]+", "]a", "["),
        ("[^a]", "\n", "a"),
        ("[a-c-e]+", "b-e", "d"),
        ("a{,2}", "a{,2}", "aa"),
        ("a{2}", "aa", "a"),
        ("a{2,}", "aaaa", "a"),
        ("a{1,3}?", "aaa", "aaaa"),
        ("(ab)*?", "abab", "aba"),
        ("(a*)*", "aaa", "b"),
        (r"\x41\x{1F600}\101\a", "A\U0001f600A\a", "A"),
        (r"\Qa.b*\E+", "a.b**", "axb*"),
        (r"web-\d+\.eu", "web-12.eu", "web-12xeu"),
        (r".*\bgo\b.*", "let go now", "ergo sum"),
        (r"a\Bb", "ab", "a b"),
        ("(?P<team>a|b)c", "bc", "c"),
        ("^a", "a", "^a"),
        ("bücher|漢字?", "漢", "bucher"),
    ],
)
def test_it_matches_as_go_does(pattern: str, yes: str, no: str | None) -> None:
    assert compiled(pattern).fullmatch(yes)
    assert no is None or not compiled(pattern).fullmatch(no)


def test_a_thousand_characters_of_malice_end() -> None:
    """Python's own engine would try two to the thousand ways."""
    assert not compiled("(a+)+b").fullmatch("a" * 1000)
    assert not compiled("(a|a)*b").fullmatch("a" * 1000)


def test_what_is_remembered_of_a_pattern_has_a_bound() -> None:
    regex = compiled(".*x")
    assert regex.fullmatch("".join(map(chr, range(0x4E00, 0x4E00 + 3 * MOST_MOVES))) + "x")
    assert regex.remembered <= MOST_MOVES


PIECES = st.sampled_from(["a", "b", "ab", ".", "[ab]", "[^a]", "(a|b)", "(?:ab)?", "a*", "b+?", "(a*)*", "a{1,2}", "|"])


@given(st.lists(PIECES, max_size=6).map("".join), st.text("abc", max_size=8))
def test_where_python_reads_the_same_it_matches_the_same(pattern: str, text: str) -> None:
    matched = bool(re.fullmatch(pattern, text))
    assert compiled(pattern).fullmatch(text) is matched
    assert compiled(pattern).fullmatch(text) is matched  # by what was remembered
    assert compiled(rf"\A(?:{pattern})").fullmatch(text) is matched  # by looking around, which remembers nothing


@given(st.text("ab(|)[]{}?*+^$.\\dQEz12,-:i<P>", max_size=25), st.text("ab12", max_size=5))
def test_any_pattern_is_refused_or_answers(pattern: str, text: str) -> None:
    try:
        regex = compiled(pattern)
    except ValueError as error:
        said = str(error)
    else:
        said = str(regex.fullmatch(text))
    assert 0 < len(said) < 60

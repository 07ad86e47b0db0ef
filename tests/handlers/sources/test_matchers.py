"""Label matchers: Alertmanager's syntax, and what they mean of labels."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.records import Comparison, Matcher
from handlers.sources.matchers import matches, parse, parse_all

LABEL = st.from_regex(r"[a-zA-Z_:][a-zA-Z0-9_:]*", fullmatch=True)
VALUE = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@pytest.mark.parametrize(
    ("text", "label", "comparison", "value"),
    [
        ('service="orders"', "service", "=", "orders"),
        ("service=orders", "service", "=", "orders"),
        ('  service  !=  "orders"  ', "service", "!=", "orders"),
        ('severity=~"page|ticket"', "severity", "=~", "page|ticket"),
        ("severity!~page", "severity", "!~", "page"),
        ('{service="orders"}', "service", "=", "orders"),
        ('{service="orders",}', "service", "=", "orders"),
        ("service=orders , ", "service", "=", "orders"),
        ('a=""', "a", "=", ""),
        ("a=", "a", "=", ""),
        ("a==b", "a", "=", "=b"),
        ("a=~~b", "a", "=~", "~b"),
        ("job:rate5m=x", "job:rate5m", "=", "x"),
        ('a="b c, d"', "a", "=", "b c, d"),
        (r'a="say \"hi\"\n\\ \d"', "a", "=", 'say "hi"\n\\ \\d'),
        (r"a=say\"hi", "a", "=", 'say"hi'),
        ("a=b\\", "a", "=", "b\\"),
        ("a=bücher", "a", "=", "bücher"),
    ],
)
def test_it_reads_what_alertmanager_reads(text: str, label: str, comparison: str, value: str) -> None:
    assert parse(text) == Matcher(label, Comparison(comparison), value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not one matcher"),
        ("{}", "not one matcher"),
        ("a=b,c=d", "not one matcher"),
        (",", "not a matcher"),
        ("a=b,,c=d", "not a matcher"),
        ("service", "not a matcher"),
        ("a-b=c", "not a matcher"),
        ('"a"=b', "not a matcher"),
        ("a<b", "not a matcher"),
        ('a="b', "unescaped quote"),
        ('a=b"', "unescaped quote"),
        ('a=b"c', "unescaped quote"),
        ('a="b"c"', "unescaped quote"),
        ('a="', "unescaped quote"),
        (r'a="b\"', "unescaped quote"),
        ('a=~"("', "missing )"),
    ],
)
def test_it_refuses_what_alertmanager_refuses(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        parse(text)


def test_a_list_has_commas_and_may_stand_in_braces() -> None:
    found = parse_all('{service="orders", severity=~"page|ticket", x!="a,b" ,}')
    assert [matcher.label for matcher in found] == ["service", "severity", "x"]
    assert found[2].value == "a,b"
    assert parse_all("{}") == ()


@pytest.mark.parametrize(
    ("matcher", "labels", "holds"),
    [
        ("a=b", {"a": "b"}, True),
        ("a=b", {"a": "B"}, False),
        ("a=b", {}, False),
        ('a=""', {}, True),
        ('a!=""', {}, False),
        ("a!=b", {}, True),
        ('a=~"b.*"', {"a": "bc"}, True),
        ('a=~"b"', {"a": "abc"}, False),
        ('a=~"b|c"', {"a": "cb"}, False),
        ('a=~".*"', {}, True),
        ('a=~".+"', {}, False),
        ('a!~".+"', {}, True),
        ('a!~"b|c"', {"a": "c"}, False),
        ('a=~"(?i)PAGE"', {"a": "page"}, True),
    ],
)
def test_a_missing_label_is_empty_and_expressions_are_anchored(
    matcher: str, labels: dict[str, str], holds: bool
) -> None:
    assert matches([parse(matcher)], labels) is holds


def test_all_of_them_must_hold() -> None:
    both = parse_all("a=b,c=d")
    assert matches(both, {"a": "b", "c": "d"})
    assert not matches(both, {"a": "b"})
    assert matches((), {"a": "b"})


@given(LABEL, st.sampled_from([Comparison.EQUAL, Comparison.UNEQUAL]), VALUE)
def test_a_quoted_value_comes_back_whatever_it_is(label: str, comparison: Comparison, value: str) -> None:
    quoted = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    assert parse(f'{label}{comparison}"{quoted}"') == Matcher(label, comparison, value)
    assert matches([Matcher(label, comparison, value)], {label: value}) is (comparison is Comparison.EQUAL)


@given(LABEL, st.text(max_size=30), VALUE)
def test_two_opposites_never_agree(label: str, pattern: str, value: str) -> None:
    quoted = pattern.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    try:
        like, unlike = parse(f'{label}=~"{quoted}"'), parse(f'{label}!~"{quoted}"')
    except ValueError:
        return
    assert matches([like], {label: value}) is not matches([unlike], {label: value})


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_a_short_reason(text: str) -> None:
    try:
        said = str(len(parse_all(text)))
    except ValueError as error:
        said = str(error)
    assert 0 < len(said) < 60

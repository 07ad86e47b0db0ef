"""Every claim is found by each of its words, and by what people make of them."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.claims import CLAIMS, find
from handlers.errors import UnknownClaim
from handlers.records import Claim


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.name)
def test_a_claim_goes_by_all_its_words(claim: Claim) -> None:
    for word in claim.words:
        assert find(word) is claim
        assert find(word.upper()) is claim
        assert find(f"  {word} ") is claim


def test_no_word_means_two_claims() -> None:
    names = Counter(claim.name for claim in CLAIMS)
    assert max(names.values()) == 1
    for claim in CLAIMS:
        assert all(find(word) is claim for word in claim.words)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("ok==false", "ok_false"),
        ("v,ok:=m[k]", "ok_false"),
        ("runtime.evacuate", "evacuate"),
        ("mapassign_fast64", "mapassign"),
        ("Load-Factor", "load_factor"),
        ("clear", "clear"),
        ("syncmap", "sync_map"),
        ("pre size", "presize"),
        ("b", "big_b"),
        ("hmap", "hmap"),
        ("gomemlimit", "gomemlimit"),
        ("swiss tables", None),
        ("bucket", "bucket"),
        ("growth storm", "growth_storm"),
        ("go_map_growth_total", "growth_metric"),
        ("memstats.mapbuckets", "map_buckets"),
        ("debug.GCStats", "gc_stats"),
        ("O(n^2)", "quadratic"),
        ("O(n²)", None),
        ("maps.clone", "clone"),
    ],
)
def test_what_people_type_is_found_or_offered(said: str, name: str | None) -> None:
    if name is not None:
        assert find(said).name == name
        return
    with pytest.raises(UnknownClaim) as raised:
        find(said)
    assert raised.value.nearest


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("evacute", "evacuate"),
        ("sycn.Map", "sync.Map"),
        ("mapasign", "mapassign"),
        ("swiss tables", "swiss"),
        ("is sync.Map sharded", "sync.Map"),
    ],
)
def test_a_typo_gets_the_nearest_word(said: str, meant: str) -> None:
    with pytest.raises(UnknownClaim) as raised:
        find(said)
    assert raised.value.detail == said
    assert raised.value.nearest[0] == meant
    assert len(raised.value.nearest) <= 3
    assert len(set(raised.value.nearest)) == len(raised.value.nearest)


@given(st.text(max_size=300))
def test_any_word_is_a_claim_or_unknown(said: str) -> None:
    found: tuple[Claim, ...] | None = None
    try:
        found = (find(said),)
    except UnknownClaim as unknown:
        found = tuple(find(word) for word in unknown.nearest)
    assert set(found) <= set(CLAIMS)

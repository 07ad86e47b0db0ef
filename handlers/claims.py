"""The words people bring from articles about Go's maps, each with its other spellings. Pure.

What is true of them stands in templates/_claims_<topic>.j2, one macro for each `name`.
"""

import re
from difflib import get_close_matches

from handlers.errors import UnknownClaim
from handlers.records import Claim


def _claims(topic: str, table: dict[str, str]) -> tuple[Claim, ...]:
    """Words are separated by `|`."""
    return tuple(Claim(name, topic, tuple(words.split("|"))) for name, words in table.items())


CLAIMS = (
    *_claims(
        "maps",
        {
            "ok_false": "ok == false|ok|!ok|v, ok := m[k]|comma ok|lookup during growth|mapaccess|mapaccess2",
            "missing_keys": "missing keys|missing key|lost keys|keys disappear",
            "concurrent": "concurrent map writes|concurrent map read and map write|data race|race|RWMutex|mutex",
            "evacuate": "evacuate|runtime.evacuate|evacuation|evacuated|evacuate_faststr|evacuate_fast64",
            "call_chain": "hashGrow|growWork|call chain|runtime.growWork|makeBucketArray|newGroups|rehash",
            "load_factor": "load factor|6.5|6.0|7/8|loadFactorNum|overLoadFactor",
            "eight_buckets": "make(map)|make|makemap|8 buckets|initial size|make(map[K]V)",
            "quadratic": "O(n^2)|1000 inserts|10 growths|amortized|amortised|doubling",
            "rehash_index": "rehash index|rehashidx|two tables|incremental rehash|redis|progressive rehash",
            "clear": "clear(m)|clear|clear map|mapclear|reuse",
            "delete": "delete|delete(m, k)|shrink|memory not freed|bulk delete|mapdelete",
            "bucket": "bucket|24 bytes|bmap|tophash|slot|group",
            "hmap": "hmap|map header|48 bytes|maps.Map",
            "big_b": "B|B >= 15|hmap.B|number of buckets",
            "h_buckets": "h.buckets|oldbuckets|h.oldbuckets|bucket address",
            "swiss": "swiss|swiss table|swissmap|noswissmap|classic|Go 1.24|split|directory",
            "overflow": "overflow bucket|overflow|noverflow|newoverflow|same-size growth",
            "large_values": "128 bytes|large values|large keys|value size|indirect",
            "growth_storm": "growth storm|map growth storm|growth_storm|storm|map growth",
        },
    ),
    *_claims(
        "profiles",
        {
            "mapassign": "mapassign|mapassign_fast64|mapassign_faststr|mapassign_fast32|runtime.mapassign|15 %",
            "map_buckets": "MapBuckets|MemStats.MapBuckets|MemStats|InuseObjects|MemStats.InuseSpace",
            "growth_metric": "go_map_growth_total|/gc/map/growth/count|/gc/map/bucket/overload|runtime/metrics|metric",
            "metrics_newset": "metrics.NewSet|metrics.AllParsers|metrics.Read|NewSet|AllParsers",
            "gc_stats": "GCStats|runtime.GCStats|debug.GCStats|ReadGCStats",
            "gc_frequency": "GC frequency|NumGC|LastGC|GC rate",
            "gctrace": "gctrace|GODEBUG=gctrace=1|scvg|scavenger|scavtrace",
            "pprof_text": "go tool pprof|pprof|heap.log|debug=1|text profile",
            "mallocgc": "mallocgc|runtime.mallocgc|pprof --text|--text",
            "alloc_space": "alloc_space|inuse_space|-alloc_space|sample_index",
            "sampling": "MemProfileRate|sampling|512 KiB|memprofilerate",
            "go_vet": "go vet|vet|staticcheck|SA1029|prealloc|linter",
            "fragmentation": "fragmentation|heap fragmentation|fragmented|68 %",
            "gc_pause": "GC pause|pause|GC pauses|STW|stop the world|latency|23 ms",
            "read_write": "read:write|read/write ratio|reads and writes|read mostly",
            "gobench": "gobench|sled|hot keys|key-prefix-changes|shard-aware",
        },
    ),
    *_claims(
        "advice",
        {
            "presize": "presize|pre-size|preallocate|make with size|capacity|hint|capacity hint",
            "oversized": "oversized hint|oversized|too big hint|right_size|oversize",
            "sync_map": "sync.Map|sync map|sync.Map for writes|142 MB|LoadOrStore|dirtyLocked|HashTrieMap",
            "hot_update": "hot update|hot updates|hot updating|copy on write|atomic.Pointer|atomic swap",
            "clone": "maps.Clone|clone|maps.Copy|mapclone|clone storm",
            "gomemlimit": "GOMEMLIMIT|GOGC|memory limit|memory_limit|OOM|OOMKilled",
            "runtime_gc": "runtime.GC|force GC|runtime.GC()|FreeOSMemory|debug.FreeOSMemory",
            "sharding": "sharding|shard|sharded map|concurrent-map|striped lock|xsync",
            "pointer_free": "pointer-free|pointers|bigcache|freecache|no pointers",
            "bounded": "LRU|bounded cache|cache|evict|eviction|memory leak|leak|otter|ristretto",
        },
    ),
)


def find(word: str) -> Claim:
    """The claim that goes by `word`, however it is spaced and punctuated. Raises UnknownClaim with the nearest."""
    found = _BY_WORD.get(_bare(word))
    if found is None:
        raise UnknownClaim(word, _nearest(word))
    return found


def _nearest(word: str) -> tuple[str, ...]:
    """Up to three that may have been meant: known words inside a phrase, else words that look alike."""
    inside = [bare for bare in map(_bare, word.split()) if bare in _BY_WORD]
    # Stricter than for commands: of two hundred words some are half like any other.
    alike = get_close_matches(_bare(word), _BY_WORD, n=3, cutoff=0.7)
    return tuple(dict.fromkeys(_BY_WORD[bare].words[0] for bare in inside or alike))[:3]


def _bare(word: str) -> str:
    """`sync.Map`, `Sync Map` and `syncmap` are one; so are `v, ok := m[k]` and `v,ok:=m[k]`."""
    return re.sub(r"[^a-z0-9%]", "", word.lower()) or word


_BY_WORD = {_bare(word): claim for claim in CLAIMS for word in claim.words}

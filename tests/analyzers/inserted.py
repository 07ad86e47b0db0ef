"""Maps of both families, entry by entry: what `models.py` says of whole batches, found the slow way.

Knows the rules of the runtimes (runtime/map.go of Go 1.23, internal/runtime/maps of Go 1.27) and shares no arithmetic
with mapstorm. Keys are hashes drawn from dice, because where the entries fall decides which table splits.
"""

from dataclasses import dataclass, field
from random import Random

from tests.analyzers.models import size_class

HASH_BITS = 64


class InsertedClassic:
    """hmap: 2^B buckets of 8 with overflow buckets behind them. `load_factor` is 6.0 in Go 1.21."""

    def __init__(self, slot: int, hint: int, load_factor: float, dice: Random) -> None:
        self.slot, self.load_factor, self.dice = slot, load_factor, dice
        self.hashes: list[int] = []
        self.b = 0
        while self.over_load_factor(hint):
            self.b += 1
        self.sizes = [self.array()] if self.b else []
        self.filled = [0] * 2**self.b
        self.overflow = 0  # buckets that hang behind others
        self.growths = 0

    @property
    def buckets(self) -> int:
        """Those of the array, preallocated overflow buckets included (makeBucketArray)."""
        count = 2**self.b
        if self.b >= 4:
            count += 2 ** (self.b - 4)
            count = max(count, size_class(count * self.bucket) // self.bucket)
        return count

    @property
    def bucket(self) -> int:
        return 8 + 8 * self.slot + 8

    def array(self) -> int:
        return size_class(self.buckets * self.bucket)

    def over_load_factor(self, count: int) -> bool:
        # loadFactorNum * (bucketShift(B) / loadFactorDen), in integers: nothing is over it at B = 0 up to 8.
        return count > 8 and count > int(self.load_factor * 2) * (2**self.b // 2)

    def insert(self, entries: int) -> "InsertedClassic":
        for _ in range(entries):
            if self.over_load_factor(len(self.hashes) + 1):
                self.b += 1
                self.growths += 1
                self.sizes.append(self.array())
                self.spread()
            elif not self.sizes:
                self.sizes.append(self.array())
            self.hashes.append(self.dice.getrandbits(HASH_BITS))
            self.put(self.hashes[-1])
            # A same-size growth would follow; without deletes it never comes to that.
            assert self.overflow < 2 ** min(self.b, 15) or self.b < 4
        return self

    def spread(self) -> None:
        self.filled = [0] * 2**self.b
        self.overflow = 0
        for each in self.hashes:
            self.put(each)

    def put(self, hashed: int) -> None:
        at = hashed % 2**self.b
        self.filled[at] += 1
        if self.filled[at] > 8 and self.filled[at] % 8 == 1:
            self.overflow += 1

    @property
    def overflow_allocated(self) -> int:
        """Overflow buckets that are objects of their own, because the preallocated ones were used up."""
        return max(0, self.overflow - (self.buckets - 2**self.b))


@dataclass
class Table:
    """One Swiss table: its slots, how many top bits of the hash its entries share, and their hashes."""

    slots: int
    depth: int
    hashes: list[int] = field(default_factory=list)

    @property
    def full(self) -> bool:
        return len(self.hashes) >= self.slots * 7 // 8


class InsertedSwiss:
    """Map: one group of 8, then a directory of tables, each of which grows to 1024 slots and then splits in two."""

    def __init__(self, slot: int, hint: int, dice: Random) -> None:
        self.slot, self.dice = slot, dice
        self.made: list[int] = []
        self.grown: list[int] = []
        self.split: list[int] = []
        self.small: list[int] | None = []  # hashes while there is no table
        self.directory: list[Table] = []
        if hint > 8:
            self.small = None
            target = hint * 8 // 7
            count = power_of_two(-(-target // 1024))
            self.directory = [self.table(target // count, count.bit_length() - 1, self.made) for _ in range(count)]

    @property
    def tables(self) -> int:
        return len({id(table) for table in self.directory})

    @property
    def entries(self) -> int:
        return sum(len(table.hashes) for table in {id(table): table for table in self.directory}.values())

    def table(self, slots: int, depth: int, book: list[int]) -> Table:
        slots = max(8, power_of_two(slots))
        book.append(size_class(slots // 8 * (8 + 8 * self.slot)))
        return Table(slots, depth)

    def insert(self, entries: int) -> "InsertedSwiss":
        for _ in range(entries):
            self.put(self.dice.getrandbits(HASH_BITS))
        return self

    def put(self, hashed: int) -> None:
        if self.small is not None:
            if len(self.small) < 8:
                self.small.append(hashed)
                return
            first = self.table(16, 0, self.grown)
            first.hashes = self.small
            self.small, self.directory = None, [first]
        table = self.directory[self.place(hashed)]
        while table.full:
            self.rehash(table)
            table = self.directory[self.place(hashed)]
        table.hashes.append(hashed)

    def place(self, hashed: int) -> int:
        return hashed >> HASH_BITS - (len(self.directory).bit_length() - 1)

    def rehash(self, table: Table) -> None:
        if table.slots < 1024:
            larger = self.table(table.slots * 2, table.depth, self.grown)
            larger.hashes = table.hashes
            self.directory = [larger if each is table else each for each in self.directory]
            return
        halves = [self.table(1024, table.depth + 1, self.split) for _ in range(2)]
        for each in table.hashes:
            halves[each >> HASH_BITS - table.depth - 1 & 1].hashes.append(each)
        if 2**table.depth == len(self.directory):
            self.directory = [each for each in self.directory for _ in range(2)]
        mine = [at for at, each in enumerate(self.directory) if each is table]
        for number, at in enumerate(mine):
            self.directory[at] = halves[number >= len(mine) // 2]


def power_of_two(number: int) -> int:
    """The next one up."""
    power = 1
    while power < number:
        power *= 2
    return power

"""Models of both map families that share no code with mapstorm: what maps of so many entries allocate.

In ClassicMap and SwissMap entries go in in the batches between two growths, and hashes are an even spread; the maps of
`inserted.py` take one entry after the other, with a hash drawn for each. Every array or table is written down with
its size class. By runtime/map.go of Go 1.23 and internal/runtime/maps of Go 1.27.
"""

CLASSES = [
    int(word)
    for word in """
    8 16 24 32 48 64 80 96 112 128 144 160 176 192 208 224 240 256 288 320 352 384 416 448 480 512 576 640 704 768 896
    1024 1152 1280 1408 1536 1792 2048 2304 2688 3072 3200 3456 4096 4864 5376 6144 6528 6784 6912 8192 9472 9728 10240
    10880 12288 13568 14336 16384 18432 19072 20480 21760 24576 27264 28672 32768""".split()
]

# Key bytes by variant, and values as services have them; classic slots pack, Swiss slots are Go structs.
KEYS = {"fast32": 4, "fast64": 8, "fast64ptr": 8, "faststr": 16}
VALUES = (8, 16, 24, 0, 1, 4, 2, 32, 40, 48)


def size_class(size: int) -> int:
    """What mallocgc gives, found the slow way."""
    if size > 32768:
        pages = 0
        while pages * 8192 < size:
            pages += 1
        return pages * 8192
    return next(each for each in CLASSES if each >= size)


def struct_bytes(key: int, value: int) -> int:
    """unsafe.Sizeof(struct{K; V}) for keys and values whose alignment is their largest power of two up to 8."""

    def align(size: int) -> int:
        return 1 if size == 0 else 8 if size % 8 == 0 else 4 if size % 4 == 0 else 2 if size % 2 == 0 else 1

    alignment = max(align(key), align(value))
    at = key
    while at % align(value):
        at += 1
    at += value if value else 1  # a last field without size must not point behind the object
    while at % alignment:
        at += 1
    return at


class ClassicMap:
    """Buckets of 8; doubles when the next entry would exceed load factor times buckets."""

    def __init__(self, slot: int, hint: int, load_factor: float) -> None:
        self.slot, self.load_factor = slot, load_factor
        self.b = 0
        while hint > 8 and hint > load_factor * 2**self.b:
            self.b += 1
        self.sizes = [self.array()] if hint > 8 else []
        self.growths = 0

    @property
    def alive(self) -> list[int]:
        return [self.array()]

    def array(self) -> int:
        bucket = 8 + self.slot * 8 + 8
        buckets = 2**self.b
        if self.b >= 4:
            buckets += 2 ** (self.b - 4)
            # makeBucketArray: up = roundupsize(...); if it differs, as many buckets as fit into it
            buckets = max(buckets, size_class(bucket * buckets) // bucket)
        return size_class(bucket * buckets)

    def fill(self, entries: int) -> "ClassicMap":
        while entries > 8 and entries > self.load_factor * 2**self.b:
            self.b += 1
            self.growths += 1
            self.sizes.append(self.array())
        return self


class SwissMap:
    """One group of 8, then tables of 16 to 1024 slots, then tables that split. Hashes are an even spread."""

    def __init__(self, slot: int, hint: int = 0) -> None:
        self.slot = slot
        self.capacity = 8  # of each table
        self.tables = 1
        self.grown: list[int] = []  # by growToTable and grow
        self.split: list[int] = []
        self.made: list[int] = []  # by make with a hint
        if hint > 8:
            target = hint * 8 // 7
            while self.tables < -(-target // 1024):
                self.tables *= 2
            while self.capacity < target // self.tables:
                self.capacity *= 2
            self.made = [self.table()] * self.tables

    def table(self) -> int:
        return size_class(self.capacity // 8 * (8 + 8 * self.slot))

    @property
    def room(self) -> int:
        return 8 if self.capacity == 8 else self.capacity * 7 // 8 * self.tables

    @property
    def alive(self) -> list[int]:
        return [self.table()] * self.tables

    def fill(self, entries: int) -> "SwissMap":
        while entries > self.room and self.capacity < 1024:
            self.capacity *= 2
            self.grown.append(self.table())
        while entries > self.room:
            self.tables *= 2  # an even spread makes all tables split at once
            self.split += self.alive
        return self

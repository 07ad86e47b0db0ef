"""What Go's allocator makes of a size. The same classes in Go 1.19 to 1.27.

Sources: runtime/sizeclasses.go, runtime/msize.go.
"""

from bisect import bisect_left

SIZE_CLASSES = tuple(
    int(size)
    for size in (
        "8 16 24 32 48 64 80 96 112 128 144 160 176 192 208 224 240 256 288 320 352 384 416 448 480 512 576 640 "
        "704 768 896 1024 1152 1280 1408 1536 1792 2048 2304 2688 3072 3200 3456 4096 4864 5376 6144 6528 6784 "
        "6912 8192 9472 9728 10240 10880 12288 13568 14336 16384 18432 19072 20480 21760 24576 27264 28672 32768"
    ).split()
)
PAGE = 8192
MALLOC_HEADER = 8


def round_up(size: int) -> int:
    """What the allocator gives for `size` bytes: the next size class, above 32 KiB whole pages."""
    if size <= SIZE_CLASSES[-1]:
        return SIZE_CLASSES[bisect_left(SIZE_CLASSES, size)]
    return -(-size // PAGE) * PAGE


def object_sizes(size: int) -> tuple[int, ...]:
    """The object sizes under which `size` bytes may show up.

    From Go 1.22, objects with pointers over 512 B and up to 32760 B carry a header of 8 bytes more.
    """
    plain = round_up(size)
    if 512 < size <= SIZE_CLASSES[-1] - MALLOC_HEADER:
        headed = round_up(size + MALLOC_HEADER)
        return (plain, headed) if headed != plain else (plain,)
    return (plain,)

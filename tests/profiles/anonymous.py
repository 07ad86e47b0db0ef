"""A protobuf profile without the path of the machine that recorded it. Knows the wire format, no meaning."""

from collections.abc import Iterator

_STRING_TABLE = 6  # field number in profile.proto


def anonymous(proto: bytes, binary: str) -> bytes:
    """The same profile with the path of the binary replaced: the one absolute path among its strings."""
    out = bytearray()
    for start, end, text in top_fields(proto):
        if text.startswith(b"/"):
            out += proto[start : start + 1] + _as_varint(len(binary)) + binary.encode()
        else:
            out += proto[start:end]
    return bytes(out)


def top_fields(proto: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Where each field of a Profile message lies, and its text if it is an entry of the string table."""
    start = 0
    while start < len(proto):
        key, after_key = _varint(proto, start)
        value, end = _varint(proto, after_key)
        text = b""
        if key & 7 == 2:  # length-delimited; all others at this level are varints
            text = proto[end : end + value] if key >> 3 == _STRING_TABLE else b""
            end += value
        yield start, end, text
        start = end


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _as_varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)

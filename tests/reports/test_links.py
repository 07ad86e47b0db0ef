"""Who may read a report: whoever was given its address, until it ends; and nobody who made one up."""

import pytest
from itsdangerous import URLSafeSerializer

from bot.reports.links import SALT, Links

SECRET = "0123456789abcdef" * 2
LINKS = Links("https://mapstorm.example.com", SECRET)
END = 1_800_000_000.0
CAPTURE = "a1b2c3d4e5f6.10.1.2.3:6060"


def test_an_address_leads_to_its_capture_until_it_ends() -> None:
    address = LINKS.address(CAPTURE, END)
    assert address.startswith("https://mapstorm.example.com/reports/")
    token = address.rpartition("/")[2]
    assert LINKS.capture_of(token, END - 1) == CAPTURE
    assert LINKS.capture_of(token, END) is None


def test_it_is_the_same_however_often_it_is_made() -> None:
    """A repeated job must not post another address."""
    assert LINKS.address(CAPTURE, END) == Links("https://mapstorm.example.com", SECRET).address(CAPTURE, END)


def test_every_shorter_or_changed_token_is_none() -> None:
    token = LINKS.token(CAPTURE, END)
    body, dot, signature = token.rpartition(".")
    assert dot
    for end in range(len(token)):
        assert LINKS.capture_of(token[:end], 0) is None
    for at, char in enumerate(token[:-1]):  # the last character of base64 has bits that mean nothing
        other = token[:at] + ("A" if char != "A" else "B") + token[at + 1 :]
        assert LINKS.capture_of(other, 0) is None, other
    assert LINKS.capture_of(body, 0) is None
    assert LINKS.capture_of(signature, 0) is None


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "\x00", "é" * 40, "\ud800", "A" * 1001, "a b.c", "../../etc/passwd", "null.null", "W10.A", "💥.x"],
)
def test_what_is_no_token_is_none(token: str) -> None:
    assert LINKS.capture_of(token, 0) is None


def test_other_secrets_and_other_purposes_sign_nothing_here() -> None:
    other = Links("https://mapstorm.example.com", SECRET[::-1])
    assert LINKS.capture_of(other.token(CAPTURE, END), 0) is None
    for foreign in (URLSafeSerializer(SECRET, salt=SALT), URLSafeSerializer(SECRET)):
        assert LINKS.capture_of(str(foreign.dumps([CAPTURE, int(END)])), 0) is None


@pytest.mark.parametrize("said", [None, [], [CAPTURE], [CAPTURE, "soon"], [7, int(END)], {"a": 1}, [CAPTURE, END, 1]])
def test_signed_nonsense_is_none(said: object) -> None:
    token = str(LINKS._serializer.dumps(said))
    assert LINKS.capture_of(token, 0) is None

"""The port Heaps against a real server on loopback, and httpx's whole family of errors against our tree."""

import asyncio
import gzip
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from bot.addresses import may_be_asked, resolve
from bot.heaps import HttpHeaps
from handlers.errors import (
    CaptureError,
    NoPprof,
    NotPprof,
    Refused,
    ServerFault,
    TimedOut,
    TooLarge,
    Unreachable,
    UntrustedAddress,
)
from handlers.ports import Heaps, Visit
from handlers.records import Instance, Service
from tests.bot.pprof_server import (
    HEAP,
    PROFILE,
    SYMBOL,
    Answer,
    PprofServer,
    bomb,
    chunked,
    endless,
    pprof_server,
    raw,
    stalled,
    whole,
)

PORT: Heaps = HttpHeaps()  # the type checker's proof that the adapter fits
SERVICE = Service("svc-orders", (), "C1", timeout_s=5.0, max_bytes=1_000_000)


@pytest.fixture
async def server() -> AsyncIterator[PprofServer]:
    async with pprof_server() as running:
        yield running


def at(url: str) -> Instance:
    return Instance("orders-0", url)


async def text(visit: Visit) -> bytes:
    parts: list[bytes] = []
    await visit.text(parts.append)
    return b"".join(parts)


async def fetch(server: PprofServer, answer: Answer, service: Service = SERVICE) -> bytes:
    server.answers[HEAP] = answer
    async with HttpHeaps(idle_s=0.2).visit(service, at(server.url)) as visit:
        return await text(visit)


async def answers_of(*addresses: str) -> tuple[str, ...]:
    return addresses


# What is asked for


async def test_text_arrives_whole_and_asks_for_a_collection(server: PprofServer) -> None:
    assert await fetch(server, chunked(b"heap profile: ", b"1: 2 [3: 4]")) == b"heap profile: 1: 2 [3: 4]"
    assert server.seen[0].target == "/debug/pprof/heap?debug=1&gc=1"
    assert server.seen[0].headers["accept-encoding"] == "identity"
    assert server.seen[0].headers["host"] == f"127.0.0.1:{server.port}"


async def test_a_service_may_forbid_the_collection(server: PprofServer) -> None:
    await fetch(server, whole(b"heap"), replace(SERVICE, gc=False))
    assert server.seen[0].target == "/debug/pprof/heap?debug=1"


async def test_proto_needs_neither_text_nor_collection(server: PprofServer) -> None:
    server.answers[HEAP] = whole(b"\x1f\x8bproto", content_type="application/octet-stream")
    async with HttpHeaps().visit(SERVICE, at(server.url + "/")) as visit:
        assert await visit.proto() == b"\x1f\x8bproto"
        await visit.proto(collect=True)
    assert [seen.target for seen in server.seen] == ["/debug/pprof/heap", "/debug/pprof/heap?gc=1"]


async def test_a_service_may_forbid_the_collection_for_its_protobuf_too(server: PprofServer) -> None:
    server.answers[HEAP] = whole(b"\x1f\x8bproto")
    async with HttpHeaps().visit(replace(SERVICE, gc=False), at(server.url)) as visit:
        await visit.proto(collect=True)
    assert server.seen[0].target == "/debug/pprof/heap"


async def test_plus_signs_reach_the_symbol_endpoint_as_they_are(server: PprofServer) -> None:
    server.answers[SYMBOL] = whole(b"num_symbols: 1\n0x1 main.main\n")
    async with HttpHeaps().visit(SERVICE, at(server.url)) as visit:
        assert b"main.main" in await visit.symbols("0x1+0x2a")
    assert server.seen[0].target == "/debug/pprof/symbol?0x1+0x2a"


@pytest.mark.parametrize("status", [400, 404, 405])
async def test_symbols_are_posted_where_get_is_refused(server: PprofServer, status: int) -> None:
    server.answers[f"GET {SYMBOL}"] = whole(b"no", status)
    server.answers[f"POST {SYMBOL}"] = whole(b"0x1 main.main\n")
    async with HttpHeaps().visit(SERVICE, at(server.url)) as visit:
        assert await visit.symbols("0x1+0x2") == b"0x1 main.main\n"
    assert [(seen.method, seen.body) for seen in server.seen] == [("GET", b""), ("POST", b"0x1+0x2")]
    assert server.connections == 1, "the refusal was read to its end, so the process is still the same"


@pytest.mark.parametrize(("status", "error"), [(401, Refused), (500, ServerFault)])
async def test_symbols_are_not_posted_after_other_refusals(
    server: PprofServer, status: int, error: type[CaptureError]
) -> None:
    server.answers[SYMBOL] = whole(b"no", status)
    async with HttpHeaps().visit(SERVICE, at(server.url)) as visit:
        with pytest.raises(error):
            await visit.symbols("0x1")
    assert len(server.seen) == 1


async def test_the_authorization_header_goes_along(server: PprofServer) -> None:
    await fetch(server, whole(b"heap"), replace(SERVICE, auth_header="Bearer s3cret"))
    assert server.seen[0].headers["authorization"] == "Bearer s3cret"


async def test_one_visit_keeps_one_connection(server: PprofServer) -> None:
    server.answers[HEAP] = chunked(b"heap")
    server.answers[SYMBOL] = whole(b"0x1 main.main\n")
    async with HttpHeaps().visit(SERVICE, at(server.url)) as visit:
        await text(visit)
        await visit.symbols("0x1")
        await visit.proto()
        await text(visit)
    assert [seen.connection for seen in server.seen] == [1, 1, 1, 1]


# Answers that are none


@pytest.mark.parametrize(
    ("answer", "error", "detail"),
    [
        (whole(status=401), Refused, "401"),
        (whole(status=403), Refused, "403"),
        (whole(status=404), NoPprof, "404"),
        (whole(status=405), NoPprof, "405"),
        (whole(status=400), NotPprof, "400"),
        (whole(status=418), NotPprof, "418"),
        (raw(b"HTTP/1.1 204 -\r\n\r\n"), NotPprof, "204"),
        (whole(status=301, location="http://169.254.169.254/latest/meta-data"), NotPprof, "301"),
        (whole(status=302, location="/login"), NotPprof, "302"),
        (whole(status=500), ServerFault, "500"),
        (whole(status=503), ServerFault, "503"),
        (whole(status=408), ServerFault, "408"),
        (whole(status=429), ServerFault, "429"),
        (whole(b"<html>", content_type="text/html; charset=utf-8"), NotPprof, "html"),
        (whole(b"x", content_encoding="br"), NotPprof, "encoding"),
        (whole(b"plain", content_encoding="gzip"), NotPprof, "encoding"),
        (chunked(gzip.compress(b"a"), b"more", content_encoding="gzip"), NotPprof, "encoding"),
        (whole(gzip.compress(b"a" * 100)[:-9], content_encoding="gzip"), Unreachable, "broken_off"),
        (chunked(b"heap", truncated=True), Unreachable, "broken_off"),
        (raw(b"HTTP/1.1 200 -\r\ncontent-length: 9\r\n\r\nheap"), Unreachable, "broken_off"),
        (raw(b""), Unreachable, "broken_off"),
        (raw(b"SSH-2.0-OpenSSH_9.2\r\n"), Unreachable, "broken_off"),
        (bomb(64), TooLarge, "1000000"),
        (endless(b"x" * 4096), TooLarge, "1000000"),
        (stalled(), TimedOut, ""),
        (stalled(b"heap profile"), TimedOut, ""),
    ],
)
async def test_every_bad_answer_has_its_error(
    server: PprofServer, answer: Answer, error: type[CaptureError], detail: str
) -> None:
    service = replace(SERVICE, timeout_s=0.3) if error is TimedOut else SERVICE
    with pytest.raises(CaptureError) as raised:
        await fetch(server, answer, service)
    assert (type(raised.value), raised.value.detail) == (error, detail)
    assert len(server.seen) == 1, "nothing is asked twice, and no redirect is followed"


async def test_a_silent_body_is_given_up_long_before_the_total_deadline(server: PprofServer) -> None:
    with pytest.raises(TimedOut):
        await fetch(server, stalled(b"heap"), replace(SERVICE, timeout_s=60.0))


async def test_a_body_that_never_ends_meets_the_total_deadline(server: PprofServer) -> None:
    with pytest.raises(TimedOut):
        await fetch(server, endless(b"x"), replace(SERVICE, timeout_s=0.2, max_bytes=1 << 40))


async def test_a_server_may_compress_unasked(server: PprofServer) -> None:
    body = b"heap profile" * 1000
    packed = gzip.compress(body)
    assert await fetch(server, chunked(packed[:5], packed[5:], content_encoding="gzip")) == body


async def test_a_bomb_is_not_inflated_beyond_the_cap(server: PprofServer) -> None:
    server.answers[HEAP] = bomb(64)
    got: list[int] = []
    async with HttpHeaps().visit(replace(SERVICE, max_bytes=3_000_000), at(server.url)) as visit:
        with pytest.raises(TooLarge):
            await visit.text(lambda chunk: got.append(len(chunk)))
    assert sum(got) <= 3_000_000
    assert max(got) <= 1 << 20


async def test_what_the_reader_raises_comes_through(server: PprofServer) -> None:
    server.answers[HEAP] = endless(b"x" * 4096)

    def refuse(_: bytes) -> None:
        raise NotPprof("reader")

    async with HttpHeaps().visit(SERVICE, at(server.url)) as visit:
        with pytest.raises(NotPprof, match="reader"):
            await visit.text(refuse)


async def test_a_visit_goes_on_after_a_refused_text(server: PprofServer) -> None:
    server.answers[HEAP] = whole(b"<html>", content_type="text/html")
    async with HttpHeaps().visit(SERVICE, at(server.url)) as visit:
        with pytest.raises(NotPprof):
            await text(visit)
        server.answers[HEAP] = whole(b"proto")
        assert await visit.proto() == b"proto"


# Addresses


async def test_nothing_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    async with HttpHeaps().visit(SERVICE, at(f"http://127.0.0.1:{port}/debug/pprof")) as visit:
        with pytest.raises(Unreachable) as raised:
            await text(visit)
    assert raised.value.detail == "no_connection"


async def test_the_name_is_resolved_once_and_kept(server: PprofServer) -> None:
    asked: list[str] = []

    async def rebinding(host: str, _: int) -> tuple[str, ...]:
        asked.append(host)
        return ("127.0.0.1",) if len(asked) == 1 else ("169.254.169.254",)

    server.answers[HEAP] = whole(b"heap", connection="close")
    url = f"http://orders.localhost:{server.port}/debug/pprof"
    async with HttpHeaps(resolver=rebinding).visit(SERVICE, at(url)) as visit:
        await text(visit)
        await visit.proto()
    assert asked == ["orders.localhost"]
    assert [seen.headers["host"] for seen in server.seen] == [f"orders.localhost:{server.port}"] * 2


async def test_the_second_address_is_tried_and_then_kept(server: PprofServer) -> None:
    """`localhost` means ::1 first on many machines, and most servers listen on 127.0.0.1 only."""
    server.answers[HEAP] = whole(b"heap")

    async def both(_: str, __: int) -> tuple[str, ...]:
        return await answers_of("::1", "127.0.0.1")

    url = f"http://localhost:{server.port}/debug/pprof"
    async with HttpHeaps(resolver=both).visit(SERVICE, at(url)) as visit:
        assert await text(visit) == b"heap"


@pytest.mark.parametrize(
    "host",
    ["169.254.169.254", "2852039166", "0xa9fea9fe", "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]", "0"],
)
async def test_a_registered_url_does_not_lead_to_metadata(host: str) -> None:
    with pytest.raises(UntrustedAddress):
        async with HttpHeaps().visit(SERVICE, at(f"http://{host}/debug/pprof")):
            pytest.fail("a visit began")


async def test_unknown_hosts_and_impossible_ones() -> None:
    for host in ("nowhere.invalid", "a" * 64 + ".invalid"):
        with pytest.raises(Unreachable, match="no_such_host"):
            await resolve(host, 80)


@pytest.mark.parametrize(
    "address",
    ["10.1.2.3", "127.0.0.1", "::1", "192.168.0.1", "100.64.0.1", "fd00::1", "8.8.8.8", "::ffff:10.0.0.1"],
)
def test_private_and_public_addresses_may_be_asked(address: str) -> None:
    assert may_be_asked(address, "localhost")


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1", "::127.0.0.1"])
def test_loopback_is_asked_only_where_it_is_registered(address: str) -> None:
    for host in ("127.0.0.1", "::1", "localhost", "LOCALHOST.", "orders.localhost"):
        assert may_be_asked(address, host)
    for host in ("orders.internal", "localhost.evil.example", "10.1.2.3", "2130706433"):
        assert not may_be_asked(address, host)


async def test_a_name_that_leads_to_this_machine_is_not_asked() -> None:
    async def loopback(_: str, __: int) -> tuple[str, ...]:
        return await answers_of("127.0.0.1", "::1")

    with pytest.raises(UntrustedAddress):
        async with HttpHeaps(resolver=loopback).visit(SERVICE, at("http://orders.internal/debug/pprof")):
            pytest.fail("a visit began")


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.0.1",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "0.0.0.0",  # noqa: S104 - refused here, bound nowhere
        "0.1.2.3",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "ff02::1",
        "fd00:ec2::254",
        "fd20:ce::254",
        "::ffff:169.254.169.254",
        "::ffff:6464:64c8",
        "::a9fe:a9fe",
        "64:ff9b::169.254.169.254",
        "64:ff9b:1::169.254.169.254",
        "2002:a9fe:a9fe::1",
        "2001:0:a9fe:a9fe::1",
        "not an address",
    ],
)
def test_metadata_and_its_spellings_are_never_asked(address: str) -> None:
    assert not may_be_asked(address, "localhost")


# The whole family


def family(root: type[httpx.RequestError]) -> Iterator[type[httpx.RequestError]]:
    yield root
    for child in root.__subclasses__():
        yield from family(child)


@pytest.mark.parametrize("error", list(family(httpx.RequestError)), ids=lambda error: error.__name__)
@pytest.mark.parametrize("late", [False, True], ids=["head", "body"])
async def test_every_httpx_error_becomes_a_capture_error(error: type[httpx.RequestError], late: bool) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b"heap"
        raise error("http://10.0.0.1:6060 Bearer s3cret")

    def handler(_: httpx.Request) -> httpx.Response:
        if late:
            return httpx.Response(200, content=body())
        raise error("http://10.0.0.1:6060 Bearer s3cret")

    heaps = HttpHeaps(transport=httpx.MockTransport(handler))
    async with heaps.visit(SERVICE, at("http://10.0.0.1:6060/debug/pprof")) as visit:
        with pytest.raises(CaptureError) as raised:
            await text(visit)
    assert raised.value.retryable
    assert isinstance(raised.value, TimedOut) == issubclass(error, httpx.TimeoutException)
    assert "10.0.0.1" not in str(raised.value)
    assert "s3cret" not in str(raised.value)


# TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate for orders.localhost alone, signed by itself, and a server's context with it."""
    folder = tmp_path_factory.mktemp("tls")
    made = folder / "cert.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    command += f" -subj /CN=orders.localhost -addext subjectAltName=DNS:orders.localhost -out {made}"
    subprocess.run(  # noqa: S603 - a fixed command, the paths are ours
        [*command.split(), "-keyout", str(folder / "key.pem")], check=True, capture_output=True
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, folder / "key.pem")
    return made, context


@pytest.mark.parametrize(
    ("host", "trusted", "detail"),
    [
        ("orders.localhost", True, None),
        ("billing.localhost", True, "certificate"),
        ("127.0.0.1", True, "certificate"),
        ("orders.localhost", False, "certificate"),
    ],
)
async def test_certificates_are_checked_against_the_registered_name(
    certificate: tuple[Path, ssl.SSLContext], host: str, trusted: bool, detail: str | None
) -> None:
    async def loopback(_: str, __: int) -> tuple[str, ...]:
        return await answers_of("127.0.0.1")

    service = replace(SERVICE, ca_file=str(certificate[0]) if trusted else None)
    async with pprof_server(certificate[1]) as server:
        server.answers[HEAP] = whole(b"heap")
        url = f"https://{host}:{server.port}/debug/pprof"
        async with HttpHeaps(resolver=loopback).visit(service, at(url)) as visit:
            if detail is None:
                assert await text(visit) == b"heap"
                return
            with pytest.raises(Unreachable) as raised:
                await text(visit)
            assert raised.value.detail == detail


async def test_a_handshake_without_answer_is_given_up(server: PprofServer) -> None:
    """A port that speaks no TLS and waits for more; that the socket is closed, pytest's warnings would tell."""
    url = f"https://127.0.0.1:{server.port}/debug/pprof"
    async with HttpHeaps().visit(replace(SERVICE, timeout_s=0.6), at(url)) as visit:
        with pytest.raises(TimedOut):
            await text(visit)


async def test_plain_http_to_a_tls_port(certificate: tuple[Path, ssl.SSLContext]) -> None:
    async with (
        pprof_server(certificate[1]) as server,
        HttpHeaps().visit(SERVICE, at(server.url)) as visit,
    ):
        with pytest.raises(Unreachable):
            await text(visit)


async def test_a_ca_file_that_went_away(tmp_path: Path) -> None:
    service = replace(SERVICE, ca_file=str(tmp_path / "gone.pem"))
    with pytest.raises(Unreachable, match="ca_file"):
        async with HttpHeaps().visit(service, at("https://127.0.0.1:1/debug/pprof")):
            pytest.fail("a visit began")


async def test_a_cpu_profile_is_asked_for_by_the_second(server: PprofServer) -> None:
    server.answers[PROFILE] = whole(b"profile")
    async with HttpHeaps().visit(SERVICE, at(server.url)) as visit:
        assert await visit.cpu(5) == b"profile"
    assert [(seen.method, seen.target) for seen in server.seen] == [("GET", f"{PROFILE}?seconds=5")]


async def test_a_cpu_profile_has_the_time_it_measures_beside_the_timeout(server: PprofServer) -> None:
    measured = asyncio.Event()

    async def late(writer: asyncio.StreamWriter) -> None:
        await measured.wait()
        await whole(b"profile")(writer)

    server.answers |= {PROFILE: late, HEAP: stalled()}
    hasty = replace(SERVICE, timeout_s=0.2)
    heaps = HttpHeaps(idle_s=0.1)
    async with heaps.visit(hasty, at(server.url)) as one, heaps.visit(hasty, at(server.url)) as other:
        asked = asyncio.create_task(one.cpu(60))
        with pytest.raises(TimedOut):
            await text(other)
        measured.set()
        assert await asked == b"profile"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (whole(b"profile duration exceeds server's WriteTimeout", 400), NotPprof),
        (whole(b"404 page not found", 404), NoPprof),
        (whole(b"Could not enable CPU profiling: cpu profiling already in use", 500), ServerFault),
        (whole(b"x" * 2_000_000), TooLarge),
        (stalled(), TimedOut),
    ],
    ids=["400", "404", "500", "large", "late"],
)
async def test_a_cpu_profile_is_refused_as_a_heap_is(
    server: PprofServer, answer: Answer, error: type[CaptureError]
) -> None:
    server.answers[PROFILE] = answer
    hasty = replace(SERVICE, timeout_s=0.2 if error is TimedOut else 5.0)
    async with HttpHeaps().visit(hasty, at(server.url)) as visit:
        with pytest.raises(error):
            await visit.cpu(1)

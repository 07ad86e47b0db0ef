"""Whether services answer: real HTTP on loopback, and the question that costs a service nothing."""

import pytest

from bot.doctor.services import services
from bot.heaps import HttpHeaps
from bot.redis_server import free_port
from handlers.doctor import Check, Item, Topic
from handlers.records import Instance, Service
from tests.bot.pprof_server import HEAP, SYMBOL, pprof_server, stalled, whole

SPOKEN = whole(b"num_symbols: 1\n")


def service(name: str, *urls: str, timeout_s: float = 60.0) -> Service:
    instances = tuple(Instance(f"i-{at}", url) for at, url in enumerate(urls))
    return Service(name, instances, "C0ORDERS", timeout_s=timeout_s)


async def look(*known: Service, patience_s: float = 5.0) -> Check:
    (check,) = await services(HttpHeaps(), known, patience_s)
    return check


async def test_a_service_is_asked_for_a_symbol_and_for_nothing_else() -> None:
    async with pprof_server() as server:
        server.answers = {SYMBOL: SPOKEN}
        assert await look(service("svc-orders", server.url)) == Check(Topic.SERVICES, True, total=1)
    assert [seen.target for seen in server.seen] == [f"{SYMBOL}?0x0"]


async def test_a_router_that_takes_only_posts_is_well() -> None:
    async with pprof_server() as server:
        server.answers = {f"POST {SYMBOL}": SPOKEN}
        assert (await look(service("svc-orders", server.url))).ok


async def test_those_that_do_not_answer_are_named_with_the_reason() -> None:
    async with pprof_server() as well, pprof_server() as closed, pprof_server() as login, pprof_server() as none:
        well.answers = {SYMBOL: SPOKEN}
        closed.answers = {SYMBOL: whole(b"", 403)}
        login.answers = {SYMBOL: whole(b"<html>log in</html>", content_type="text/html")}
        nobody = f"http://127.0.0.1:{free_port()}/debug/pprof"
        told = await look(
            service("svc-orders", well.url, nobody),
            service("svc-billing", closed.url, login.url, none.url),
            service("svc-odd", "http://169.254.169.254/debug/pprof"),
        )
    assert told.items == (
        Item("svc-orders/i-1", "unreachable", "no_connection"),
        Item("svc-billing/i-0", "refused", "403"),
        Item("svc-billing/i-1", "not_pprof", "html"),
        Item("svc-billing/i-2", "no_pprof", "404"),
        Item("svc-odd/i-0", "untrusted_address"),
    )
    assert (told.ok, told.total) == (False, 6)


async def test_something_else_that_answers_is_no_pprof() -> None:
    async with pprof_server() as server:
        server.answers = {SYMBOL: whole(b"hello")}
        assert (await look(service("svc-orders", server.url))).items == (Item("svc-orders/i-0", "not_pprof"),)


async def test_one_that_hangs_is_given_up_before_the_services_own_patience_ends() -> None:
    async with pprof_server() as server, pprof_server() as well:
        server.answers = {SYMBOL: stalled()}
        well.answers = {SYMBOL: SPOKEN}
        told = await look(service("svc-orders", server.url, well.url, timeout_s=600), patience_s=0.3)
    assert told.items == (Item("svc-orders/i-0", "timed_out"),)


async def test_no_heap_is_ever_asked_for() -> None:
    async with pprof_server() as server:
        server.answers = {HEAP: SPOKEN}
        await look(service("svc-orders", server.url))
    assert not [seen for seen in server.seen if seen.target.startswith(HEAP)]


@pytest.mark.parametrize("secret", ["Bearer s3cret"])
async def test_the_services_own_authorization_is_shown(secret: str) -> None:
    async with pprof_server() as server:
        server.answers = {SYMBOL: SPOKEN}
        known = Service("svc-orders", (Instance("i-0", server.url),), "C0ORDERS", auth_header=secret)
        assert (await look(known)).ok
    assert server.seen[0].headers["authorization"] == secret

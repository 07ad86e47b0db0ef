"""What the page of a capture gathers: its past, its peers and which of them stands out, what may be downloaded."""

from dataclasses import replace

import pytest

from analyzers.compare import Basis
from handlers.paging import Download, Outlier, gathered, page, peers
from handlers.records import Capture, Remembered, Request, Service
from handlers.report import Raw, Report, Sizes
from tests.bot.notes import summary
from tests.fakes import ORDERS, Fakes

FOUND = summary(basis=Basis.SAME_PROCESS).diagnosis
AT = FOUND.captured_at
NAMES = ("orders-0", "orders-1", "orders-2", "orders-3")
ASKED = Request("r9", "svc-orders", NAMES, AT - 10, "U1")
CAPTURE = Capture("r9.orders-0", ASKED, "orders-0")
REPORT = Report(CAPTURE, FOUND)


def line(
    instance: str, heap: float, verdict: str = "no_map_problem", *, ago: float = 0.0, of: str = "r9"
) -> Remembered:
    return Remembered(AT - ago, instance, verdict, "", heap, 1e6, "same_process", f"{of}.{instance}")


def marks(*lines: Remembered) -> dict[str, Outlier | None]:
    return {peer.entry.instance: peer.outlier for peer in peers(CAPTURE, lines)}


async def test_no_report_no_page_and_nothing_else_is_asked_for(fakes: Fakes) -> None:
    asked: list[str] = []
    fakes.snapshots.history = lambda service: asked.append(service)  # type: ignore[method-assign, assignment, return-value]
    assert await page(fakes.tools, "r9.orders-0") is None
    assert await page(fakes.tools, "") is None
    assert asked == []


async def test_a_page_of_a_service_that_left_the_registry(fakes: Fakes) -> None:
    gone = replace(CAPTURE, request=replace(ASKED, service="svc-gone"))
    await fakes.reports.put(ORDERS, Report(gone, FOUND), Raw(b"t", b"", b"s", b"p"))
    found = await page(fakes.tools, gone.id)
    assert found is not None
    assert found.summary.service == Service("svc-gone", (), channel="")
    assert [offer.what for offer in found.offers] == list(Download)


def test_the_trend_is_the_instances_own_and_ends_with_this_capture() -> None:
    later, older, other = (
        line("orders-0", 2, ago=-60, of="r10"),
        line("orders-0", 1, ago=600, of="r8"),
        line("orders-1", 3),
    )
    found = gathered(ORDERS, REPORT, (later, other, older), None)
    assert [entry.capture_id for entry in found.trend] == ["r8.orders-0", "r9.orders-0"]
    assert found.base == older
    assert found.trend[-1].live_heap == FOUND.live_heap


def test_what_came_after_the_request_is_not_what_it_was_compared_with() -> None:
    during = line("orders-0", 1, ago=5, of="r8")
    assert gathered(ORDERS, REPORT, (during,), None).base is None


def test_a_first_capture_was_compared_with_nothing() -> None:
    first = Report(CAPTURE, summary(basis=Basis.FIRST).diagnosis)
    assert gathered(ORDERS, first, (line("orders-0", 1, ago=600, of="r8"),), None).base is None


def test_a_heap_far_above_the_median_of_three_stands_out() -> None:
    assert marks(line("orders-0", 151), line("orders-1", 100), line("orders-2", 90)) == {
        "orders-0": Outlier.HEAP,
        "orders-1": None,
        "orders-2": None,
    }
    assert not any(marks(line("orders-0", 149), line("orders-1", 100), line("orders-2", 90)).values())


def test_of_two_no_heap_is_the_median() -> None:
    assert not any(marks(line("orders-0", 900), line("orders-1", 100)).values())


def test_the_only_one_with_a_problem_stands_out() -> None:
    ill, well = line("orders-0", 100, "growth_storm"), line("orders-1", 100)
    assert marks(ill, well) == {"orders-0": Outlier.VERDICT, "orders-1": None}
    assert not any(marks(ill, line("orders-1", 100, "growth_storm")).values())


def test_one_instance_has_no_peers_and_other_requests_are_none() -> None:
    assert marks(line("orders-0", 1)) == {}
    assert marks(line("orders-0", 1), line("orders-1", 1, of="r91"), line("orders-1", 1, of="r")) == {}


@pytest.mark.parametrize(
    ("sizes", "offered"),
    [
        (None, [Download.DIAGNOSIS]),
        (Sizes(proto=5), [Download.PROTO, Download.DIAGNOSIS]),
        (Sizes(text=5, proto=5), [Download.TEXT, Download.PROTO, Download.DIAGNOSIS]),
        (Sizes(5, 5, 5), list(Download)),
    ],
)
def test_what_may_be_downloaded(sizes: Sizes | None, offered: list[Download]) -> None:
    assert [offer.what for offer in gathered(ORDERS, REPORT, (), sizes).offers] == offered

"""The whole chain, all of it real but Slack: a Go service whose map grows, Prometheus with a rule, Alertmanager,
mapstorm, and the diagnosis of that very process in the thread.
"""

from pathlib import Path

import pytest

from tests import go_services
from tests.alerting.chain import chain
from tests.alerting.place import Place
from tests.alerting.prometheus import Rule, prometheus
from tests.toolchains import SWISS

pytestmark = [pytest.mark.redis, pytest.mark.go, pytest.mark.alertmanager]

NAME = "svc-intake"
RULE = Rule(
    "HeapGrows",
    'go_memstats_heap_inuse_bytes{job="service"} > 16e6',
    {"service": NAME, "severity": "page"},
    {"summary": "{{ $labels.instance }} holds {{ $value | humanize1024 }}B"},
)


async def test_prometheus_says_that_a_heap_grows_and_the_thread_says_which_line(tmp_path: Path) -> None:
    (mark, *_) = go_services.marks("unbounded_growth", SWISS)
    with go_services.run("unbounded_growth", SWISS) as service:
        target = service.address.removeprefix("http://")
        entry = {
            "name": NAME,
            "instances": [service.pprof],
            "channel": "C0SVCINTAKE",
            "match": [f'service="{NAME}"', 'severity=~"page|ticket"'],
            "memory_limit": "4GiB",
            "window_s": 2,
        }
        async with (
            chain(tmp_path, places=0, peers=1, services=[entry]) as here,
            prometheus(tmp_path, target, RULE, here.peers),  # takes its time before it tells anybody
            here.both(),
        ):
            place = Place(NAME, here.slack, here.gate)
            await place.opened()
            await place.diagnosed(1)
            await here.quiet()
            (diagnosis,) = place.replies("summary")
    line = f"{'/'.join(mark.file.split('/')[-3:])}:{mark.line}"
    assert line in diagnosis
    assert line in place.root
    assert f"`{target}`" in place.root
    assert place.root.startswith("🔴 *Firing*")
    assert "dedup.(*Cache).Seen" in diagnosis
    assert "to the limit* at this rate" in "".join(place.replies("limit_ahead"))

"""The real Alertmanager, one or two clustered peers, with webhooks to wherever a test wants them.

Knows its configuration, its API v2 and its metrics; not what it should say. Times are short: a group waits 0.2 s, and
with two peers the second one gives the first 2 s to deliver.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx

from bot.redis_server import free_port
from tests.alerting.programs import find, ready, running
from tests.alerting.receiver import eventually
from tests.needs import ALERTMANAGER, AMTOOL

GROUP_BY = ("alertname", "service")
PEER_TIMEOUT_S = 2.0


@dataclass(frozen=True)
class Webhook:
    """One webhook of the receiver "mapstorm". `max_alerts` 0 is all."""

    url: str
    bearer: str = ""
    max_alerts: int = 0


@dataclass(frozen=True)
class Alertmanager:
    """One running peer."""

    url: str
    folder: Path

    async def post(self, *alerts: Mapping[str, object]) -> None:
        """Alerts as Prometheus posts them: labels, annotations, startsAt, endsAt, generatorURL."""
        async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
            (await client.post(f"{self.url}/api/v2/alerts", json=alerts)).raise_for_status()

    async def peers(self) -> int:
        """How many it knows of once it has settled, itself among them; 0 before."""
        async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
            cluster = (await client.get(f"{self.url}/api/v2/status")).json()["cluster"]
        return len(cluster["peers"]) if cluster["status"] == "ready" else 0

    async def metric(self, name: str) -> float:
        """The sum of one of its own metrics over all labels."""
        async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
            text = (await client.get(f"{self.url}/metrics")).text
        return sum(float(value) for value in re.findall(rf"^{name}(?:{{.*}})? (\S+)$", text, re.MULTILINE))

    async def flushed(self, times: int = 1) -> None:
        """Waits until it went through its notifications at least so often, delivered or left to a peer.

        It looks into its log of notifications in each flush, one flush after the other: so the last but one look is
        that of a flush which has ended.
        """

        async def looked() -> bool:
            return await self.metric("alertmanager_nflog_queries_total") > times

        await eventually(looked, f"{times} flushes ended")

    async def amtool(self, *arguments: str) -> str:
        """What amtool prints when it asks this peer."""
        process = await asyncio.create_subprocess_exec(
            find(AMTOOL),
            f"--alertmanager.url={self.url}",
            *arguments,
            env={"HOME": str(self.folder)},  # somebody's own settings are in the home directory
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await process.communicate()
        assert process.returncode == 0
        return output.decode()


async def fire(
    peers: Sequence[Alertmanager],
    labels: Mapping[str, str],
    annotations: Mapping[str, str] | None = None,
    starts_at: datetime | None = None,
) -> None:
    """An alert fires at every peer. Without `starts_at` each peer stamps it with its own clock."""
    stamped = {"startsAt": starts_at.isoformat()} if starts_at else {}
    for peer in peers:
        await peer.post({"labels": labels, "annotations": annotations or {}, **stamped})


async def resolve(peers: Sequence[Alertmanager], labels: Mapping[str, str], ends_at: datetime | None = None) -> None:
    """The alert is over, by default since now."""
    ended = (ends_at or datetime.now(UTC)).isoformat()
    for peer in peers:
        await peer.post({"labels": labels, "endsAt": ended})


@asynccontextmanager
async def alertmanagers(
    folder: Path, *webhooks: Webhook, peers: int = 1, group_interval: str = "1s"
) -> AsyncIterator[tuple[Alertmanager, ...]]:
    """Peers that have settled, while the block runs."""
    ports = [(free_port(), free_port()) for _ in range(peers)]
    async with AsyncExitStack() as stack:
        started = []
        for number, (port, cluster) in enumerate(ports):
            home = folder / f"alertmanager-{number}"
            home.mkdir()
            (home / "alertmanager.json").write_text(_configuration(webhooks, group_interval))
            others = [gossip for _, gossip in ports if gossip != cluster]
            process = stack.enter_context(running(_command(home, port, cluster, others), home))
            started.append((Alertmanager(f"http://127.0.0.1:{port}", home), process))
        for peer, process in started:
            await ready(f"{peer.url}/-/ready", process, peer.folder)
        for peer, _ in started:
            await eventually(partial(_settled, peer, peers), "the peers know each other")
        yield tuple(peer for peer, _ in started)


async def _settled(peer: Alertmanager, peers: int) -> bool:
    return await peer.peers() == peers


def _command(home: Path, port: int, cluster: int, others: Sequence[int]) -> list[str]:
    return [
        find(ALERTMANAGER),
        f"--config.file={home / 'alertmanager.json'}",
        f"--storage.path={home / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        f"--web.external-url=http://127.0.0.1:{port}",
        f"--cluster.listen-address=127.0.0.1:{cluster}",
        *(f"--cluster.peer=127.0.0.1:{other}" for other in others),
        f"--cluster.peer-timeout={PEER_TIMEOUT_S:.0f}s",
        "--cluster.gossip-interval=20ms",  # it counts as settled after four looks, each ten intervals apart
        "--cluster.reconnect-interval=1s",
    ]


def _configuration(webhooks: Sequence[Webhook], group_interval: str) -> str:
    """JSON, which is YAML as well."""
    route = {
        "receiver": "mapstorm",
        "group_by": GROUP_BY,
        "group_wait": "200ms",
        "group_interval": group_interval,
        "repeat_interval": "1h",
    }
    return json.dumps(
        {"route": route, "receivers": [{"name": "mapstorm", "webhook_configs": [*map(_webhook, webhooks)]}]}
    )


def _webhook(webhook: Webhook) -> dict[str, object]:
    authorized = {"authorization": {"type": "Bearer", "credentials": webhook.bearer}} if webhook.bearer else {}
    return {
        "url": webhook.url,
        "send_resolved": True,
        "max_alerts": webhook.max_alerts,
        "http_config": {"follow_redirects": False, **authorized},
    }

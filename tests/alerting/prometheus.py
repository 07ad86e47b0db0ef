"""The real Prometheus with one rule: scrapes a target each second, tells Alertmanagers what fires.

Knows its configuration; not what the rule means.
"""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.redis_server import free_port
from tests.alerting.alertmanager import Alertmanager
from tests.alerting.programs import find, ready, running
from tests.needs import PROMETHEUS


@dataclass(frozen=True)
class Rule:
    """An alert: its name, when it fires (PromQL), and what is put on it."""

    alert: str
    expression: str
    labels: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)


@asynccontextmanager
async def prometheus(
    folder: Path, target: str, rule: Rule, peers: Sequence[Alertmanager], path: str = "/metrics"
) -> AsyncIterator[str]:
    """Its address while the block runs. `target` is host:port; the job it is scraped as is called "service"."""
    home = folder / "prometheus"
    home.mkdir()
    (home / "rules.json").write_text(_rules(rule))
    (home / "prometheus.json").write_text(_configuration(home, target, path, peers))
    port = free_port()
    command = [
        find(PROMETHEUS),
        f"--config.file={home / 'prometheus.json'}",
        f"--storage.tsdb.path={home / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        f"--web.external-url=http://127.0.0.1:{port}",
    ]
    with running(command, home) as process:
        await ready(f"http://127.0.0.1:{port}/-/ready", process, home)
        yield f"http://127.0.0.1:{port}"


def _configuration(home: Path, target: str, path: str, peers: Sequence[Alertmanager]) -> str:
    """JSON, which is YAML as well."""
    addresses = [peer.url.removeprefix("http://") for peer in peers]
    return json.dumps(
        {
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(home / "rules.json")],
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": addresses}]}]},
            "scrape_configs": [
                {"job_name": "service", "metrics_path": path, "static_configs": [{"targets": [target]}]}
            ],
        }
    )


def _rules(rule: Rule) -> str:
    fires = {
        "alert": rule.alert,
        "expr": rule.expression,
        "labels": rule.labels,
        "annotations": rule.annotations,
    }
    return json.dumps({"groups": [{"name": "mapstorm", "rules": [fires]}]})

"""A diagnosis as the JSON that scripts read. The schema is documented in the README and held by a test."""

from datetime import UTC, datetime

from analyzers.cpu import CPUFigures, CPUMissing, LineOps
from analyzers.finding import Finding
from analyzers.gc import GCFigures
from analyzers.maps.estimate import MapEstimate
from analyzers.names.accesses import Access
from analyzers.names.goversion import UNKNOWN, GoVersion
from analyzers.profile import Site
from handlers.notes import Summary

SCHEMA = 1

Json = dict[str, object]


def answer(note: Summary) -> Json:
    """One object for one instance."""
    diagnosis = note.diagnosis
    memory = diagnosis.memory
    return {
        "schema": SCHEMA,
        "service": note.service.name,
        "instance": note.instance,
        "captured_at": datetime.fromtimestamp(diagnosis.captured_at, UTC).isoformat().replace("+00:00", "Z"),
        "go_version": diagnosis.go_version.exact,
        "go_versions": _go_versions(diagnosis.go_version),
        "implementation": diagnosis.implementation,
        "source": diagnosis.source,
        "basis": diagnosis.comparison.basis,
        "base_age_seconds": diagnosis.comparison.age,
        "window_seconds": diagnosis.comparison.window,
        "verdict": diagnosis.verdict,
        "confidence": diagnosis.confidence,
        "live_heap_bytes": _whole(diagnosis.live_heap),
        "findings": [_finding(finding) for finding in diagnosis.findings],
        "gc": {
            **_rates(diagnosis.gc),
            "seconds_to_memory_limit": memory.seconds if memory else None,
            "peak_seconds_to_memory_limit": memory.peak_seconds if memory else None,
            "previous": _rates(diagnosis.gc_before) if diagnosis.gc_before else None,
        },
        "cpu": _cpu(diagnosis.cpu, diagnosis.cpu_missing),
    }


def _rates(gc: GCFigures) -> Json:
    return {
        "cycles_per_minute": gc.cycles_per_minute,
        "pause_share": gc.pause_share,
        "allocation_bytes_per_second": gc.allocation_bytes_per_second,
        "live_heap_growth_bytes_per_second": gc.live_heap_growth_bytes_per_second,
    }


def _finding(finding: Finding) -> Json:
    # Only here: jinja2 takes as long to import as all else together, and most services are well.
    from bot.words import remedy_text

    return {
        "rule": finding.rule,
        "confidence": finding.confidence,
        "site": _site(finding.site),
        "culprit": _site(finding.culprit),
        "map": _map(finding.map) if finding.map else None,
        "evidence": [{"name": item.name, "value": item.value, "unit": item.unit} for item in finding.evidence],
        "remediation": [
            {"kind": item.kind, "capacity_hint": item.capacity_hint, "why": remedy_text(item, finding)}
            for item in finding.remediation
        ],
    }


def _cpu(figures: CPUFigures | None, missing: CPUMissing | None) -> Json | None:
    if figures is None and missing is None:
        return None
    return {
        "seconds": figures.seconds if figures else None,
        "gc_share": figures.gc_share if figures else None,
        "missing": missing.reason if missing else None,
        "lines": [_ops(line) for line in figures.lines] if figures else [],
    }


def _ops(line: LineOps) -> Json:
    return {
        "site": _site(line.site),
        "culprit": _site(line.culprit),
        "band": line.band,
        "share": _magnitude(line.share),
        "operations": {access.value: _magnitude(getattr(line, access)) for access in Access},
    }


def _magnitude(share: float) -> float:
    """One digit: a second one would promise more than CPU samples hold."""
    return float(f"{share:.1g}")


def _go_versions(version: GoVersion) -> Json | None:
    if version == UNKNOWN:
        return None
    return {"low": _release(version.low), "high": _release(version.high)}


def _release(minor: int | None) -> str | None:
    return None if minor is None else f"1.{minor}"


def _site(site: Site) -> Json:
    return {"function": site.function, "file": site.filename, "line": site.line}


def _map(estimate: MapEstimate) -> Json:
    entries = estimate.entries
    return {
        "implementation": estimate.implementation,
        "key_kind": estimate.key_kind,
        "slot_bytes": estimate.slot_bytes,
        "entries": {name: _whole(value) for name, value in entries._asdict().items()} if entries else None,
        "growths": _whole(estimate.growths),
        "builds": _whole(estimate.builds),
        "hinted": estimate.hinted,
    }


def _whole(value: float) -> int:
    """Up to 2^53, beyond which JSON's numbers are no longer exact; only a hostile profile comes near."""
    return min(round(value), 2**53)

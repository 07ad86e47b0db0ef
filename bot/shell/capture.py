"""`mapstorm capture <service>` and `mapstorm capture --url ...`: the worker's look at an instance, on a terminal.

Snapshots go to Redis where REDIS_URL says so, else into MAPSTORM_HOME. The third composition root.
"""

import argparse
import asyncio
import getpass
import os
import sys
import time
import uuid
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from analyzers.errors import MapstormError
from bot import log as logs
from bot.heaps import HttpHeaps
from bot.registry import RegistryFile
from bot.registry_schema import MOST_CPU_S, whole_seconds
from bot.registry_services import RegistryError, fits_header, holds_certificates
from bot.settings import Settings, SettingsError, for_shell
from bot.shell import output
from bot.shell.progress import progress
from bot.shell.stores import Stores, stores
from bot.shell.targets import TargetError, Targets, add_targets, targets
from handlers.answer import chosen
from handlers.errors import RequestError
from handlers.look import look
from handlers.notes import CaptureFailed, Slip
from handlers.records import Capture, Instance, Request, Service, Wanted
from handlers.report import Raw, Report
from handlers.taped import Tape
from handlers.trend import trend


def main(arguments: list[str]) -> int:
    """Prints a diagnosis for each instance asked for. Exit 0 answered, 1 a capture failed, 2 wrong usage."""
    options = _parser().parse_args(arguments)
    try:
        settings = for_shell(os.environ)
        logs.configure(settings.log_level if "LOG_LEVEL" in os.environ else "error")
        service = _service(options, settings, os.environ)
        instances = chosen(service, options.instance)
        files = dict(zip(instances, targets(options, instances), strict=True))
    except (SettingsError, RegistryError, TargetError) as error:
        sys.stderr.write(f"mapstorm capture: {error}\n")
        return output.WRONG_USAGE
    except RequestError as error:
        output.write_note(Slip.of(error), options.color, sys.stderr)
        return output.WRONG_USAGE
    return asyncio.run(_capture(service, files, settings, options))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mapstorm capture", description="Capture a service and print its diagnosis.")
    parser.add_argument("service", nargs="?", help="a service of the registry (MAPSTORM_CONFIG)")
    parser.add_argument("instance", nargs="?", help="one of its instances, or all; default: the first")
    parser.add_argument("--url", type=_pprof_url, help="instead of a service: the base URL, .../debug/pprof")
    # A token on the command line would be in the shell's history and in every process list.
    parser.add_argument("--auth-header-env", metavar="NAME", help="with --url: the variable with its Authorization")
    parser.add_argument(
        "--ca-file", type=Path, metavar="FILE", help="with --url: the PEM file of certificates to trust"
    )
    parser.add_argument("--window", type=_seconds, metavar="SECONDS", help="time between the two visits; 0: one visit")
    parser.add_argument(
        "--source",
        choices=[wanted.value for wanted in Wanted],
        help="the heap's format to ask for; default: the service's",
    )
    parser.add_argument("--cpu", type=_cpu_seconds, metavar="SECONDS", help="a CPU profile between the visits, e.g. 5s")
    add_targets(parser)
    output.add_format(parser)
    return parser


def _pprof_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise argparse.ArgumentTypeError("must be an http(s) URL such as http://127.0.0.1:6060/debug/pprof")
    if parts.username or parts.query or parts.fragment:
        raise argparse.ArgumentTypeError("must have no credentials, query or fragment")
    return text.rstrip("/")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 600:
        raise argparse.ArgumentTypeError("must be a number of seconds from 0 to 600")
    return seconds


def _cpu_seconds(text: str) -> int:
    seconds = whole_seconds(text)
    if not isinstance(seconds, int) or seconds > MOST_CPU_S:
        raise argparse.ArgumentTypeError(f"must be whole seconds such as 5s, up to {MOST_CPU_S}s")
    return seconds


def _service(options: argparse.Namespace, settings: Settings, environ: Mapping[str, str]) -> Service:
    if (options.url is None) == (options.service is None):
        raise SettingsError(("name a service or give --url, one of the two",))
    if options.url is not None:
        service = _unregistered(options, environ)
    elif options.auth_header_env is not None or options.ca_file is not None:
        raise SettingsError(("--auth-header-env and --ca-file belong to --url; a service has its own in the registry",))
    elif settings.config is None:
        raise SettingsError(("MAPSTORM_CONFIG is missing: the path of the services file; or use --url",))
    else:
        service = RegistryFile(settings.config, environ).get(options.service)
    if options.source is not None:
        service = replace(service, capture=Wanted(options.source))
    if options.cpu is not None:
        service = replace(service, cpu_s=options.cpu)
    return service if options.window is None else replace(service, window_s=options.window)


def _unregistered(options: argparse.Namespace, environ: Mapping[str, str]) -> Service:
    """The service behind a URL, named by its host."""
    name = urlsplit(options.url).netloc
    header = None
    if options.auth_header_env is not None:
        header = environ.get(options.auth_header_env, "").strip()
        if not fits_header(header):
            raise SettingsError(("--auth-header-env: that variable is empty, or holds what no header can have",))
    if options.ca_file is not None and not holds_certificates(options.ca_file):
        raise SettingsError((f"--ca-file: {options.ca_file} cannot be read as a PEM file of certificates",))
    ca_file = str(options.ca_file) if options.ca_file else None
    return Service(name, (Instance(name, options.url),), channel="", auth_header=header, ca_file=ca_file)


class Answer(NamedTuple):
    """What one instance was found to have, and what its files are made of, where some were asked for."""

    report: Report
    raw: Raw | None


async def _capture(
    service: Service, files: Mapping[str, Targets], settings: Settings, options: argparse.Namespace
) -> int:
    asked = Request(uuid.uuid4().hex[:12], service.name, tuple(files), time.time(), getpass.getuser())
    async with stores(settings) as kept:
        answers = [await _one(service, Capture(f"{asked.id}.{name}", asked, name), kept, options) for name in files]
        # After the last one, so that each page has all of them side by side.
        written = [
            await _write(service, answer.report, answer.raw, kept, files) for answer in answers if answer and answer.raw
        ]
    if kept.snapshots.problem:
        sys.stderr.write(f"mapstorm capture: snapshots cannot be used: {kept.snapshots.problem}\n")
    return output.ANSWERED if all(answers) and all(written) else output.FAILED


async def _one(service: Service, capture: Capture, kept: Stores, options: argparse.Namespace) -> Answer | None:
    """What is found, told; None where it failed."""
    # What a service may send, twice; compressed, it is a twentieth of that.
    tape = Tape(2 * service.max_bytes) if options.html or options.pprof else None
    heaps, now = HttpHeaps(), time.time
    try:
        async with progress(service, capture.instance, sys.stderr) as pause, kept.turns.take(capture):
            note = await look(heaps, kept.snapshots, kept.leaves, service, capture, now=now, pause=pause, tape=tape)
    except MapstormError as error:
        failed = CaptureFailed(service, capture.instance, capture.id, error.reason, error.detail)
        output.write_failure(failed, options)
        return None
    history = await kept.snapshots.history(service.name) if options.format == "text" else ()
    output.write_answer(note, options, trend(capture, note.diagnosis, history))
    return Answer(Report(capture, note.diagnosis), tape.raw() if tape else None)


async def _write(service: Service, report: Report, raw: Raw, kept: Stores, files: Mapping[str, Targets]) -> bool:
    """The files of one answer; whether all went well."""
    from bot.shell import drawing  # only here: it brings half of mapstorm

    wanted, history = files[report.capture.instance], await kept.snapshots.history(service.name)
    try:
        await asyncio.to_thread(drawing.write, wanted, service, report, raw, history)
    except TargetError as error:
        sys.stderr.write(f"mapstorm capture: {error}\n")
        return False
    return True

"""The replay gives what a real Go service gave, moment after moment."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import yaml

from bot.demo.replay import RECORDINGS, Recording, create_app
from bot.demo.services import CHANNELS, INSTANCES, services_file

FIRST = 0x40546E


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in (1, 2, 3):
        stem = "heap" if number == 1 else f"heap-{number}"
        (tmp_path / f"{stem}.txt.gz").write_bytes(gzip.compress(f"text {number}".encode()))
        (tmp_path / f"{stem}.pb.gz").write_bytes(f"proto {number}".encode())
    (tmp_path / "symbols.txt").write_text(f"num_symbols: 1\n{FIRST:#x} runtime.mapassign\n{FIRST + 9:#x} main.f%2ez\n")
    return tmp_path


@pytest.fixture
async def client(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app({("svc", "svc-0"): Recording(folder)})
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://x/svc/svc-0/debug/pprof") as client:
        yield client


async def test_each_text_is_a_later_moment_and_the_last_one_stays(client: httpx.AsyncClient) -> None:
    texts = [(await client.get("/heap?debug=1&gc=1")).text for _ in range(5)]
    assert texts == ["text 1", "text 2", "text 3", "text 3", "text 3"]


async def test_the_protobuf_is_of_the_moment_the_last_text_showed(client: httpx.AsyncClient) -> None:
    assert (await client.get("/heap")).content == b"proto 1"
    await client.get("/heap?debug=1")
    await client.get("/heap?debug=1")
    assert [(await client.get("/heap")).content for _ in range(2)] == [b"proto 2", b"proto 2"]


async def test_symbols_are_named_by_get_and_post_as_net_http_pprof_does(client: httpx.AsyncClient) -> None:
    query = f"{FIRST:#x}+{FIRST + 1:#x}+{FIRST + 9:#x}+nonsense+"
    by_get = await client.get(httpx.URL(f"http://x/svc/svc-0/debug/pprof/symbol?{query}"))
    by_post = await client.post("/symbol", content=query)
    assert by_get.text == by_post.text
    assert by_get.text == f"num_symbols: 1\n{FIRST:#x} runtime.mapassign\n{FIRST + 9:#x} main.f%2ez\n"


@pytest.mark.parametrize("path", ["/svc/svc-1/debug/pprof/heap", "/other/svc-0/debug/pprof/symbol", "/heap"])
async def test_nothing_but_the_listed_instances_is_served(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(f"http://x{path}")).status_code == 404


def test_a_missing_recording_is_an_error_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no recording"):
        Recording(tmp_path)


@pytest.mark.parametrize("folder", sorted(set(INSTANCES.values())), ids=str)
def test_the_demos_recordings_are_whole_and_hold_two_captures(folder: str) -> None:
    recording = Recording(RECORDINGS / folder)
    texts, protos = zip(*((recording.text(), recording.proto()) for _ in range(4)), strict=True)
    assert len(set(texts)) == len(set(protos)) == 4
    assert all(text.startswith(b"heap profile: ") and b"# runtime.MemStats" in text for text in texts)
    assert b"/root" not in b"".join((*texts, *map(gzip.decompress, protos)))


def test_every_service_of_the_demo_is_marked_as_a_recording() -> None:
    services = yaml.safe_load(services_file("http://127.0.0.1:1"))["services"]
    assert [service["name"] for service in services] == list(CHANNELS)
    assert all(service["recorded"] is True and service["instances"] for service in services)
    urls = [instance["url"] for service in services for instance in service["instances"]]
    assert urls == [f"http://127.0.0.1:1/{service}/{name}/debug/pprof" for service, name in INSTANCES]

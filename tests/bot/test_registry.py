"""What a services file may say, what is said about a wrong one, and what happens when it changes."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from analyzers.thresholds import DEFAULT, Thresholds
from bot.registry import RegistryFile
from bot.registry_problems import EACH, LATER, MUST
from bot.registry_schema import ServiceEntry
from bot.registry_services import RegistryError
from handlers.errors import UnknownService
from handlers.ports import Registry
from handlers.records import KEPT, Allow, Comparison, Instance, Keep, Matcher, Service, Wanted

ORDERS = """\
services:
  - name: svc-orders
    instances: [http://10.1.2.3:6060/debug/pprof, "https://[fd00::1]/debug/pprof"]
    channel: C0123ABCD
"""
BOTH = (
    ORDERS
    + """\
  - name: svc-billing
    instances: [{name: billing-0, url: http://localhost:6060/debug/pprof}]
    channel: "#billing"
    owner: "@ana"
    auth_header_env: BILLING_AUTH
    gc: false
    window_s: 2.5
    timeout_s: 30
    max_bytes: 4096
    memory_limit: 2GiB
    thresholds: {min_growths: 3, min_slice_share: 0.5}
    recorded: true
    match: ['service="billing"', severity=~page|ticket]
    allow: {user_groups: [S0123], users: [U0123, W0123]}
    mention: [U0123, S0123]
    cooldown_s: 60
    reopen_within_s: 3600
    keep: {captures: 50, days: 1.5, size: 256MiB}
"""
)
Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str) -> Path:
        (tmp_path / "services.yaml").write_text(text)
        return tmp_path / "services.yaml"

    return written


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def problems(path: Path, environ: Mapping[str, str] | None = None) -> list[str]:
    """Without the folder in front."""
    with pytest.raises(RegistryError) as raised:
        RegistryFile(path, environ or {})
    return [problem.removeprefix(f"{path.parent}/") for problem in raised.value.problems]


def test_defaults_are_those_of_the_record(write: Write) -> None:
    registry: Registry = RegistryFile(write(ORDERS), {})
    instances = (
        Instance("10.1.2.3:6060", "http://10.1.2.3:6060/debug/pprof"),
        Instance("[fd00::1]:443", "https://[fd00::1]/debug/pprof"),
    )
    assert registry.all() == (Service("svc-orders", instances, "C0123ABCD"),)


def test_every_field(write: Write) -> None:
    registry = RegistryFile(write(BOTH), {"BILLING_AUTH": " Bearer s3cret\n"})
    assert [service.name for service in registry.all()] == ["svc-orders", "svc-billing"]
    assert registry.get("SVC-Billing") == Service(
        name="svc-billing",
        instances=(Instance("billing-0", "http://localhost:6060/debug/pprof"),),
        channel="#billing",
        owner="@ana",
        auth_header="Bearer s3cret",
        gc=False,
        window_s=2.5,
        timeout_s=30.0,
        max_bytes=4096,
        memory_limit=2 * 1024**3,
        thresholds=Thresholds(min_growths=3, min_slice_share=0.5),
        recorded=True,
        match=(
            Matcher("service", Comparison.EQUAL, "billing"),
            Matcher("severity", Comparison.LIKE, "page|ticket"),
        ),
        allow=Allow(users=("U0123", "W0123"), user_groups=("S0123",)),
        mention=("U0123", "S0123"),
        cooldown_s=60,
        reopen_within_s=3600,
        keep=Keep(50, 1.5, 256 * 1024**2),
    )
    assert registry.get("svc-orders").thresholds == DEFAULT
    assert "s3cret" not in repr(registry.get("svc-billing"))


@pytest.mark.parametrize(
    ("said", "limit"),
    [
        ("2GiB", 2 * 1024**3),
        ('"512 MiB"', 512 * 1024**2),
        ("2GB", 2 * 10**9),
        ("1500000kB", 1_500_000_000),
        ("1TiB", 1024**4),
        ("2147483648", 2**31),
        ('"2147483648"', 2**31),
        ("2147483648B", 2**31),
        ("1MiB", 1024**2),
    ],
)
def test_a_memory_limit_is_a_size(write: Write, said: str, limit: int) -> None:
    path = write(ORDERS + f"    memory_limit: {said}\n")
    assert RegistryFile(path, {}).get("svc-orders").memory_limit == limit


@pytest.mark.parametrize(("said", "seconds"), [("5s", 5), ("5", 5), ('"60 s"', 60), ("0s", 0)])
def test_a_cpu_profile_is_so_many_seconds(write: Write, said: str, seconds: int) -> None:
    path = write(ORDERS + f"    cpu: {said}\n")
    assert RegistryFile(path, {}).get("svc-orders").cpu_s == seconds


@pytest.mark.parametrize("wanted", Wanted)
def test_the_format_to_ask_for_is_one_of_three(write: Write, wanted: Wanted) -> None:
    assert RegistryFile(write(ORDERS), {}).get("svc-orders").capture is Service("a", (), "C1").capture
    assert RegistryFile(write(ORDERS + f"    capture: {wanted}\n"), {}).get("svc-orders").capture is wanted


@pytest.mark.parametrize(
    ("said", "keep"),
    [
        ("{}", KEPT),
        ("{captures: 0}", KEPT._replace(captures=0)),
        ("{days: 90}", KEPT._replace(days=90)),
        ("{size: 1MiB}", KEPT._replace(bytes=1024**2)),
    ],
)
def test_what_is_not_said_of_keeping_is_as_ever(write: Write, said: str, keep: Keep) -> None:
    assert RegistryFile(write(ORDERS + f"    keep: {said}\n"), {}).get("svc-orders").keep == keep


def test_every_field_says_what_it_must_be() -> None:
    assert set(ServiceEntry.model_fields) <= set(MUST)
    assert not LATER & set(ServiceEntry.model_fields)


@pytest.mark.parametrize("wrong", ["service", "a=b, c=d", 'a="b', "a=~(", "7", "[x]", "null"])
def test_what_is_no_matcher_is_named_with_its_place(write: Write, wrong: str) -> None:
    (problem,) = problems(write(f"{ORDERS}    match:\n    - a=b\n    - {wrong}\n"))
    assert problem.startswith("services.yaml:7: services[0].match[1]: is no label matcher: ")


def test_a_service_may_say_nothing_of_alerts(write: Write) -> None:
    service = RegistryFile(write(ORDERS), {}).get("svc-orders")
    assert (service.match, service.allow, service.mention) == ((), None, ())
    assert (service.cooldown_s, service.reopen_within_s) == (30, 4 * 3600)


def test_the_fallback_channel_is_taken_up_as_it_changes(write: Write) -> None:
    clock = Clock()
    registry = RegistryFile(write(ORDERS), {}, clock)
    assert registry.fallback() is None
    write(ORDERS + 'fallback_channel: "#lost"\n')
    clock.now = 1.0
    assert registry.fallback() == "#lost"


def test_an_unknown_name_gets_the_nearest(write: Write) -> None:
    registry = RegistryFile(write(BOTH), {"BILLING_AUTH": "x"})
    with pytest.raises(UnknownService) as raised:
        registry.get("svc-order")
    assert raised.value.detail == "svc-order"
    assert raised.value.nearest[0] == "svc-orders"


def test_tokens_and_certificates_lie_beside_the_file(write: Write, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("Bearer s3cret\n")
    path = write(ORDERS + "    auth_header_file: token\n")
    assert RegistryFile(path, {}).get("svc-orders").auth_header == "Bearer s3cret"


def test_anchors_and_merge_keys_are_understood(write: Write) -> None:
    path = write(
        """\
services:
  - &orders {name: a, instances: ["http://10.0.0.1/p"], channel: C1, window_s: 4}
  - {<<: *orders, name: b}
"""
    )
    assert RegistryFile(path, {}).get("b").window_s == 4


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("window_s: abc", "window_s: must be a number from 0 to 600, got 'abc'"),
        ("window_s: 601", "window_s: must be a number from 0 to 600, got 601"),
        ("window_s: .inf", "window_s: must be a number from 0 to 600, got inf"),
        ("cpu: 61s", f"cpu: must be {MUST['cpu']}, got 61"),
        ("cpu: 2.5", f"cpu: must be {MUST['cpu']}, got 2.5"),
        ("cpu: 5m", f"cpu: must be {MUST['cpu']}, got '5m'"),
        ("cpu: true", f"cpu: must be {MUST['cpu']}, got true"),
        ("capture: proto", "capture: must be auto, text or protobuf, got 'proto'"),
        ("timeout_s: true", "timeout_s: must be a number from 1 to 600, got true"),
        ("max_bytes: 1.5", "max_bytes: must be a whole number from 1024 to 4294967296, got 1.5"),
        ("memory_limit: 2Gi", f"memory_limit: must be {MUST['memory_limit']}, got '2Gi'"),
        ("memory_limit: 2gib", f"memory_limit: must be {MUST['memory_limit']}, got '2gib'"),
        ("memory_limit: 1.5GiB", f"memory_limit: must be {MUST['memory_limit']}, got '1.5GiB'"),
        ("memory_limit: -1", f"memory_limit: must be {MUST['memory_limit']}, got -1"),
        ("memory_limit: 2048", f"memory_limit: must be {MUST['memory_limit']}, got 2048"),
        ("memory_limit: 9999TiB", f"memory_limit: must be {MUST['memory_limit']}, got '9999TiB'"),
        ("memory_limit: true", f"memory_limit: must be {MUST['memory_limit']}, got true"),
        ("memory_limit: 2e9", f"memory_limit: must be {MUST['memory_limit']}, got '2e9'"),
        ("memory_limit: [2GiB]", f"memory_limit: must be {MUST['memory_limit']}"),
        ("gc: 1", "gc: must be true or false, got 1"),
        ("recorded: [1]", "recorded: must be true or false"),
        ("owner: 7", "owner: must be text of up to 100 characters, in quotes if it begins with @, got 7"),
        ("windows_s: 8", "windows_s: is unknown: did you mean window_s?"),
        ("auth_header: Bearer s3cret", "auth_header: is unknown: did you mean auth_header_env?"),
        ("auth_header_env: Bearer s3cret", "auth_header_env: must be the name of an environment variable"),
        ("auth_header_env: NOT_SET", "auth_header_env: names a variable that this process has not, or has empty"),
        ("auth_header_env: BAD", "auth_header_env: leads to a value that no Authorization header can have"),
        ("auth_header_file: /nowhere", "auth_header_file: cannot be read, or is empty"),
        ('auth_header_file: "a\\0b"', "auth_header_file: cannot be read, or is empty"),
        ("ca_file: services.yaml", "ca_file: cannot be read as a PEM file of certificates"),
        ('ca_file: "a\\0b"', "ca_file: cannot be read as a PEM file of certificates"),
        ("thresholds: {min_growth: 1}", "thresholds.min_growth: is unknown: did you mean min_growths?"),
        ("thresholds: {min_alloc_share: 10}", "thresholds.min_alloc_share: must be a number from 0 to 1"),
        ("thresholds: {min_growths: -1}", "thresholds.min_growths: must be a number from 0"),
        ("match: []", f"match: must be {MUST['match']}"),
        ("allow: {}", f"allow: must be {MUST['allow']}"),
        ("allow: {users: []}", f"allow.users: must be {MUST['users']}"),
        ("allow: {users: [ana]}", "allow.users[0]: must be the id of a user (U0123ABCD), got 'ana'"),
        ("allow: {groups: [S1]}", "allow.groups: is unknown: did you mean user_groups?"),
        ("allow: {user_groups: [U1]}", "allow.user_groups[0]: must be the id of a user group (S0123ABCD), got 'U1'"),
        ("mention: ['<!channel>']", f"mention[0]: must be {EACH['mention']}, got '<!channel>'"),
        ("cooldown_s: -1", "cooldown_s: must be a number from 0 to 86400, got -1"),
        ("reopen_within_s: 4h", "reopen_within_s: must be a number from 0 to 604800, got '4h'"),
        ("keep: 20", f"keep: must be {MUST['keep']}"),
        ("keep: {captures: -1}", f"keep.captures: must be {MUST['captures']}, got -1"),
        ("keep: {captures: 1001}", f"keep.captures: must be {MUST['captures']}, got 1001"),
        ("keep: {captures: 2.5}", f"keep.captures: must be {MUST['captures']}, got 2.5"),
        ("keep: {days: 0}", f"keep.days: must be {MUST['days']}, got 0"),
        ("keep: {days: 91}", f"keep.days: must be {MUST['days']}, got 91"),
        ("keep: {days: .nan}", f"keep.days: must be {MUST['days']}, got nan"),
        ("keep: {days: 7d}", f"keep.days: must be {MUST['days']}, got '7d'"),
        ("keep: {size: 64Mi}", f"keep.size: must be {MUST['size']}, got '64Mi'"),
        ("keep: {size: 1000}", f"keep.size: must be {MUST['size']}, got 1000"),
        ("keep: {size: 2TiB}", f"keep.size: must be {MUST['size']}, got {2 * 1024**4}"),
        ("keep: {capture: 5}", "keep.capture: is unknown: did you mean captures?"),
        *((f"{name}: 1", f"{name}: is not supported by this version") for name in sorted(LATER)),
    ],
)
def test_a_wrong_field_is_named_with_its_line(write: Write, line: str, said: str) -> None:
    (problem,) = problems(write(f"{ORDERS}    {line}\n"), {"BAD": "s3cret\nX: y"})
    assert problem == f"services.yaml:5: services[0].{said}"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://10.0.0.1/",
        "http://user:s3cret@10.0.0.1/",
        "http://10.0.0.1/?debug=1",
        "http://10.0.0.1/?",
        "http://10.0.0.1/#x",
        "http:///debug",
        "http://10.0.0.1:99999/",
        "http://10.0.0.1:0/",
        "http://[::1/",
        "http://10.0.0.1/a b",
        "http://a\\\\@b/",
    ],
)
def test_urls_that_are_none_are_not_quoted(write: Write, url: str) -> None:
    text = f'services:\n- name: a\n  channel: C1\n  instances:\n  - http://10.0.0.1/p\n  - "{url}"\n'
    (problem,) = problems(write(text))
    assert problem == f"services.yaml:6: services[0].instances[1]: must be {MUST['url']}"


@pytest.mark.parametrize("address", ["10.1.2.3:6060", "localhost:6060", "orders-0.svc:6060/debug/pprof"])
def test_an_address_without_http_is_shown(write: Write, address: str) -> None:
    (problem,) = problems(write(f"services:\n- name: a\n  channel: C1\n  instances: [{address}]\n"))
    assert problem == f"services.yaml:4: services[0].instances[0]: must be {MUST['url']}, got '{address}'"


@pytest.mark.parametrize("host", ["169.254.169.254", "[::ffff:169.254.169.254]", "[fe80::1]", "100.100.100.200"])
def test_metadata_cannot_be_registered(write: Write, host: str) -> None:
    (problem,) = problems(write(ORDERS.replace("http://10.1.2.3:6060/debug/pprof", f'"http://{host}/p"')))
    assert problem.startswith("services.yaml:3: services[0].instances[0]: is an address mapstorm never asks")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "services.yaml: is empty"),
        ("services:\n", "services.yaml:1: services: must be a list of services"),
        ("[]", "services.yaml:1: must be a mapping with services"),
        ("service: []", "services.yaml:1: service: is unknown: did you mean services?"),
        ("rotations: {}\nservices: []", "services.yaml:1: rotations: must be a list of rotations"),
        (
            "fallback_channel: general\nservices: []",
            "services.yaml:1: fallback_channel: must be a channel's id (C0123ABCD) or #name, got 'general'",
        ),
        ("services: [{1: x}]\n2: y", "services.yaml:2: [2]: must be a field's name"),
        ("services: [x]", "services.yaml:1: services[0]: must be a mapping with name, instances and channel"),
        ("a: [", "services.yaml:2:1: is not valid YAML: did not find expected node content"),
        ("a: 1\nb: 2\na: 3", "services.yaml:3:1: a: is there twice, first in line 1"),
        ("a: 2026-13-45", "services.yaml: is not valid YAML (ValueError)"),
        ("a: " + "9" * 5000, "services.yaml: is not valid YAML (ValueError)"),
        ("a: \x07", "services.yaml: is not valid YAML (ReaderError)"),
        ("a: &x [*x]", "services.yaml:1:4: holds an alias of itself"),
        ("[" * 100_000, "services.yaml:1:21: is nested too deeply"),
        ("# " + "x" * 1024 * 1024, "services.yaml: is larger than 1048576 bytes"),
        (ORDERS + ORDERS[10:], "services.yaml:5: services[1].name: is there twice: svc-orders"),
        (ORDERS + "    name: b\n", "services.yaml:5:5: name: is there twice, first in line 2"),
        (
            ORDERS.replace("https://[fd00::1]/", "http://10.1.2.3:6060/other/"),
            "services.yaml:3: services[0].instances[1]: is the second one called 10.1.2.3:6060: "
            "give each a name, {name, url}",
        ),
    ],
)
def test_broken_files(write: Write, text: str, said: str) -> None:
    assert said in problems(write(text))


def test_tags_make_no_objects(write: Write) -> None:
    (problem,) = problems(write("a: !!python/object/apply:os.system [ls]"))
    assert "could not determine a constructor" in problem


def test_a_bomb_of_aliases_is_not_unfolded(write: Write) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    (problem,) = problems(write("\n".join(lines)))
    assert problem.endswith("holds too many values")


def test_all_problems_are_told_in_order_of_lines(write: Write) -> None:
    text = ORDERS.replace("C0123ABCD", "general") + "    gc: 1\n  - {nam: b}\n"
    assert [problem.partition(": ")[0] for problem in problems(write(text))] == [
        "services.yaml:4",
        "services.yaml:5",
        *["services.yaml:6"] * 4,
    ]


def test_a_missing_file_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="cannot be read: No such file"):
        RegistryFile(tmp_path / "services.yaml", {})


# Changes


def names(registry: RegistryFile) -> list[str]:
    return [service.name for service in registry.all()]


def test_a_change_is_taken_up_at_most_a_second_later(write: Write) -> None:
    clock = Clock()
    registry = RegistryFile(write(ORDERS), {"BILLING_AUTH": "x"}, clock)
    write(BOTH)
    clock.now = 0.9
    assert names(registry) == ["svc-orders"]
    clock.now = 1.0
    assert names(registry) == ["svc-orders", "svc-billing"]


def test_a_broken_change_is_refused_and_told_once(write: Write) -> None:
    clock = Clock()
    registry = RegistryFile(write(ORDERS), {}, clock)
    path = write(ORDERS + "    gc: 1\n")
    with capture_logs() as logs:
        for clock.now in (1.0, 2.0, 3.0):
            assert names(registry) == ["svc-orders"]
        write(ORDERS + "    gc: false\n")
        clock.now = 4.0
        assert registry.get("svc-orders").gc is False
    assert [line["event"] for line in logs] == ["registry_refused", "registry_read"]
    assert logs[0]["problems"] == (f"{path}:5: services[0].gc: must be true or false, got 1",)


def test_a_name_that_no_file_can_have_does_not_replace_a_good_one(write: Write) -> None:
    clock = Clock()
    registry = RegistryFile(write(ORDERS), {}, clock)
    write(ORDERS + '    ca_file: "a\\0b"\n')
    clock.now = 1.0
    assert registry.get("svc-orders").ca_file is None
    write(ORDERS.replace("svc-orders", "svc-others"))
    clock.now = 2.0
    assert names(registry) == ["svc-others"]


def test_a_process_that_asks_no_service_needs_no_secrets(write: Write) -> None:
    elsewhere = "    auth_header_file: token\n    ca_file: ca.pem\n"
    registry = RegistryFile(write(BOTH + ORDERS[10:].replace("orders", "others") + elsewhere), None)
    assert names(registry) == ["svc-orders", "svc-billing", "svc-others"]
    assert [service.auth_header for service in registry.all()] == [None, None, None]
    with pytest.raises(RegistryError, match="cannot stand beside"):
        RegistryFile(write(BOTH + "    auth_header_file: token\n"), None)


def test_a_file_that_vanishes_leaves_the_services(write: Write) -> None:
    clock = Clock()
    path = write(ORDERS)
    registry = RegistryFile(path, {}, clock)
    path.unlink()
    clock.now = 1.0
    with capture_logs() as logs:
        assert names(registry) == ["svc-orders"]
    assert logs[0]["problems"] == (f"{path}: cannot be read: No such file or directory",)
    write(ORDERS)
    clock.now = 2.0
    with capture_logs() as logs:
        assert names(registry) == ["svc-orders"]
    assert logs[0]["event"] == "registry_read"


def test_a_renamed_file_of_the_same_size_and_time_is_a_change(write: Write, tmp_path: Path) -> None:
    clock = Clock()
    path = write(ORDERS)
    registry = RegistryFile(path, {}, clock)
    old = path.stat()
    (tmp_path / "new").write_text(ORDERS.replace("svc-orders", "svc-others"))
    os.utime(tmp_path / "new", ns=(old.st_atime_ns, old.st_mtime_ns))
    (tmp_path / "new").replace(path)
    clock.now = 1.0
    assert names(registry) == ["svc-others"]


def test_a_swapped_link_of_kubernetes_is_a_change(tmp_path: Path) -> None:
    clock = Clock()
    for version, text in (("1", ORDERS), ("2", ORDERS.replace("svc-orders", "svc-others"))):
        (tmp_path / version).mkdir()
        (tmp_path / version / "services.yaml").write_text(text)
    (tmp_path / "..data").symlink_to("1")
    (tmp_path / "services.yaml").symlink_to("..data/services.yaml")
    registry = RegistryFile(tmp_path / "services.yaml", {}, clock)
    (tmp_path / "..new").symlink_to("2")
    (tmp_path / "..new").replace(tmp_path / "..data")
    clock.now = 1.0
    assert names(registry) == ["svc-others"]


def test_a_rotated_token_is_taken_up_and_a_late_one_mends_the_file(write: Write, tmp_path: Path) -> None:
    clock = Clock()
    (tmp_path / "token").write_text("one")
    registry = RegistryFile(write(ORDERS + "    auth_header_file: token\n"), {}, clock)
    (tmp_path / "token").write_text("second")
    clock.now = 1.0
    assert registry.get("svc-orders").auth_header == "second"
    (tmp_path / "token").unlink()
    clock.now = 2.0
    assert registry.get("svc-orders").auth_header == "second"
    (tmp_path / "token").write_text("third")
    clock.now = 3.0
    assert registry.get("svc-orders").auth_header == "third"

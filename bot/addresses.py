"""Names to addresses, and which addresses mapstorm ever asks. Knows nothing of HTTP, services or pprof.

Operators register pod addresses, so private ones are fine. What no registered name may lead to is the place where
clouds hand out credentials, in any spelling of it; and to this machine only one that says so leads.
"""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from handlers.errors import Unreachable

Address = IPv4Address | IPv6Address

NEVER_ASKED = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8",  # "this host": reaches loopback on Linux without being registered as such
        "169.254.0.0/16",  # link-local: metadata of AWS, Azure, GCP and most others
        "100.100.100.200/32",  # metadata of Alibaba Cloud
        "168.63.129.16/32",  # Azure's wire server
        "192.0.0.192/32",  # metadata of Oracle Cloud
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
        "::/128",
        "fe80::/10",  # link-local
        "fec0::/10",  # site-local, withdrawn; anycast resolvers still sit there
        "fd00:ec2::/32",  # metadata of AWS over IPv6
        "fd20:ce::254/128",  # metadata of GCP over IPv6
        "ff00::/8",  # multicast
    )
)
# RFC 6052, RFC 8215, RFC 4291: the last 32 bits are an IPv4 address that a gateway may really reach.
EMBEDDING = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"), IPv6Network("::/96"))


async def resolve(host: str, port: int) -> tuple[str, ...]:
    """Every address of `host`, in the system's order of preference. Raises Unreachable."""
    loop = asyncio.get_running_loop()
    try:
        answers = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except (socket.gaierror, UnicodeError) as error:  # UnicodeError: a label that no host name can have
        raise Unreachable("no_such_host") from error
    return tuple(dict.fromkeys(str(answer[4][0]) for answer in answers))


def may_be_asked(address: str, host: str) -> bool:
    """Whether a connection to `address` may be opened for the registered `host`.

    Loopback must be registered as such: a name that some DNS server leads there would make mapstorm ask itself.
    """
    spellings = _spellings(address)
    if not spellings or any(_never(each) for each in spellings):
        return False
    return not any(each.is_loopback for each in spellings) or _is_this_machine(host)


def _is_this_machine(host: str) -> bool:
    name = host.lower().rstrip(".")
    return name == "localhost" or name.endswith(".localhost") or any(each.is_loopback for each in _spellings(host))


def _spellings(address: str) -> tuple[Address, ...]:
    """The address, and those it stands for; none where it is no address."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return ()
    return (found, *_embedded(found))


def _never(address: Address) -> bool:
    return any(address in network for network in NEVER_ASKED)


def _embedded(address: Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses that an IPv6 one stands for: mapped, 6to4, Teredo, NAT64, compatible."""
    if isinstance(address, IPv4Address):
        return ()
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if any(address in network for network in EMBEDDING) and address not in (
        IPv6Address("::"),
        IPv6Address("::1"),
    ):
        found.append(IPv4Address(int(address) & 0xFFFF_FFFF))
    return tuple(inner for inner in found if inner is not None)


def metadata_literal(host: str) -> bool:
    """Whether a URL's host is such an address written out, so that a file can be refused before anybody asks."""
    return any(_never(each) for each in _spellings(host))

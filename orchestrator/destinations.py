"""Where a worker's name may lead: never inside, unless the user named that very place.

A name is resolved here, every address is judged, and the connection goes to that very
address; so a name that is public now and private a moment later leads nowhere.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time
from collections.abc import Awaitable, Callable

import httpx

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int | None], Awaitable[list[str]]]

#: How long a judged address is used before the name is asked again.
TRUST_S = 60.0
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
#: ``is_global`` of some Python versions takes addresses of these for public.
_SPECIAL = (ipaddress.ip_network("192.0.0.0/24"), ipaddress.ip_network("2001::/32"))
#: Tailscale gives its machines addresses of this range, under names of its own.
_TAILNET = ipaddress.ip_network("100.64.0.0/10")


class InsideAddress(Exception):
    """A name leads to an address that no public worker can have."""


def may_lead_to(host: str, address: str, private_hosts: frozenset[str]) -> bool:
    """Whether a connection to ``host`` may go to ``address``."""
    found = _unwrapped(ipaddress.ip_address(address))
    if found.is_unspecified or found.is_multicast or found.is_link_local:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return found.is_loopback
    if _is_literal(host) or host in private_hosts:
        return True  # written by the user, who means just that place
    if host.endswith(".ts.net") and found.version == 4 and found in _TAILNET:
        return True
    special = any(found in net for net in _SPECIAL if net.version == found.version)
    return found.is_global and not special and not found.is_reserved


class CheckedTransport(httpx.AsyncBaseTransport):
    """Sends requests for one host to an address of it that was judged."""

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        private_hosts: frozenset[str],
        *,
        resolve: Resolve | None = None,
        trust_s: float = TRUST_S,
    ) -> None:
        self._inner = inner
        self._resolve = resolve or _resolve
        self._trust_s = trust_s
        self._private_hosts = private_hosts
        self._judged: list[str] = []
        self._until = 0.0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises InsideAddress, or what the connection raises."""
        host, port = request.url.host, request.url.port
        request.extensions = {**request.extensions, "sni_hostname": host}
        failure: httpx.ConnectError | None = None
        for address in await self._addresses(host, port):
            request.url = request.url.copy_with(host=address)
            try:
                return await self._inner.handle_async_request(request)
            except httpx.ConnectError as error:
                failure = error
        self._until = 0.0
        assert failure is not None, "a name has at least one address"  # noqa: S101
        raise failure

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._inner.aclose()

    async def _addresses(self, host: str, port: int | None) -> list[str]:
        if time.monotonic() >= self._until:
            self._judged = await self._judge(host, port)
            self._until = time.monotonic() + self._trust_s
        return self._judged

    async def _judge(self, host: str, port: int | None) -> list[str]:
        """All addresses of the name; one wrong one spoils it."""
        try:
            addresses = await self._resolve(host, port)
        except OSError as error:
            raise httpx.ConnectError(f"the name cannot be resolved: {error}") from error
        for address in addresses:
            if not may_lead_to(host, address.partition("%")[0], self._private_hosts):
                raise InsideAddress(
                    f"{host} leads to {address}, which is inside a private network, so "
                    "it is not asked; if it is yours, add the name to "
                    "MOONREEL_PRIVATE_HOSTS."
                )
        return addresses


async def _resolve(host: str, port: int | None) -> list[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _unwrapped(address: Address) -> Address:
    """The address that is really meant by one that carries another in it."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True

"""Where a worker's name may lead: to public addresses, and inside only when asked."""

from __future__ import annotations

from itertools import count

import httpx
import pytest

from orchestrator.destinations import CheckedTransport, InsideAddress, may_lead_to

PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "64:ff9b::808:808"]
INSIDE = [
    "127.0.0.1",
    "10.0.0.7",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "192.0.0.8",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "ff02::1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "2002:7f00:1::",
    "2002:a00:1::",
    "2001:0:1::1",
]
HOST = "worker.example"


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_name_may_lead_to_public_addresses(address: str) -> None:
    """Also where an IPv6 address carries a public IPv4 one."""
    assert may_lead_to(HOST, address, frozenset())


@pytest.mark.parametrize("address", INSIDE)
def test_a_public_name_may_not_lead_inside(address: str) -> None:
    """Loopback, private, link-local, reserved, and every way to wrap them."""
    assert not may_lead_to(HOST, address, frozenset())


def test_what_the_user_named_may_be_private() -> None:
    """An address that was written, a host of the setting, a tailnet, this machine."""
    assert may_lead_to("192.168.1.20", "192.168.1.20", frozenset())
    assert may_lead_to("gpu.lan", "10.0.0.7", frozenset({"gpu.lan"}))
    assert may_lead_to("box.tail1.ts.net", "100.101.1.2", frozenset())
    assert may_lead_to("localhost", "::1", frozenset())
    assert not may_lead_to("localhost", "10.0.0.7", frozenset())
    assert not may_lead_to("gpu.lan", "169.254.169.254", frozenset({"gpu.lan"}))


async def test_the_connection_goes_to_the_judged_address() -> None:
    """By address; the name stays in Host and in the certificate's check."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if request.url.host == "8.8.8.8":
            raise httpx.ConnectError("refused")
        return httpx.Response(200)

    transport = CheckedTransport(
        httpx.MockTransport(answer),
        frozenset(),
        resolve=_leads_to("8.8.8.8", "1.1.1.1"),
    )
    async with httpx.AsyncClient(transport=transport) as client:
        await client.get(f"https://{HOST}/health")

    assert seen[-1].url.host == "1.1.1.1"
    assert seen[-1].headers["Host"] == HOST
    assert seen[-1].extensions["sni_hostname"] == HOST


async def test_one_wrong_address_spoils_a_name() -> None:
    """Nothing is sent to any of them."""
    transport = CheckedTransport(
        httpx.MockTransport(_never),
        frozenset(),
        resolve=_leads_to("8.8.8.8", "10.0.0.1"),
    )
    async with httpx.AsyncClient(transport=transport) as client:
        with pytest.raises(InsideAddress, match="MOONREEL_PRIVATE_HOSTS"):
            await client.get(f"https://{HOST}/health")


async def test_a_rebound_name_leads_nowhere() -> None:
    """Public at first, inside a moment later: the second request is not sent."""
    asked = count()

    async def resolve(host: str, port: int | None) -> list[str]:
        return ["8.8.8.8"] if next(asked) == 0 else ["127.0.0.1"]

    transport = CheckedTransport(
        httpx.MockTransport(lambda request: httpx.Response(200)),
        frozenset(),
        resolve=resolve,
        trust_s=0,
    )
    async with httpx.AsyncClient(transport=transport) as client:
        assert (await client.get(f"https://{HOST}/")).status_code == 200
        with pytest.raises(InsideAddress):
            await client.get(f"https://{HOST}/")


async def test_a_name_that_does_not_exist_is_no_connection() -> None:
    """As if nobody had judged it."""

    async def resolve(host: str, port: int | None) -> list[str]:
        raise OSError(-2, "Name or service not known")

    transport = CheckedTransport(
        httpx.MockTransport(_never), frozenset(), resolve=resolve
    )
    async with httpx.AsyncClient(transport=transport) as client:
        with pytest.raises(httpx.ConnectError, match="resolved"):
            await client.get(f"https://{HOST}/")


def _leads_to(*addresses: str):  # type: ignore[no-untyped-def]
    async def resolve(host: str, port: int | None) -> list[str]:
        return list(addresses)

    return resolve


def _never(request: httpx.Request) -> httpx.Response:
    raise AssertionError(f"sent to {request.url}")

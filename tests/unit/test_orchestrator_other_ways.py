"""Other addresses that a worker tells: the same worker in public, and never inside."""

from __future__ import annotations

from orchestrator.other_ways import other_ways
from orchestrator.url_intake import WorkerAddress
from shared_protocol.workers import Health, TunnelView

NGROK, QUICK = "https://name.ngrok-free.app", "https://four-words.trycloudflare.com"
LOOPBACK = "http://127.0.0.1:5001"


def health(*urls: str | None) -> Health:
    """Of a worker with these tunnels."""
    tunnels = [TunnelView(name="t", state="up", url=url) for url in urls]
    return Health(protocol=1, tunnels=tuple(tunnels))


def test_the_other_tunnel_is_another_way() -> None:
    """With the token of the first; what is no address, or the same one, is none."""
    told = health(NGROK, None, "nonsense", "ftp://x.y", QUICK, QUICK)
    ways = other_ways(WorkerAddress(NGROK, "token-0123"), told)

    assert ways == [WorkerAddress(QUICK, "token-0123")]
    assert other_ways(WorkerAddress(NGROK, None), None) == []


def test_a_public_worker_leads_nowhere_inside() -> None:
    """It may not send the orchestrator to this machine, or into its network."""
    told = health(LOOPBACK, "http://192.168.1.1:80", "http://10.0.0.1:5001")

    assert other_ways(WorkerAddress(NGROK, "t"), told) == []
    assert len(other_ways(WorkerAddress("http://192.168.1.5:5001", "t"), told)) == 3

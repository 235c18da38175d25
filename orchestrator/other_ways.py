"""Other addresses of a worker that is away: it told them itself while it was in reach."""

from __future__ import annotations

from urllib.parse import urlsplit

from orchestrator.errors import NotAnAddress
from orchestrator.url_intake import WorkerAddress, dig_address, is_near
from shared_protocol.workers import Health


def other_ways(current: WorkerAddress, health: Health | None) -> list[WorkerAddress]:
    """Where the same worker may be asked; nowhere inside unless it was there before."""
    inside = is_near(urlsplit(current.url).hostname or "")
    told = (tunnel.url for tunnel in (health.tunnels if health else None) or ())
    found = []
    for url in dict.fromkeys(url for url in told if url):
        try:
            address = dig_address(url)
        except NotAnAddress:
            continue
        if address.url != current.url and (
            inside or not is_near(urlsplit(address.url).hostname or "")
        ):
            found.append(WorkerAddress(address.url, current.token))
    return found

"""How sizes and times are written for people."""

from __future__ import annotations

import datetime as dt

from shared_protocol.clock import unix_seconds
from shared_protocol.studio import TunnelQuota

#: One estimate is never exact: a range around it says how far off it may be.
ETA_SPREAD = (0.8, 1.35)
#: Below this a number would promise more than anybody knows.
SOON_S = 5.0


def size(count: float) -> str:
    """Bytes as ``12.3 MB`` (powers of 1000)."""
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


def clock(seconds: float) -> str:
    """Seconds as ``0:07``, ``12:30`` or ``1:02:03``."""
    whole = max(0, round(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def local_time(moment: str) -> str:
    """An RFC 3339 time as ``2026-01-31 09:05`` where the person is."""
    utc = dt.datetime.fromtimestamp(unix_seconds(moment), dt.UTC)
    return utc.astimezone().strftime("%Y-%m-%d %H:%M")


def eta_range(eta_s: float | None) -> str:
    """``0:40-1:08 left``, or ``measuring...`` until there is an estimate."""
    if eta_s is None:
        return "measuring..."
    if eta_s < SOON_S:
        return "seconds left"
    low, high = (clock(eta_s * factor) for factor in ETA_SPREAD)
    return f"{low}-{high} left"


def spent(tunnel: TunnelQuota) -> str:
    """What a tunnel has cost this month: ``120 requests of 20,000, 31.5 MB of 1,000``."""
    text = f"{tunnel.requests:,} requests"
    text += f" of {tunnel.requests_limit:,}" if tunnel.requests_limit else ""
    text += f", {tunnel.bytes / 1e6:,.1f} MB"
    return text + (f" of {tunnel.bytes_limit / 1e6:,.0f}" if tunnel.bytes_limit else "")

"""Every trouble of a tunnel that films are made under, with what people are told."""

from __future__ import annotations

from collections.abc import Callable

from tests.servers import tunnel as bad
from tests.servers.tunnel import Trouble, Tunnel, says

#: Trouble that stands in the way -> what the person is told.
IN_THE_WAY: dict[str, tuple[Trouble, str]] = {
    "agent offline": (says(404, "ERR_NGROK_3200"), "The tunnel is offline"),
    "server down": (says(502, "ERR_NGROK_8012"), "no worker answers behind it"),
    "broken upstream": (says(502, "ERR_NGROK_3004"), "broke off its answer"),
    "warning page": (says(200, "ERR_NGROK_6024"), "ngrok showed its warning page"),
    "page without header": (
        says(200, text="<html>ERR_NGROK_6024</html>"),
        "ngrok showed its warning page",
    ),
    "no authtoken": (says(200, "ERR_NGROK_6022"), "put your authtoken into"),
    "bad gateway": (says(502), "The tunnel is up but the worker did not answer"),
    "gateway time-out": (says(504), "The tunnel is up but the worker did not answer"),
    "quick tunnel gone": (says(530, text="error code: 1033"), "Cloudflare tunnel is gone"),
    "login page": (bad.redirects("http://127.0.0.1:9/login"), "not a Moonreel worker"),
    "captive portal": (says(200), "answered with a web page"),
    "another server": (says(404, text='{"detail":"Not Found"}'), "answered with HTTP 404"),
}  # fmt: skip
#: Those of them that tell of a worker that is asleep, not merely out of reach.
ASLEEP = {
    *("agent offline", "server down", "broken upstream"),
    *("bad gateway", "gateway time-out", "quick tunnel gone"),
}
#: Limits that are waited out for long; another tunnel to the same worker helps at once.
LIMITS: dict[str, tuple[Trouble, str]] = {
    "monthly requests": (says(403, "ERR_NGROK_727"), "number of requests is used up"),
    "monthly bytes": (says(403, "ERR_NGROK_4027"), "bandwidth is used up"),
    "per minute": (says(429, "ERR_NGROK_734"), "limits requests per minute"),
    "connections": (says(429, "ERR_NGROK_702"), "limits connections per minute"),
    "in flight": (says(429, text="busy"), "limits requests in flight"),
}


def _cuts(tunnel: Tunnel) -> None:
    tunnel.cuts = [1, 40, 3000, 9000, 20]


def _slow(tunnel: Tunnel) -> None:
    tunnel.pause_s = 0.02


def _buffered(tunnel: Tunnel) -> None:
    tunnel.buffers_gets = True


def _warns_browsers(tunnel: Tunnel) -> None:
    tunnel.trouble = bad.interstitial


def _loses_replies(tunnel: Tunnel) -> None:
    tunnel.lost = ["PUT", "POST", "GET", "POST"]


def _impatient(tunnel: Tunnel) -> None:
    tunnel.trouble = bad.gives_up_after(2)


def _few_at_once(tunnel: Tunnel) -> None:
    tunnel.trouble = bad.in_flight_cap(3)


#: What a tunnel may do all along.
ALL_ALONG: dict[str, Callable[[Tunnel], None]] = {
    "cuts": _cuts,
    "slow bytes": _slow,
    "buffered replies": _buffered,
    "a page for browsers": _warns_browsers,
    "lost replies": _loses_replies,
    "few at once": _few_at_once,
    "no long silence": _impatient,
}

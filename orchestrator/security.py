"""Who may speak to the orchestrator: pages that it serves, and programs; no other page.

A page from elsewhere can reach a server on this machine through the browser. The Host
list stops a rebound name (the only header that a rebound GET carries), the Origin list
and Sec-Fetch-Site stop other sites, and the JSON content type stops plain forms.
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable

from aiohttp import web

from orchestrator.settings import ANY_ADDRESS, Settings
from shared_protocol import routes
from shared_protocol.errors import Code
from shared_protocol.kit.http_errors import ApiError
from shared_protocol.tokens import same

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def content_policy(*media_origins: str) -> str:
    """What a page may load; films also from ``media_origins``, as it is now.

    It may ask any worker, as another can be connected while it is open.
    """
    media = " ".join(["'self'", "blob:", *media_origins])
    return (
        f"default-src 'self'; img-src 'self' blob: data:; media-src {media}; "
        "connect-src 'self' https: http://127.0.0.1:* http://localhost:*; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


CSP = content_policy()
#: Where the files of the page are.
PAGE_FILES = "/static"
_SOUND_TYPES = ("audio/", "application/octet-stream", "application/ogg", "video/ogg")
#: By path of an upload, what its type may begin with.
_FILE_TYPES = {
    routes.API_MUSIC: _SOUND_TYPES,
    routes.API_REFERENCES: ("image/", "application/octet-stream"),
    routes.API_VOICE_SAMPLES: _SOUND_TYPES,
}
_WRITES = frozenset({"POST", "PUT", "PATCH"})
_CORS = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, DELETE",
    "Access-Control-Allow-Headers": (
        "content-type, idempotency-key, if-none-match, prefer, range"
    ),
    "Access-Control-Max-Age": "7200",
}
_EXPOSED = "etag, content-range, repr-digest, retry-after, x-version"


class Guard:
    """The rules for one host and port."""

    def __init__(self, settings: Settings) -> None:
        names = {"localhost", "127.0.0.1", "[::1]"}
        if settings.host not in ANY_ADDRESS:
            host = settings.host
            names.add(f"[{host}]" if ":" in host else host.lower())
        port = settings.port
        self._hosts = {f"{name}:{port}" for name in names}
        self._hosts |= names if port == 80 else set()
        self._hosts |= {host.lower() for host in settings.allowed_hosts}
        self._foreign = {origin.lower() for origin in settings.allowed_origins}
        self._origins = {f"http://{host}" for host in self._hosts} | self._foreign
        self._password = settings.password

    def check(self, request: web.Request) -> None:
        """Raises ApiError 403 with the reason."""
        host = request.headers.get("Host", "").lower()
        if host not in self._hosts:
            raise _forbidden(
                f"This server does not answer to the name {host[:80]!r}; open it as "
                "http://localhost, or add the name to MOONREEL_ALLOWED_HOSTS."
            )
        origin = request.headers.get("Origin")
        if origin is not None and origin.lower() not in self._origins:
            raise _forbidden(
                f"Pages of {origin[:80]} may not use this server; add the origin to "
                "MOONREEL_ALLOWED_ORIGINS if they should."
            )
        if origin is None and _is_foreign_fetch(request):
            raise _forbidden("Another site may not load anything from this server.")
        if request.method in _WRITES and not _cannot_be_a_form(request):
            raise _forbidden(
                "A request that changes something must have the header "
                "Content-Type: application/json, so that no web form can send it."
            )
        if self._password is not None and not same(_shown(request), self._password):
            raise ApiError(
                Code.UNAUTHORIZED,
                "This server wants its password, MOONREEL_PASSWORD; any user name will "
                "do.",
                headers={"WWW-Authenticate": 'Basic realm="Moonreel", charset="UTF-8"'},
            )

    def foreign_origin(self, request: web.Request) -> str | None:
        """The origin of an allowed page that was served from elsewhere."""
        origin = request.headers.get("Origin", "")
        return origin if origin.lower() in self._foreign else None


def guard_middleware(guard: Guard) -> Callable[..., Awaitable[web.StreamResponse]]:
    """Checks every request before anything else looks at it."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        foreign = guard.foreign_origin(request)
        if request.method == "OPTIONS" and foreign:
            return web.Response(status=204, headers=_CORS)
        guard.check(request)
        return await handler(request)

    return middleware


def header_signal(
    guard: Guard,
) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """Adds the headers that every reply carries."""

    async def add_headers(request: web.Request, reply: web.StreamResponse) -> None:
        reply.headers.setdefault("Content-Security-Policy", CSP)
        reply.headers.setdefault("X-Content-Type-Options", "nosniff")
        reply.headers.setdefault("Referrer-Policy", "no-referrer")
        reply.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        reply.headers.setdefault("Cache-Control", _caching(request))
        foreign = guard.foreign_origin(request)
        if foreign is not None:
            reply.headers["Access-Control-Allow-Origin"] = foreign
            reply.headers["Access-Control-Expose-Headers"] = _EXPOSED
            reply.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            reply.headers["Vary"] = "Origin"

    return add_headers


def _caching(request: web.Request) -> str:
    """Files of the page are kept, and asked for by their tag; nothing else is."""
    own = request.path == "/" or request.path.startswith(f"{PAGE_FILES}/")
    return "no-cache" if own else "no-store"


def _cannot_be_a_form(request: web.Request) -> bool:
    """JSON; or for files another type that a browser sends to no stranger unasked."""
    kind = request.content_type
    upload = kind.startswith(_FILE_TYPES.get(request.path, ()))
    return upload or kind == "application/json"


def _shown(request: web.Request) -> str:
    """The password of a browser (Basic) or of a program (Bearer)."""
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return given if kind.lower() == "bearer" else ""
    try:
        return base64.b64decode(given).decode("utf-8", "replace").partition(":")[2]
    except ValueError:
        return ""


def _is_foreign_fetch(request: web.Request) -> bool:
    """A cross-site request, unless somebody followed a link to the page."""
    if request.headers.get("Sec-Fetch-Site", "").lower() != "cross-site":
        return False
    top_level = (
        request.method in ("GET", "HEAD")
        and request.path == "/"
        and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
        and request.headers.get("Sec-Fetch-Dest", "document") == "document"
    )
    return not top_level


def _forbidden(message: str) -> ApiError:
    return ApiError(Code.FORBIDDEN, message)

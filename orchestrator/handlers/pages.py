"""The page: ``GET /`` and the files beside it."""

from __future__ import annotations

import asyncio
import hashlib
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from orchestrator import keys
from orchestrator.security import content_policy

PAGE_FOLDER = Path(__file__).parents[2] / "frontend_static"
#: Where the page reads from which workers it may play films.
_SLOT = '<meta name="media-origins" content="">'


async def index(request: web.Request) -> web.StreamResponse:
    """The page; media tags may use the workers of this moment, and nobody else."""
    text = await asyncio.to_thread((PAGE_FOLDER / "index.html").read_text, "utf-8")
    origins = _media_origins(request.app)
    filled = _SLOT.replace('""', f'"{escape(" ".join(origins))}"')
    text = text.replace(_SLOT, filled)
    headers = {"Content-Security-Policy": content_policy(*origins)}
    reply = web.Response(text=text, content_type="text/html", headers=headers)
    reply.etag = hashlib.sha256(text.encode()).hexdigest()[:32]
    known = [tag.value for tag in request.if_none_match or ()]
    if reply.etag is not None and reply.etag.value in known:
        return web.Response(status=304, headers=reply.headers)
    return reply


def _media_origins(app: web.Application) -> list[str]:
    """Of workers that media tags reach: through ngrok they would get its own page."""
    urls = [slot.url for slot in app[keys.WORKERS].slots]
    direct = [url for url in urls if url and app[keys.LEDGER].pace(url) is None]
    origins = ["{0.scheme}://{0.netloc}".format(urlsplit(url)) for url in direct]
    return [origin for origin in origins if "[" not in origin]  # no IPv6 in a policy

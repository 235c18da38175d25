"""The page: ``GET /`` and the files beside it."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

PAGE_FOLDER = Path(__file__).parents[2] / "frontend_static"


async def index(request: web.Request) -> web.StreamResponse:
    """The page."""
    return web.FileResponse(PAGE_FOLDER / "index.html")

"""Typed keys under which ``make_app`` keeps what it builds."""

from __future__ import annotations

from aiohttp import web

from colab_worker.archivist import Archivist
from colab_worker.board import Board
from colab_worker.device import Identity
from colab_worker.disk import Disk
from colab_worker.dispatcher import LocalDispatcher
from colab_worker.engines.registry import Registry
from colab_worker.limits import Limiter
from colab_worker.memo import Memo
from colab_worker.runner import Runner
from colab_worker.settings import Settings
from colab_worker.store.jobs import Store
from colab_worker.submissions import Submissions
from colab_worker.thumbnails import Thumbnails
from colab_worker.tunnels.tunnels import Tunnels
from shared_protocol.kit.blobs import BlobStore

SETTINGS = web.AppKey("settings", Settings)
IDENTITY = web.AppKey("identity", Identity)
STORE = web.AppKey("store", Store)
BLOBS = web.AppKey("blobs", BlobStore)
MEMO = web.AppKey("memo", Memo)
DISK = web.AppKey("disk", Disk)
BOARD = web.AppKey("board", Board)
REGISTRY = web.AppKey("registry", Registry)
DISPATCHER = web.AppKey("dispatcher", LocalDispatcher)
RUNNER = web.AppKey("runner", Runner)
LIMITS = web.AppKey("limits", Limiter)
#: Page origins that may read replies, besides loopback ones.
ORIGINS: web.AppKey[set[str]] = web.AppKey("origins", set)
SUBMISSIONS = web.AppKey("submissions", Submissions)
#: Only with a memo folder.
ARCHIVIST = web.AppKey("archivist", Archivist)
THUMBNAILS = web.AppKey("thumbnails", Thumbnails)
TUNNELS = web.AppKey("tunnels", Tunnels)

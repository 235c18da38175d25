"""Which request is which job: the same request goes on, ``--fresh`` starts another."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from shared_protocol.orders import GenerateRequest
from shared_protocol.wire import content_key

#: In the home folder: the newest fresh start of a request, by the request's hash.
FRESH_FILE = "fresh.json"


def idempotency_key(request: GenerateRequest, home: Path, *, fresh: bool) -> str:
    """The SHA-256 that names this request, and its newest fresh start if it has one."""
    plain = content_key(request.model_dump(mode="json", exclude_unset=True))
    starts = _read(home / FRESH_FILE)
    if fresh:
        starts[plain] = secrets.token_hex(8)
        _write(home / FRESH_FILE, starts)
    nonce = starts.get(plain)
    return plain if nonce is None else content_key([plain, nonce])


def _read(path: Path) -> dict[str, str]:
    try:
        starts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return starts if isinstance(starts, dict) else {}


def _write(path: Path, starts: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".json.new")
    unfinished.write_text(json.dumps(starts), encoding="utf-8")
    unfinished.replace(path)

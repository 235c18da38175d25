"""A stand-in for cloudflared: logs to standard error, serves ``/ready``, talks a lot.

It stands still as the real one does when nobody reads what it says. The folder
``FAKE_CLOUDFLARED`` holds how it was started, and what it is to do.
"""

from __future__ import annotations

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

#: More than any pipe holds.
CHATTER = 2000


def install(folder: Path) -> Path:
    """Writes this file as an executable."""
    program = folder / "cloudflared"
    source = Path(__file__).read_text(encoding="utf-8")
    program.write_text(f"#!{sys.executable}\n{source}", encoding="utf-8")
    program.chmod(0o700)
    return program


def say(level: str, message: str) -> None:
    sys.stderr.write(f"2026-11-24T12:00:00Z {level} {message}\n")


class Metrics(BaseHTTPRequestHandler):
    """``/ready``: whether the edge is connected."""

    folder = Path()

    def log_message(self, *words: object) -> None:
        pass

    def do_GET(self) -> None:
        away = (self.folder / "away").exists()
        self.send_response(503 if away else 200)
        self.end_headers()


def main() -> None:
    folder = Path(os.environ["FAKE_CLOUDFLARED"])
    with (folder / "starts.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"pid": os.getpid(), "args": sys.argv[1:]}) + "\n")
    starts = len((folder / "starts.jsonl").read_text(encoding="utf-8").splitlines())
    say("INF", "Requesting new quick Tunnel on trycloudflare.com...")
    if (folder / "busy").exists():
        say("ERR", 'Error unmarshaling QuickTunnel response: status_code="429"')
        sys.stderr.write("failed to request quick Tunnel: 429\n")
        sys.exit(1)
    say("INF", "| Your quick Tunnel has been created! Visit it at: |")
    say("INF", f"| https://four-plain-words-{starts}.trycloudflare.com |")
    Metrics.folder = folder
    server = ThreadingHTTPServer(("127.0.0.1", 0), Metrics)
    say("INF", f"Starting metrics server on 127.0.0.1:{server.server_port}/metrics")
    for number in range(CHATTER):
        say("INF", f"Registered tunnel connection connIndex={number} {'.' * 80}")
    server.serve_forever()


if __name__ == "__main__":
    main()

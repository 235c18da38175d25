"""A stand-in for the ngrok agent, run as a program by the real pyngrok.

It reads its settings file as the agent does, logs what the agent logs, and serves the
agent's API of endpoints. One account has one session: a second agent meets the limit. The
account is a folder (``FAKE_NGROK_ACCOUNT``), in which it also notes how it was started.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

GOOD_TOKEN = "2good_authtoken"
DOMAIN = "own-name.ngrok-free.app"


def install(folder: Path) -> Path:
    """Writes this file as an executable."""
    program = folder / "ngrok"
    source = Path(__file__).read_text(encoding="utf-8")
    program.write_text(f"#!{sys.executable}\n{source}", encoding="utf-8")
    program.chmod(0o700)
    return program


def log(**fields: str) -> None:
    words = " ".join(f'{key}="{value}"' for key, value in fields.items())
    sys.stdout.write(f"t=2026-11-24T12:00:00+0000 {words}\n")
    sys.stdout.flush()


def fail(said: str) -> None:
    log(lvl="eror", msg="failed to reconnect session", obj="csess", err=said)
    sys.exit(1)


class Api(BaseHTTPRequestHandler):
    """``/api/endpoints``: list, add, remove."""

    endpoints: dict[str, dict[str, object]] = {}

    def log_message(self, *words: object) -> None:
        pass

    def reply(self, status: int, content: object = None) -> None:
        body = b"" if content is None else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.reply(200, {"endpoints": list(self.endpoints.values()), "uri": self.path})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        url = asked.get("url") or f"https://{DOMAIN}"
        if "somebody-elses" in url:
            err = "The domain is reserved for another account. ERR_NGROK_320"
            self.reply(502, {"error_code": 103, "details": {"err": err}})
            return
        uri = f"/api/endpoints/{asked['name']}"
        made = {"name": asked["name"], "uri": uri, "url": url}
        self.endpoints[asked["name"]] = made | {"upstream": asked["upstream"]}
        self.reply(201, self.endpoints[asked["name"]])

    def do_DELETE(self) -> None:
        self.endpoints.pop(self.path.rsplit("/", 1)[1], None)
        self.reply(204)


def main() -> None:
    account = Path(os.environ["FAKE_NGROK_ACCOUNT"])
    config = Path(sys.argv[sys.argv.index("--config") + 1])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    started = {
        "pid": os.getpid(),
        "args": sys.argv[1:],
        "sees": sorted(os.environ),
        "mode": oct(config.stat().st_mode & 0o777),
        "api": f"http://127.0.0.1:{server.server_port}/api/endpoints",
    }
    with (account / "starts.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(started) + "\n")
    if (account / "silent").exists():
        time.sleep(600)
    token = json.loads(config.read_text(encoding="utf-8"))["agent"]["authtoken"]
    if token != GOOD_TOKEN:
        fail(f"authentication failed: Your authtoken: {token} ERR_NGROK_105")
    session = (account / "session").open("w")
    try:
        fcntl.flock(session, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        fail("authentication failed: limited to 1 agent session. ERR_NGROK_108")
    log(
        lvl="info", msg="starting web service", obj="web", addr=started["api"][7:-14]
    )  # fmt: skip
    log(lvl="info", msg="client session established", obj="csess")
    log(lvl="info", msg="tunnel session started", obj="tunnels.session")
    server.serve_forever()


if __name__ == "__main__":
    main()

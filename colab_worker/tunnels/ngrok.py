"""ngrok through pyngrok, inside the host: the token in a 0600 file, nothing downloaded twice."""

from __future__ import annotations

import importlib.util
import json
import os
import time
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING

from colab_worker.tunnels.reasons import TunnelGone, ngrok_gone
from colab_worker.tunnels.wire import Order

if TYPE_CHECKING:
    from pyngrok.conf import PyngrokConfig
    from pyngrok.log import NgrokLog

    from colab_worker.tunnels.host import Tell

#: pyngrok reads this; it is the user's way to name the agent.
PATH_VARIABLE = "PYNGROK_NGROK_PATH"
DOWNLOAD_S = 60
DOWNLOAD_TRIES = 3
REQUEST_S = 20.0
#: An agent that was killed stops answering before the system says that it ended.
LAST_BREATH_S = 0.5


def agent(order: Order, tell: Tell) -> NgrokAgent:
    """The agent of an order; TunnelGone when pyngrok is not installed."""
    if importlib.util.find_spec("pyngrok") is None:
        raise TunnelGone(
            "pyngrok is not installed; pip install 'moonreel[tunnel]'", final=True
        )
    return NgrokAgent(order, tell)


class NgrokAgent:
    """One agent process with one endpoint."""

    def __init__(self, order: Order, tell: Tell) -> None:
        self._order = order
        self._tell = tell
        self._url = ""
        #: The last error of the agent's own log, until its session is back.
        self._complaint: str | None = None
        self._config = self._configure()

    def open(self) -> str:
        """Starts the agent and opens the endpoint."""
        from pyngrok import ngrok
        from pyngrok.exception import PyngrokError

        self._fetch_agent()
        self._tell("starting ngrok")
        options = {"url": _address(self._order.domain)} if self._order.domain else {}
        try:
            tunnel = ngrok.connect(
                self._order.upstream,
                name="moonreel",
                pyngrok_config=self._config,
                **options,
            )
        except (PyngrokError, OSError) as error:
            raise ngrok_gone(_all_words(error)) from error
        self._url = str(tunnel.public_url)
        return self._url

    def trouble(self) -> str | None:
        """Asks the agent on this machine, which costs nothing of the quota."""
        from pyngrok import ngrok
        from pyngrok.exception import PyngrokError

        self._require_running()
        try:
            tunnels = ngrok.get_tunnels(self._config)
        except (PyngrokError, OSError, HTTPException, ValueError) as error:
            # no answer, or half of one
            time.sleep(LAST_BREATH_S)
            self._require_running()
            raise TunnelGone("the ngrok agent does not answer") from error
        if self._url not in {tunnel.public_url for tunnel in tunnels}:
            raise TunnelGone("the ngrok agent has closed the endpoint")
        return self._complaint

    def _require_running(self) -> None:
        from pyngrok import process

        if not process.is_process_running(self._config.ngrok_path):
            raise TunnelGone("the ngrok agent has ended")

    def _configure(self) -> PyngrokConfig:
        from pyngrok.conf import PyngrokConfig

        config = PyngrokConfig(
            ngrok_path=str(self._binary()),
            config_path=str(self._write_settings()),
            log_event_callback=self._listen,
            request_timeout=REQUEST_S,
        )
        # What pyngrok takes from the environment would go onto the agent's command line.
        config.auth_token = config.api_key = None
        return config

    def _binary(self) -> Path:
        named = self._order.binary or os.environ.get(PATH_VARIABLE)
        return Path(named) if named else self._order.folder / "ngrok"

    def _write_settings(self) -> Path:
        """The agent's own settings; the user's are neither read nor changed."""
        path = self._order.folder / "ngrok.yml"
        content = {"version": "3", "agent": {"authtoken": self._order.authtoken}}
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o600)
            json.dump(content, file)  # JSON is YAML
        return path

    def _fetch_agent(self) -> None:
        from pyngrok import installer
        from pyngrok.exception import PyngrokError

        if Path(self._config.ngrok_path).exists():
            return
        self._tell("downloading the ngrok agent", DOWNLOAD_S * (DOWNLOAD_TRIES + 2))
        try:
            installer.install_ngrok(
                self._config.ngrok_path, timeout=DOWNLOAD_S, retry_count=DOWNLOAD_TRIES
            )
        except PyngrokError as error:
            raise TunnelGone(
                f"the ngrok agent could not be downloaded ({error}); try again, or name "
                "one with --ngrok-agent"
            ) from error

    def _listen(self, line: NgrokLog) -> None:
        if line.lvl in ("ERROR", "CRITICAL") and line.err not in (None, "nil"):
            self._complaint = str(ngrok_gone(str(line.err)))
        elif line.msg and "session established" in line.msg:
            self._complaint = None


def _address(domain: str) -> str:
    return domain if "://" in domain else f"https://{domain}"


def _all_words(error: Exception) -> str:
    """The error with what the agent answered or logged, where its code stands."""
    more = [getattr(error, "ngrok_error", None), getattr(error, "body", None)]
    return " ".join(str(part) for part in (*more, error) if part)

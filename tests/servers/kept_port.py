"""A port that nobody else is given while the server on it comes and goes."""

from __future__ import annotations

import socket
import sys

HOST = "127.0.0.1"
#: Lets a server listen where we hold the port; the BSDs ask for the other name.
_SHARED = socket.SO_REUSEADDR if sys.platform == "linux" else socket.SO_REUSEPORT


class KeptPort:
    """Held by a socket that never listens: who connects is refused, as by a server gone.

    Tests of other processes take free ports all the time. One that was given up for a
    moment may be theirs in the next.
    """

    def __init__(self) -> None:
        self._holder = _bound(0)
        self.number = int(self._holder.getsockname()[1])

    def server_socket(self) -> socket.socket:
        """Bound to the port, for a server to listen on."""
        return _bound(self.number)

    def close(self) -> None:
        """Gives the port up."""
        self._holder.close()


def _bound(port: int) -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, _SHARED, 1)
    made.bind((HOST, port))
    return made

"""A server on a thread of its own, so that tests and processes can ask it; by TLS too."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import ssl
import threading
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Self

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"


class ThreadedServer(ABC):
    """Serves an application until the context ends; ``address`` is host and port."""

    def __init__(self, certificate: Path | None = None, port: int = 0) -> None:
        self._certificate = certificate
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._up = threading.Event()
        self._runner: web.AppRunner | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.address = ""

    @abstractmethod
    def application(self) -> web.Application:
        """What is served."""

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._up.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(30)
        self._thread.join(30)
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._start())
        self._up.set()
        self._loop.run_forever()

    async def _start(self) -> None:
        self._runner = web.AppRunner(
            self.application(), shutdown_timeout=0.1, handler_cancellation=True
        )
        await self._runner.setup()
        context = None
        if self._certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self._certificate)
        site = web.TCPSite(self._runner, HOST, self._port, ssl_context=context)
        await site.start()
        self.address = f"{HOST}:{self._runner.addresses[0][1]}"

    async def _stop(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()
        self._loop.call_soon(self._loop.stop)


def make_certificate(file: Path) -> Path:
    """A key and a certificate for this machine, which clients trust by ``SSL_CERT_FILE``."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = dt.datetime.now(dt.UTC)  # noqa: TID251 - a certificate counts in datetimes
    usage = x509.KeyUsage(
        True, False, False, False, False, True, True, False, False
    )  # signs others: it is its own root
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return file

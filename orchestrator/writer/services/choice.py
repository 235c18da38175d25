"""Which service writes for an order, and what to do when there is none."""

from __future__ import annotations

import importlib.util
from contextlib import suppress
from typing import Literal

from orchestrator.later import Later
from orchestrator.settings import Settings
from orchestrator.writer.first_order import build_models
from orchestrator.writer.services.base import Service
from orchestrator.writer.services.gemini import KEY_PAGE, Gemini
from orchestrator.writer.services.openai import OpenAICompatible
from shared_protocol.errors import Code
from shared_protocol.kit.http_errors import ApiError

Name = Literal["gemini", "openai"]
_PACKAGES: dict[Name, tuple[str, str]] = {
    "gemini": ("google.genai", "writer"),
    "openai": ("openai", "openai"),
}


class Services:
    """The services that are set up here, each made when it is first needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._made: dict[Name, Service] = {}
        self._models = Later(build_models)

    def name_for(self, asked: str, *, param: str = "topic") -> Name:
        """The service to use; ApiError 422 with what is missing."""
        name = self._chosen(asked, param)
        module, extra = _PACKAGES[name]
        if not _is_installed(module):
            raise ApiError(
                Code.NEEDS_KEY,
                f"The package that speaks with {name} is not installed: "
                f"pip install 'moonreel[{extra}]', or send your own text as script.",
                param=param,
            )
        return name

    def present(self) -> str:
        """The service that a topic would go to; ``text`` when there is none."""
        try:
            return self.name_for("auto")
        except ApiError:
            return "text"

    def get(self, name: Name) -> Service:
        """The service of that name."""
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def stand_by(self) -> None:
        """Has the service that topics go to ready, if there is one."""
        with suppress(ApiError):
            self.get(self.name_for("auto")).stand_by()
            self._models.begin()

    async def ready(self, asked: str) -> None:
        """Returns when that service could be asked at once; ApiError as ``name_for``."""
        await self.get(self.name_for(asked)).ready()

    async def close(self) -> None:
        """Closes all connections."""
        await self._models.settle()
        for service in self._made.values():
            await service.close()
        self._made.clear()

    def _chosen(self, asked: str, param: str) -> Name:
        has_gemini = bool(self._settings.gemini_keys)
        has_openai = self._settings.openai_url is not None
        if asked == "openai" or (asked == "auto" and has_openai and not has_gemini):
            if not has_openai:
                raise ApiError(
                    Code.NEEDS_KEY,
                    "engine.script: openai needs the address of a service that speaks "
                    "its language; set MOONREEL_OPENAI_URL, as "
                    "http://127.0.0.1:11434/v1 for Ollama.",
                    param="engine.script",
                )
            return "openai"
        if not has_gemini:
            raise needs_key() if param == "topic" else _needs_key_for(param)
        return "gemini"

    def _make(self, name: Name) -> Service:
        settings = self._settings
        if name == "openai":
            return OpenAICompatible(
                settings.openai_url or "",
                settings.openai_key,
                settings.openai_models,
                silence_s=settings.writer_silence_s,
            )
        return Gemini(
            settings.gemini_keys,
            settings.gemini_models,
            url=settings.gemini_url,
            api_version=settings.gemini_api_version,
            silence_s=settings.writer_silence_s,
        )


def _needs_key_for(param: str) -> ApiError:
    return ApiError(
        Code.NEEDS_KEY,
        f"{param}: this asks a writing service, which needs a Gemini key: get one at "
        f"{KEY_PAGE} and set GEMINI_API_KEY.",
        param=param,
    )


def needs_key() -> ApiError:
    """The refusal of a topic when nobody can write about it."""
    return ApiError(
        Code.NEEDS_KEY,
        "A topic alone needs a Gemini key to become a script: get one at "
        f"{KEY_PAGE} and set GEMINI_API_KEY, or send your own text as script.",
        param="topic",
    )


def _is_installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # of a package around it
        return False

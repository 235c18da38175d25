"""Typed keys under which the composition root hands its objects to handlers."""

from __future__ import annotations

from aiohttp import web

from orchestrator.desk import Desk
from orchestrator.film_settings import SettingsReader
from orchestrator.library import Library
from orchestrator.pen import Pen
from orchestrator.portfolio import Portfolio
from orchestrator.quota import Ledger
from orchestrator.redrawing import Redrawing
from orchestrator.settings import Settings
from orchestrator.store.films import FilmStore
from orchestrator.store.mirrored import MirrorStore
from orchestrator.studio import Studio
from orchestrator.under_way import UnderWay
from orchestrator.url_watch import UrlWatch
from orchestrator.workers import Workers
from orchestrator.writer.services.choice import Services

SETTINGS = web.AppKey("settings", Settings)
FILMS = web.AppKey("films", FilmStore)
FILM_SETTINGS = web.AppKey("film_settings", SettingsReader)
PORTFOLIO = web.AppKey("portfolio", Portfolio)
MIRRORED = web.AppKey("mirrored", MirrorStore)
LIBRARY = web.AppKey("library", Library)
WORKERS = web.AppKey("workers", Workers)
DESK = web.AppKey("desk", Desk)
REDRAWING = web.AppKey("redrawing", Redrawing)
SERVICES = web.AppKey("services", Services)
PEN = web.AppKey("pen", Pen)
LEDGER = web.AppKey("ledger", Ledger)
STUDIO = web.AppKey("studio", Studio)
UNDER_WAY = web.AppKey("under_way", UnderWay)
URL_WATCH = web.AppKey("url_watch", UrlWatch)
#: The version of Moonreel.
VERSION = web.AppKey("version", str)

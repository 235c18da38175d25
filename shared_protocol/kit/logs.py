"""Logs as sentences with fields, on standard error; JSON when ``MOONREEL_LOG=json``."""

from __future__ import annotations

import json
import logging
import os
import sys

from shared_protocol.clock import rfc3339
from shared_protocol.kit.redaction import redact

#: Fields that records may carry besides their sentence.
FIELDS = ("action", "job_id", "stage", "engine", "worker", "boot_id")


class SentenceFormatter(logging.Formatter):
    """``12:30:05 INFO colab_worker: sentence (field=value)``."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and the traceback if there is one."""
        fields = _fields(record)
        tail = " ".join(f"{name}={value}" for name, value in fields.items())
        clock = self.formatTime(record, "%H:%M:%S")
        line = f"{clock} {record.levelname} {record.name}: {record.getMessage()}"
        line += f" ({tail})" if tail else ""
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return redact(line)


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record with its fields."""
        entry = {
            "time": rfc3339(record.created),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return redact(json.dumps(entry, ensure_ascii=False))


def set_up_logs(level: int = logging.INFO) -> None:
    """Sends all logs to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    as_json = os.environ.get("MOONREEL_LOG") == "json"
    handler.setFormatter(JsonFormatter() if as_json else SentenceFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # INFO lines of httpx carry whole URLs, and URLs can carry secrets; those of alembic
    # tell of its own plugins.
    for noisy in ("httpx", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _fields(record: logging.LogRecord) -> dict[str, object]:
    return {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}

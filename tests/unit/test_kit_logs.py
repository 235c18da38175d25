"""Logs are sentences with fields, for people or as JSON."""

from __future__ import annotations

import json
import logging
import sys

from shared_protocol.kit.logs import JsonFormatter, SentenceFormatter


def record(**fields: object) -> logging.LogRecord:
    """One line of a log."""
    made = logging.LogRecord(
        "colab_worker", logging.INFO, __file__, 1, "%s is done", ("Scene 1",), None
    )
    vars(made).update(fields)
    return made


def test_a_line_ends_with_its_fields() -> None:
    """The sentence first, then what a search looks for; unknown fields stay out."""
    line = SentenceFormatter().format(record(job_id="j1", stage="image", token="x"))

    assert line.endswith(" INFO colab_worker: Scene 1 is done (job_id=j1 stage=image)")


def test_json_lines_carry_the_same() -> None:
    """One object a line with time, level, sentence and fields."""
    entry = json.loads(JsonFormatter().format(record(job_id="j1", token="x")))

    assert entry.pop("time").endswith("Z")
    assert entry == {
        "level": "INFO",
        "logger": "colab_worker",
        "message": "Scene 1 is done",
        "job_id": "j1",
    }


def test_exceptions_are_told_in_full() -> None:
    """Both forms carry the traceback."""
    try:
        raise KeyError("lost")
    except KeyError:
        failed = record(exc_info=sys.exc_info())

    assert "KeyError: 'lost'" in SentenceFormatter().format(failed)
    assert "KeyError: 'lost'" in json.loads(JsonFormatter().format(failed))["exception"]

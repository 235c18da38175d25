"""The docs name every route, code, header, flag and variable, and lead nowhere wrong."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from colab_worker import settings as worker_settings
from shared_protocol import routes
from shared_protocol.errors import STATUS, Code
from shared_protocol.orders import GenerateRequest
from shared_protocol.workers import Health

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PROTOCOL = (DOCS / "protocol.md").read_text(encoding="utf-8")


SPANS = re.findall(r"`([^`\n]+)`", PROTOCOL)


def named(word: str) -> bool:
    """Whether the docs of the protocol name a word as code, by itself."""
    alone = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")
    return any(alone.search(span) for span in SPANS)


PATHS = [
    value
    for name, value in vars(routes).items()
    if name.isupper() and isinstance(value, str) and value.startswith("/")
]
HEADERS = [
    value
    for name, value in vars(routes).items()
    if name.isupper() and isinstance(value, str) and not value.startswith("/")
]
FLAGS = [
    flag
    for action in worker_settings._parser()._actions
    for flag in action.option_strings
    if not isinstance(action, argparse._HelpAction)
]
VARIABLES = sorted(
    {
        name
        for package in ("orchestrator", "colab_worker", "shared_protocol")
        for file in (ROOT / package).rglob("*.py")
        for name in re.findall(
            r'"(MOONREEL_[A-Z_]+|COLAB_API_URL|GEMINI_API_KEY|GOOGLE_API_KEY)"',
            file.read_text(encoding="utf-8"),
        )
    }
)


def test_there_is_something_to_look_for() -> None:
    """The lists below are not empty by mistake."""
    assert len(PATHS) > 25
    assert len(HEADERS) >= 7
    assert len(FLAGS) > 15
    assert "MOONREEL_TOKEN" in VARIABLES


@pytest.mark.parametrize("path", PATHS)
def test_every_route_is_described_with_its_method(path: str) -> None:
    """A table row begins with a method and the path."""
    assert re.search(rf"`(GET|PUT|POST|DELETE) {re.escape(path)}`", PROTOCOL)


@pytest.mark.parametrize("code", Code)
def test_every_code_is_described_with_its_status(code: Code) -> None:
    """Codes of requests stand beside their HTTP status, those of units by themselves."""
    if code in STATUS:
        assert f"| `{code}` | {STATUS[code]} |" in PROTOCOL
    else:
        assert named(code)


@pytest.mark.parametrize("word", [*HEADERS, *FLAGS, *VARIABLES])
def test_every_header_flag_and_variable_is_named(word: str) -> None:
    """Whoever can set something can read about it."""
    assert named(word)


@pytest.mark.parametrize(
    "field",
    [*GenerateRequest.model_fields, *Health.model_fields],
)
def test_every_field_of_an_order_and_of_health_is_named(field: str) -> None:
    """The two bodies that people write and read by hand."""
    assert re.search(rf"\b{field}\b", PROTOCOL)


@pytest.mark.parametrize("doc", sorted(DOCS.glob("*.md")), ids=lambda doc: doc.name)
def test_links_lead_somewhere(doc: Path) -> None:
    """Every relative link is a file, and every anchor a heading."""
    for target, anchor in re.findall(
        r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)", doc.read_text(encoding="utf-8")
    ):
        file = (doc.parent / target).resolve() if target else doc
        assert file.exists(), target
        if anchor:
            text = file.read_text(encoding="utf-8")
            headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
            assert anchor in [h.lower().replace(" ", "-") for h in headings]


def test_the_architecture_is_short_enough_to_be_read() -> None:
    """One sitting, and it says why there is a kit."""
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")

    assert len(text.splitlines()) < 150
    assert "shared_protocol/kit" in text


def test_every_threat_has_its_test() -> None:
    """The threat model names tests that there are, one in each row."""
    text = (DOCS / "threat-model.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 15
    for row in rows:
        named_test = re.search(r"`(\w+)::(\w+)` \|$", row)
        assert named_test, row
        (file,) = (ROOT / "tests").rglob(f"{named_test[1]}.py")
        assert f"def {named_test[2]}(" in file.read_text(encoding="utf-8"), row

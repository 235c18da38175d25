"""Where results go: JSON for machines, tables for people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.figures import Figure, Outcome
from shared_protocol.clock import utc_now

#: Columns of the table where no terminal says how wide it is.
PLAIN_WIDTH = 150


def as_document(
    outcomes: dict[str, Outcome], machine: dict[str, Any], *, quick: bool
) -> dict[str, Any]:
    """All results as JSON-ready data; each figure carries its own command."""
    return {
        "taken_at": utc_now(),
        "quick": quick,
        "machine": machine,
        "figures": [
            _figure(name, figure, quick)
            for name, outcome in outcomes.items()
            for figure in outcome.figures
        ],
        "series": {k: v for o in outcomes.values() for k, v in o.series.items()},
    }


def write_json(document: dict[str, Any], path: Path) -> None:
    """Writes the document, one figure a line so that a diff shows what moved."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figures = ",\n".join("  " + json.dumps(each) for each in document["figures"])
    rest = {k: v for k, v in document.items() if k != "figures"}
    parts = [f" {json.dumps(k)}: {json.dumps(v)}" for k, v in rest.items()]
    parts.append(f' "figures": [\n{figures}\n ]')
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


def write_markdown(document: dict[str, Any], path: Path) -> None:
    """Writes all figures as one table in Markdown."""
    machine = document["machine"]
    lines = [
        f"# Benchmarks of {document['taken_at'][:10]}",
        "",
        f"Revision {machine['revision'] or 'unknown'} on {machine['cpu']}, "
        f"{machine['cores']} cores, {machine['memory_gib']} GiB, {machine['system']}, "
        f"Python {machine['python']}. Before the run the processor was "
        f"{machine['busy_percent_before']:g} % busy with other things, and an fsync of "
        f"4 KiB took {machine['fsync_ms']:g} ms. Written by `python -m benchmarks`; "
        "docs/benchmarks.md tells what is measured and how.",
        "",
        "| benchmark | figure | value | n | target | met | note |",
        "|---|---|---:|---:|---|---|---|",
        *("| " + " | ".join(_words(each)) + " |" for each in document["figures"]),
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def print_table(document: dict[str, Any]) -> None:
    """One line a figure, with its target and whether it was met."""
    machine = document["machine"]
    title = f"{machine['cpu']}, {machine['cores']} cores, Python {machine['python']}"
    table = Table(title=title, title_justify="left")
    for heading in ("benchmark", "figure"):
        table.add_column(heading)
    table.add_column("value", justify="right")
    table.add_column("n", justify="right")
    for heading in ("target", "", "note"):
        table.add_column(heading)
    for each in document["figures"]:
        table.add_row(*_cells(each))
    console = Console()
    if not console.is_terminal:
        console.width = PLAIN_WIDTH
    console.print(table)


def _figure(benchmark: str, figure: Figure, quick: bool) -> dict[str, Any]:
    target = figure.target
    command = f"python -m benchmarks {benchmark}" + (" --quick" if quick else "")
    return {
        "benchmark": benchmark,
        "name": figure.name,
        "value": figure.value,
        "unit": figure.unit,
        "n": figure.n,
        "target": str(target) if target else None,
        "pass": target.met_by(figure.value) if target else None,
        "note": figure.note,
        "command": command,
    }


def _cells(each: dict[str, Any]) -> list[str]:
    marks = {"yes": "[green]pass[/]", "no": "[red]MISS[/]", "": ""}
    words = _words(each)
    return [*words[:5], marks[words[5]], words[6]]


def _words(each: dict[str, Any]) -> list[str]:
    return [
        each["benchmark"],
        each["name"],
        f"{each['value']:g} {each['unit']}".strip(),
        str(each["n"]),
        each["target"] or "",
        {True: "yes", False: "no", None: ""}[each["pass"]],
        each["note"],
    ]

"""The notebooks as files, and what their cells call, without a kernel."""

from __future__ import annotations

import ast
import json
import re
import stat
import sys
import types
from pathlib import Path

import nbformat
import pytest

from colab_worker.models.presets import BY_NAME, VITS
from colab_worker.notebook import (
    install,
    lasting,
    models,
    place,
    preflight,
    secrets,
    watch,
    worker,
)
from colab_worker.notebook.gpu import Gpu
from tests.notebooks import NOTEBOOKS

PULLED = {*BY_NAME, VITS.name}
BOOKS = sorted(NOTEBOOKS.glob("*.ipynb"))
CELLS = [
    pytest.param(cell, id=f"{file.stem}-{cell.id}")
    for file in BOOKS
    for cell in nbformat.read(file, as_version=4).cells
    if cell.cell_type == "code"
]


def choices(field: str) -> list[str]:
    """What a form offers for a field, in every notebook that has it."""
    found = re.findall(
        rf"{field} = \S+  # @param (\[.+\])",
        "\n".join(cell.values[0].source for cell in CELLS),
    )
    (offered,) = {tuple(json.loads(text)) for text in found}
    return list(offered)


@pytest.mark.parametrize("file", BOOKS, ids=lambda file: file.name)
def test_a_notebook_is_valid_and_saves_no_outputs(file: Path) -> None:
    """Neither here, nor when somebody saves a copy in Colab."""
    book = nbformat.read(file, as_version=4)
    nbformat.validate(book)

    assert book.metadata.colab.private_outputs is True
    assert all(not cell.get("outputs") for cell in book.cells)
    assert all(not cell.get("execution_count") for cell in book.cells)


@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_calls_one_function_of_the_package(cell: nbformat.NotebookNode) -> None:
    """All but the first: it fetches the package."""
    statements = ast.parse(cell.source).body
    calls = [node for node in statements if isinstance(node, ast.Expr)]
    logic = (ast.If, ast.For, ast.While, ast.FunctionDef, ast.With, ast.Try)

    assert len(calls) == 1
    assert not any(isinstance(node, logic) for node in ast.walk(ast.parse(cell.source)))
    if cell.id != "get":
        assert "from colab_worker.notebook import" in cell.source


def test_forms_offer_what_there_is() -> None:
    """No choice that would be refused, and none that cannot be chosen."""
    assert choices("ENGINES") == list(install.ENGINES)
    assert choices("MODELS") == list(models.CHOICES)
    assert {name for names in models.CHOICES.values() for name in names} <= PULLED
    assert choices("TUNNEL") == list(worker.TUNNELS)


def test_what_cells_call_needs_only_the_standard_library() -> None:
    """It runs in the runtime's Python, whose packages are not ours."""
    used = {
        name.partition(".")[0]
        for file in Path(install.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        for name in _imported(node)
    }

    ours = {"colab_worker", "IPython", "google", "kaggle_secrets"}
    assert used - sys.stdlib_module_names == ours


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def test_the_report_has_every_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is downloaded: GPU, RAM, disk, versions, model access, time."""
    monkeypatch.setattr(preflight, "MODEL_HUB", "http://127.0.0.1:9")
    found = list(preflight.examine(place.Place("colab", tmp_path)))

    names = [item.name for item in found]
    assert names == ["Python", "GPU", "RAM", "disk", "model hub", "time left",
                     "this runtime's own"]  # fmt: skip
    hub = next(item for item in found if item.name == "model hub")
    assert hub.level == "warn"
    assert "not reachable" in hub.found
    left = next(item for item in found if item.name == "time left")
    assert re.fullmatch(r"at most \d+\.\d h on Google Colab", left.found)


def test_a_full_disk_stops_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot work is not begun."""
    monkeypatch.setattr(preflight, "DRAFT_DISK_GIB", 10**9)
    monkeypatch.setattr(preflight, "find_place", lambda: place.Place("other", tmp_path))
    monkeypatch.setattr(preflight, "MODEL_HUB", "http://127.0.0.1:9")
    with pytest.raises(SystemExit, match="cannot run Moonreel"):
        preflight.show()

    assert "disk: " in capsys.readouterr().out


def test_a_gpu_is_read_from_the_drivers_own_tool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Name, memory, use; a figure that the driver does not give is 0."""
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho 'Tesla T4, 15360, 1200, [N/A], 550.54'\n")
    tool.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    finding = preflight._gpu()

    assert finding.found == "Tesla T4, 15 GiB, driver 550.54"
    assert watch._machine(place.Place("other", tmp_path), HEALTH)[0] == (
        "GPU",
        "Tesla T4: 0 % busy, 1200 of 15360 MiB",
    )


@pytest.mark.parametrize(
    ("driver", "more"),
    [
        ("550.54.15", ["--extra-index-url", install.OLDER_BUILDS]),
        ("580.65.06", []),
        ("[N/A]", []),
    ],
)
def test_torch_is_built_for_the_driver(driver: str, more: list[str]) -> None:
    """An older driver would find no GPU through the build for CUDA 13."""
    assert install.indexes([Gpu("Tesla T4", 15360, 0, 0, driver)]) == more
    assert install.indexes([]) == []


HEALTH = {
    "queue": {"depth": 1, "running": 2, "capacity": 100},
    "disk": {"free_bytes": 3 << 30},
    "tunnels": [
        {
            "name": "ngrok", "state": "up", "url": "https://a.ngrok.app",
            "trouble": "<slow>", "requests": 200, "bytes_out": 50_000_000,
        }
    ],
}  # fmt: skip


def test_the_watching_cell_shows_what_went_through_a_tunnel() -> None:
    """With the share of a month that it was, and nothing unescaped."""
    picture = watch._tunnels(HEALTH)

    assert "200 requests, 50.0 MB (5.0% of a month on the free plan)" in picture
    assert "up: &lt;slow&gt;" in picture


def test_a_secret_comes_from_colab_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then from the environment; one that is not allowed counts as none."""
    store = types.ModuleType("google.colab.userdata")
    allowed = {"NGROK_AUTHTOKEN": " from-colab\n"}
    store.SecretNotFoundError = KeyError  # type: ignore[attr-defined]
    store.NotebookAccessError = PermissionError  # type: ignore[attr-defined]
    store.get = allowed.__getitem__  # type: ignore[attr-defined]
    colab = types.ModuleType("google.colab")
    colab.userdata = store  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "google.colab", colab)
    monkeypatch.setenv("NGROK_AUTHTOKEN", "from-environment")

    assert secrets.find_secret("NGROK_AUTHTOKEN", "") == "from-colab"
    allowed.clear()
    assert secrets.find_secret("NGROK_AUTHTOKEN", "") == "from-environment"


def test_no_secret_and_nobody_to_ask_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A saved version on Kaggle has no keyboard."""
    monkeypatch.delenv("NGROK_AUTHTOKEN", raising=False)
    monkeypatch.setattr("getpass.getpass", _nobody)
    with pytest.raises(SystemExit, match=r"NGROK_AUTHTOKEN is needed.*dashboard"):
        secrets.find_secret("NGROK_AUTHTOKEN", "from the dashboard")


def _nobody(prompt: str) -> str:
    raise EOFError


def test_a_kept_secret_is_for_the_user_alone(tmp_path: Path) -> None:
    """Even where an older file was open to all."""
    file = tmp_path / "secret"
    file.write_text("old")
    file.chmod(0o644)
    secrets.keep_secret(file, "new")

    assert file.read_text() == "new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: worker.start(tunnel="localtunnel"), "no choice"),
        (lambda: install.environment(engines="magic"), "no choice"),
        (worker.start, "run the cell that installs"),
        (watch.show, "No worker runs"),
    ],
)
def test_cells_out_of_order_say_what_to_do(
    call: object, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one sentence, and nothing is started."""
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert callable(call)
    with pytest.raises(SystemExit, match=said):
        call()


def test_a_folder_of_the_drive_keeps_the_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bare name is a folder of the mounted Drive; the next session is the same worker."""
    drive = types.ModuleType("google.colab.drive")
    mounted: list[str] = []
    drive.mount = mounted.append  # type: ignore[attr-defined]
    colab = types.ModuleType("google.colab")
    colab.drive = drive  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "google.colab", colab)
    monkeypatch.setattr(lasting, "_MOUNT", tmp_path / "drive")
    first, second = (place.Place("colab", tmp_path / name) for name in "ab")
    for session in (first, second):
        session.root.mkdir()
    folder = lasting.lasting_folder(first, "moonreel")
    first.token_file.write_text("a-token\n")
    lasting.leave_token(first, folder)
    lasting.take_token(second, lasting.lasting_folder(second, "moonreel"))

    assert folder == tmp_path / "drive" / "MyDrive" / "moonreel"
    assert mounted == [str(tmp_path / "drive")] * 2
    assert second.token_file.read_text() == "a-token\n"
    assert stat.S_IMODE(second.token_file.stat().st_mode) == 0o600


def test_elsewhere_the_folder_is_a_whole_path(tmp_path: Path) -> None:
    """There is no Drive to put a bare name into."""
    with pytest.raises(SystemExit, match="whole path"):
        lasting.lasting_folder(place.Place("kaggle", tmp_path), "moonreel")

"""The picture that a model or LoRA ships with: found, made small, never trusted."""

from __future__ import annotations

import base64
import io
import os
import struct
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from colab_worker.models import __main__ as command
from colab_worker.models.covers import find_cover
from colab_worker.models.shelf import Shelf
from colab_worker.thumbnails import Thumbnails
from shared_protocol.kit.blobs import BlobStore
from tests.unit.test_models_inventory import INK
from tests.unit.test_models_loras import safetensors
from tests.unit.test_models_shelf import put_model

RED, BLUE = (200, 20, 20), (20, 20, 200)


def picture(colour: tuple[int, int, int], kind: str = "PNG", **more: Any) -> bytes:
    """A file of 600x400 pixels of one colour."""
    file = io.BytesIO()
    Image.new("RGB", (600, 400), colour).save(file, kind, **more)
    return file.getvalue()


def ink(*, thumbnail: str | None = None) -> bytes:
    """A LoRA, with what ModelSpec keeps a picture in."""
    told: dict[str, object] = {"ss_trigger_word": "inkish"}
    if thumbnail is not None:
        told["modelspec.thumbnail"] = thumbnail
    return safetensors({**INK, "__metadata__": told}, b"w" * 8)


def data_url(content: bytes, kind: str = "jpeg") -> str:
    """As trainers write it."""
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


@pytest.fixture
def loras(tmp_path: Path) -> Path:
    """The folder of LoRAs, with one that ships no picture."""
    folder = tmp_path / "models" / "loras"
    folder.mkdir(parents=True)
    (folder / "ink.safetensors").write_bytes(ink())
    return folder


@pytest.fixture
def thumbnails(tmp_path: Path) -> Thumbnails:
    """Those of a worker."""
    (tmp_path / "work").mkdir()
    return Thumbnails(BlobStore(tmp_path / "blobs"), tmp_path / "work")


def shown(
    thumbnails: Thumbnails, model: Path
) -> tuple[tuple[int, int], tuple[int, int, int]] | None:
    """Size and colour of a model's thumbnail, which is as its hash says."""
    file = thumbnails.of([model]).get(model)
    if file is None:
        return None
    path = thumbnails._blobs.path(file.sha256)
    assert path.stat().st_size == file.bytes < 20_000
    with Image.open(path) as opened:
        assert opened.format == "WEBP"
        middle = opened.convert("RGB").getpixel((9, 9))
        assert isinstance(middle, tuple)
        return opened.size, (round(middle[0], -1), 20, round(middle[2], -1))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ink.preview.png", "PNG"),
        ("ink.png", "PNG"),
        ("ink.jpg", "JPEG"),
        ("ink.jpeg", "JPEG"),
        ("ink.webp", "WEBP"),
        ("ink.png", "JPEG"),
    ],
)
def test_a_picture_beside_a_lora(
    thumbnails: Thumbnails, loras: Path, name: str, kind: str
) -> None:
    """By any of the usual names; what is in the file counts, not what it is called."""
    (loras / name).write_bytes(picture(RED, kind))

    assert shown(thumbnails, loras / "ink.safetensors") == ((256, 171), RED)


def test_a_picture_in_the_metadata(thumbnails: Thumbnails, loras: Path) -> None:
    """ModelSpec's; one beside the file was put there on purpose, and wins."""
    lora = loras / "ink.safetensors"
    lora.write_bytes(ink(thumbnail=data_url(picture(BLUE, "JPEG"))))
    assert shown(thumbnails, lora) == ((256, 171), BLUE)
    (loras / "ink.webp").write_bytes(picture(RED, "WEBP"))
    assert shown(thumbnails, lora) == ((256, 171), RED)


def test_a_picture_of_a_models_folder(thumbnails: Thumbnails, tmp_path: Path) -> None:
    """In it, or beside it under its name, dots and all."""
    model = put_model(tmp_path / "models" / "dream-1.0")
    assert shown(thumbnails, model) is None
    (model / "preview.png").write_bytes(picture(RED))
    assert shown(thumbnails, model) == ((256, 171), RED)
    (model.parent / "dream-1.0.preview.jpg").write_bytes(picture(BLUE, "JPEG"))
    assert shown(thumbnails, model) == ((256, 171), BLUE)


def test_a_changed_picture_is_made_anew(thumbnails: Thumbnails, loras: Path) -> None:
    """And the same one is not."""
    lora, beside = loras / "ink.safetensors", loras / "ink.png"
    beside.write_bytes(picture(RED))
    first = thumbnails.of([lora])[lora]
    thumbnails._blobs.remove(first.sha256)
    assert thumbnails.of([lora])[lora] == first
    assert not thumbnails._blobs.has(first.sha256), "it was made again"
    beside.write_bytes(picture(BLUE))
    os.utime(beside, ns=(1, 1))
    assert thumbnails.of([lora])[lora].sha256 != first.sha256
    beside.unlink()
    assert thumbnails.of([lora]) == {}


def bomb() -> bytes:
    """A PNG that claims 60,000 x 60,000 pixels."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    size, crc = struct.pack(">I", len(header)), struct.pack(">I", zlib.crc32(chunk))
    return b"\x89PNG\r\n\x1a\n" + size + chunk + crc


def gif() -> bytes:
    """A picture, but of no kind that is looked at."""
    file = io.BytesIO()
    Image.new("P", (8, 8)).save(file, "GIF")
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"no picture", picture(RED)[:300], bomb(), gif(), b"%!PS-Adobe-3.0 EPSF-3.0"],
    ids=["empty", "text", "cut", "bomb", "gif", "program"],
)
def test_what_is_no_good_picture_is_not_shown(
    thumbnails: Thumbnails, loras: Path, content: bytes
) -> None:
    """Beside it or in it; the others are shown all the same."""
    bad, good = loras / "bad.safetensors", loras / "ink.safetensors"
    bad.write_bytes(ink(thumbnail=data_url(content)))
    (loras / "ink.png").write_bytes(picture(RED))
    assert set(thumbnails.of([bad, good])) == {good}
    bad.write_bytes(ink())
    (loras / "bad.png").write_bytes(content)

    assert set(thumbnails.of([bad, good])) == {good}


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a.png",
        "file:///etc/passwd",
        "data:image/png,raw",
        "data:image/png;base64,***",
        "",
    ],
)
def test_only_data_in_the_file_itself_is_taken(
    thumbnails: Thumbnails, loras: Path, url: str
) -> None:
    """No address is followed."""
    lora = loras / "ink.safetensors"
    lora.write_bytes(ink(thumbnail=url))

    assert thumbnails.of([lora]) == {}


def test_a_picture_that_ends_the_child_costs_itself_alone(
    thumbnails: Thumbnails, loras: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those before and behind it are made."""
    monkeypatch.setattr("colab_worker.thumbnails._COMMAND", _FRAGILE)
    for name in ("a", "killer", "z"):
        (loras / f"{name}.safetensors").write_bytes(ink())
        (loras / f"{name}.png").write_bytes(picture(RED))
    asked = [loras / f"{name}.safetensors" for name in ("a", "killer", "z")]

    assert set(thumbnails.of(asked)) == {asked[0], asked[2]}


_FRAGILE = (
    sys.executable,
    "-c",
    "import os, sys\n"
    "from pathlib import Path\n"
    "from colab_worker.models import shrink\n"
    "before = shrink.shrink\n"
    "shrink.shrink = lambda p: os._exit(9) if p.stem == 'killer' else before(p)\n"
    "shrink.main(Path(sys.argv[1]))\n",
)


def test_a_picture_goes_with_its_lora(
    loras: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pictures of others stay."""
    monkeypatch.setenv("MOONREEL_MODELS", str(loras.parent))
    for name in ("ink.preview.png", "ink.jpg", "inkwell.png"):
        (loras / name).write_bytes(picture(RED))
    assert command.main(["remove", "ink"]) == 0

    assert [path.name for path in loras.iterdir()] == ["inkwell.png"]


def test_a_picture_is_no_part_of_a_model(tmp_path: Path) -> None:
    """Its pictures are not drawn anew because somebody gave it one."""
    model = put_model(tmp_path / "dream")
    before = {e.name: e.version for e in Shelf(tmp_path, has_gpu=False).entries()}
    (model / "preview.png").write_bytes(picture(RED))
    after = {e.name: e.version for e in Shelf(tmp_path, has_gpu=False).entries()}

    assert find_cover(model) is not None
    assert after == before

"""The encoder of a machine: NVENC only if it really encodes, x264 as the machine allows."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import imageio_ffmpeg
import pytest

from colab_worker.encoder_choice import FILE, EncoderChoice
from colab_worker.engines.base import EngineError
from colab_worker.engines.registry import PlanRefused
from colab_worker.film import encoders
from colab_worker.film.quality import NVENC, X264, Encoder, canvas
from shared_protocol import vocab

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="stands in for ffmpeg with a shell script"
)
LAST_WORDS = "OpenEncodeSessionEx failed: unsupported device (2)"


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch, nvenc: str) -> Path:
    """An ffmpeg that does ``nvenc`` when asked for that encoder; a list of its calls."""
    real, calls = imageio_ffmpeg.get_ffmpeg_exe(), folder / "calls"
    script = folder / "ffmpeg"
    script.write_text(
        f'#!/bin/sh\necho call >> {calls}\ncase "$*" in\n*{NVENC}*) {nvenc} ;;\nesac\n'
        f'exec {real} "$@"\n',
        encoding="utf-8",
    )
    script.chmod(0o755)
    calls.touch()
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(script))
    return calls


FAILS = f'echo "[error] [{NVENC} @ 0x5581] {LAST_WORDS}" >&2; exit 1'
SAYS_IT_ENCODED = "exit 0"
#: The arguments with x264 in the place of NVENC: an encoder that works.
ENCODES = (
    'for a; do shift; case "$a" in h264_nvenc) a=libx264 ;; p4) a=veryfast ;; esac; '
    'set -- "$@" "$a"; done'
)


@pytest.mark.parametrize("way", [FAILS, SAYS_IT_ENCODED])
def test_nvenc_that_does_not_encode_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """Listed, even ending well, but without a clip: x264, and the reason is told."""
    stand_in(tmp_path, monkeypatch, way)
    choice = encoders.choose("auto", gpu=True)

    assert choice.encoder.name == X264
    assert NVENC in choice.reason
    assert (LAST_WORDS in choice.reason) == (way == FAILS)


def test_nvenc_that_encodes_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One whole clip is enough."""
    stand_in(tmp_path, monkeypatch, ENCODES)

    assert encoders.choose("auto", gpu=True).encoder == Encoder(NVENC)
    assert encoders.choose(NVENC, gpu=False).encoder == Encoder(NVENC)


def test_without_a_gpu_nvenc_is_not_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A single trial of x264, whose preset is one that films are encoded with."""
    calls = stand_in(tmp_path, monkeypatch, FAILS)
    choice = encoders.choose("auto", gpu=False)

    assert calls.read_text().count("call") == 1
    assert choice.encoder.name == X264
    assert choice.encoder.veryfast in ("superfast", "veryfast", "medium")
    assert "times the speed of playing" in choice.reason


@pytest.mark.parametrize(
    ("spent_s", "preset"),
    [("4.0", "superfast"), ("0.2", "veryfast"), ("0.004", "medium")],
)
def test_the_preset_suits_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spent_s: str, preset: str
) -> None:
    """What a trial costs decides; here ffmpeg says so, and two processors do it."""
    said = f"s/utime=[0-9.]*s stime=[0-9.]*s/utime={spent_s}s stime=0.000s/"
    real = imageio_ffmpeg.get_ffmpeg_exe()
    way = f'{real} "$@" 2>{tmp_path}/log; code=$?; sed "{said}" {tmp_path}/log >&2; exit $code'
    stand_in(tmp_path, monkeypatch, "true")
    script = tmp_path / "ffmpeg"
    script.write_text(f"#!/bin/sh\n{way}\n", encoding="utf-8")
    monkeypatch.setattr(encoders, "_processors", lambda: 2)

    assert encoders.choose("auto", gpu=False).encoder.veryfast == preset


def test_an_encoder_by_name_that_fails_ends_the_film(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never another one in its place; ffmpeg's last lines say why."""
    stand_in(tmp_path, monkeypatch, FAILS)
    with pytest.raises(EngineError, match=r"unsupported device \(2\)"):
        encoders.choose(NVENC, gpu=True)
    with pytest.raises(PlanRefused, match=r"encoder: ffmpeg failed while trying"):
        asyncio.run(EncoderChoice(tmp_path, NVENC, "A Card").encoder())
    assert not (tmp_path / FILE).exists()


def test_the_choice_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Across restarts, until the wish or the GPU is another; a damaged file is no fault."""
    calls = stand_in(tmp_path, monkeypatch, FAILS)
    first = EncoderChoice(tmp_path, "auto", None)
    chosen = asyncio.run(first.encoder())
    again = [
        asyncio.run(first.encoder()),
        asyncio.run(EncoderChoice(tmp_path, "auto", None).encoder()),
    ]
    assert calls.read_text().count("call") == 1
    assert again == [chosen, chosen]

    asyncio.run(EncoderChoice(tmp_path, X264, None).encoder())
    asyncio.run(EncoderChoice(tmp_path, X264, "A Card").encoder())
    assert calls.read_text().count("call") == 3
    (tmp_path / FILE).write_text("{", encoding="utf-8")
    asyncio.run(EncoderChoice(tmp_path, X264, "A Card").encoder())
    assert calls.read_text().count("call") == 4


@pytest.mark.parametrize("quality", list(vocab.QUALITIES))
def test_each_quality_has_its_words_for_each_encoder(quality: str) -> None:
    """The size stays; x264 changes only in place of veryfast."""
    frame = canvas("16:9", quality)
    by_card = Encoder(NVENC).encodes(frame)
    lighter = Encoder(X264, "superfast").encodes(frame)

    assert by_card.preset in ("p1", "p4", "p7")
    assert (by_card.encoder, by_card.crf) == (NVENC, frame.crf)
    assert (lighter.preset == "superfast") == (frame.preset == "veryfast")
    assert Encoder().encodes(frame) == frame

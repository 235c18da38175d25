"""XTTS through the engine, on a tiny model: a sample's voice, languages, speed, times."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import time
import wave
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from colab_worker.engines.base import BadInput, EngineError, Speech, VoiceRequest
from colab_worker.engines.coqui.library import import_xtts
from colab_worker.engines.entry import EngineEntry, make_engine
from colab_worker.models.shelf import Shelf
from tests.models.evil import Evil
from tests.models.tiny_voice import write_sample

pytestmark = pytest.mark.timeout(300)
TEXT = "The crow paid 42 coins!\n\nThe water was low."
REQUEST = VoiceRequest(
    text=TEXT,
    voice_id="sample",
    speed=1.0,
    language="en",
    sentence_pause_s=0.4,
    paragraph_pause_s=0.8,
    tail_s=0.6,
)


def silent(part: float, note: str) -> None:
    """Nobody listens."""


def entry(shelf: Path) -> EngineEntry:
    """The engine as the registry knows it."""
    found = {e.name: e for e in Shelf(shelf, has_gpu=False).entries()}["xtts"]
    assert found.unavailable is None
    return found


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Somebody's voice."""
    return write_sample(tmp_path_factory.mktemp("voice") / "a.wav")


@pytest.fixture(scope="module")
def engine(voices: Path) -> Any:
    """The engine, loaded."""
    made = make_engine(entry(voices).address)
    made.load()
    return made


def spoken(engine: Any, out: Path, **changes: Any) -> tuple[bytes, Speech]:
    """The bytes of the sound, and what is told of it."""
    speech = engine.speak(replace(REQUEST, **changes), out / "a.wav", silent)
    return (out / "a.wav").read_bytes(), speech


def test_the_same_request_gives_the_same_bytes(
    engine: Any, voices: Path, sample: Path, tmp_path: Path
) -> None:
    """Also when loaded anew, whatever others set; nothing is written to the shelf."""
    import torch

    weights = (voices / "xtts" / "model.pth").read_bytes()
    first, speech = spoken(engine, tmp_path, sample=sample)
    other = make_engine(entry(voices).address)
    other.load()
    threads = torch.get_num_threads()
    torch.set_num_threads(threads + 1)
    try:
        anew = spoken(other, tmp_path, sample=sample)[0]
        assert torch.get_num_threads() == threads + 1
    finally:
        torch.set_num_threads(threads)

    assert spoken(engine, tmp_path, sample=sample)[0] == first
    assert anew == first
    assert (voices / "xtts" / "model.pth").read_bytes() == weights
    assert speech.device == "cpu"
    with wave.open(str(tmp_path / "a.wav")) as file:
        assert (file.getnchannels(), file.getframerate()) == (1, 24_000)


def test_two_processes_say_the_same_bytes(
    engine: Any, voices: Path, sample: Path, tmp_path: Path
) -> None:
    """As two workers on one machine would, and this process too."""
    told = json.dumps(
        {"address": entry(voices).address}
        | vars(replace(REQUEST, sample=None))
        | {"sample": str(sample)}
    )
    heard = {spoken(engine, tmp_path, sample=sample)[0]}
    for number in range(2):
        out = tmp_path / f"process-{number}.wav"
        command = [sys.executable, "-m", "tests.models.speaks_once", told, str(out)]
        subprocess.run(command, check=True, capture_output=True)
        heard.add(out.read_bytes())
    assert len(heard) == 1


@pytest.mark.parametrize("frames", [1, 3, 17, 999, 48_001, 400_003])
def test_sound_lies_where_kernels_want_it(frames: int, tmp_path: Path) -> None:
    """Memory of NumPy begins anywhere, and sums come out otherwise by where."""
    import_xtts()
    import soundfile

    from colab_worker.engines.coqui.torchaudio_parts import load, resample

    file = tmp_path / "a.wav"
    soundfile.write(file, np.linspace(-0.5, 0.5, frames), 24_000)
    told, _ = load(file)
    assert told.data_ptr() % 64 == 0
    assert resample(told, 24_000, 16_000).data_ptr() % 64 == 0


def test_a_normalized_spectrogram_does_not_depend_on_its_window() -> None:
    """Its power is divided by that of the window, as torchaudio does it."""
    import_xtts()
    import torch

    from colab_worker.engines.coqui.torchaudio_parts import MelSpectrogram

    sound = torch.linspace(-1, 1, 2048).sin()
    plain, normal = (
        MelSpectrogram(n_fft=256, n_mels=20, normalized=normalized)(sound)
        for normalized in (False, True)
    )
    power = torch.hann_window(256).pow(2).sum()
    assert torch.allclose(normal * power, plain, rtol=1e-4)


@pytest.mark.parametrize("kind", ["flac", "ogg", "mp3"])
def test_samples_of_every_kind_are_heard(
    engine: Any, sample: Path, tmp_path: Path, kind: str
) -> None:
    """The same voice in another coat, without a program or library of the system."""
    import soundfile

    samples, rate = soundfile.read(sample)
    other = tmp_path / f"a.{kind}"
    soundfile.write(other, samples, rate)
    assert spoken(engine, tmp_path, sample=other)[1].duration_s > 1


def test_each_sample_is_another_voice(
    engine: Any, sample: Path, tmp_path: Path
) -> None:
    """And none at all is told."""
    other = write_sample(tmp_path / "b.wav", seed=3)
    one = spoken(engine, tmp_path, sample=sample)[0]
    assert spoken(engine, tmp_path, sample=other)[0] != one
    with pytest.raises(BadInput, match="needs a sample"):
        spoken(engine, tmp_path)


def test_its_languages_and_no_others(engine: Any, sample: Path, tmp_path: Path) -> None:
    """German is another sound; what it cannot is refused by name."""
    words = {"text": "Der Hund war da.", "sample": sample}
    german = spoken(engine, tmp_path, language="de-at", **words)[0]
    assert spoken(engine, tmp_path, language="en", **words)[0] != german
    with pytest.raises(BadInput, match="does not speak fr, but en, de"):
        spoken(engine, tmp_path, language="fr", **words)


@pytest.mark.parametrize("speed", [0.5, 0.8, 1.25, 2.0])
def test_speed_is_exact(
    engine: Any, sample: Path, tmp_path: Path, speed: float
) -> None:
    """Within three percent, however long the sentence."""
    alone = {"sentence_pause_s": 0.0, "paragraph_pause_s": 0.0, "tail_s": 0.0,
             "text": "The crow was thirsty and the water was low.", "sample": sample}  # fmt: skip
    plain = spoken(engine, tmp_path, **alone)[1].duration_s
    other = spoken(engine, tmp_path, speed=speed, **alone)[1].duration_s
    assert other == pytest.approx(plain / speed, rel=0.03)


def test_a_long_sentence_is_spoken_whole(
    engine: Any, sample: Path, tmp_path: Path
) -> None:
    """In pieces, each within what the model takes."""
    asked: list[str] = []
    model = engine._model._model
    inference = model.inference

    def heard(text: str, *more: Any, **options: Any) -> Any:
        asked.append(text)
        return inference(text, *more, **options)

    model.inference = heard
    try:
        long = ", ".join(f"the crow flew over hill number {n} and on" for n in range(9))
        _, speech = spoken(engine, tmp_path, text=long, sample=sample)
    finally:
        model.inference = inference
    assert len(asked) > 1
    assert max(map(len, asked)) <= 250
    assert [word.text for word in speech.words] == long.split()


def test_words_get_times_by_weight_or_by_listening(
    engine: Any, voices: Path, sample: Path, tmp_path: Path, whisper: Path
) -> None:
    """With the aligner on the shelf words are listened for, and the key is another."""
    _, weighed = spoken(engine, tmp_path, sample=sample)
    both = tmp_path / "both"
    both.mkdir()
    (both / "xtts").symlink_to(voices / "xtts")
    (both / "whisper").symlink_to(whisper)
    listening = make_engine(entry(both).address)
    listening.load()
    _, aligned = spoken(listening, tmp_path, sample=sample)

    assert entry(both).version != entry(voices).version
    for speech in (weighed, aligned):
        assert [word.text for word in speech.words] == TEXT.split()
        times = [at for word in speech.words for at in (word.start_s, word.end_s)]
        assert times == sorted(times)
        assert times[-1] <= speech.duration_s - REQUEST.tail_s + 0.001
    assert aligned.words != weighed.words
    assert aligned.duration_s == weighed.duration_s
    assert listening._aligner._model is not None


def test_weights_that_are_programs_are_never_run(voices: Path, tmp_path: Path) -> None:
    """A model file is data; one that is more is refused with a sentence."""
    import torch

    folder = shutil.copytree(voices / "xtts", tmp_path / "xtts")
    ran = tmp_path / "ran"
    torch.save({"model": Evil(ran)}, folder / "model.pth")
    with pytest.raises(EngineError, match="the voice model xtts cannot be loaded"):
        make_engine(entry(tmp_path).address).load()
    assert not ran.exists()


def test_a_voice_that_runs_out_of_gpu_memory_goes_on_without(
    voices: Path, sample: Path, tmp_path: Path
) -> None:
    """By the allocator's own exception; it is said once, and the CPU is kept."""
    import torch

    made = make_engine(entry(voices).address)
    made.load()
    made._model.device = "cuda"  # as far as the engine knows
    decoder = made._model._model.hifigan_decoder

    def full(*_: Any) -> None:
        if made._model.device == "cuda":
            raise torch.cuda.OutOfMemoryError("CUDA out of memory")

    decoder.register_forward_pre_hook(full)
    _, speech = spoken(made, tmp_path, sample=sample)
    assert speech.device == "cpu"
    (warning,) = speech.warnings
    assert "no memory left for the voice" in warning


def test_a_gpu_too_full_to_hear_the_sample_is_no_fault_of_the_sample(
    voices: Path, sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sample is looked at on the CPU then."""
    import torch

    made = make_engine(entry(voices).address)
    made.load()
    made._model.device = "cuda"  # as far as the engine knows
    listen = made._model._model.get_conditioning_latents

    def full(*told: Any, **more: Any) -> Any:
        if made._model.device == "cuda":
            raise torch.cuda.OutOfMemoryError("CUDA out of memory")
        return listen(*told, **more)

    monkeypatch.setattr(made._model._model, "get_conditioning_latents", full)
    _, speech = spoken(made, tmp_path, sample=sample)
    assert speech.device == "cpu"
    assert "no memory left for the voice" in speech.warnings[0]


@pytest.mark.slow
def test_a_film_in_the_voice_of_a_sample(
    voices: Path, sample: Path, tmp_path: Path
) -> None:
    """Through worker and child; consent is part of the job, and it is refused without."""
    from tests.workers import WorkerProcess, film

    content = sample.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    spec = film("the cat", voice_sample=sha256, voice_consent=True)
    with WorkerProcess(
        tmp_path, engines="[]", env={"MOONREEL_MODELS": str(voices)}
    ) as worker:
        worker.client.put(f"/blobs/sha256/{sha256}", content=content)
        view = worker.finish(worker.submit(spec), within_s=240)
        without = worker.client.put(
            "/jobs/no-consent-1", json={"spec": spec | {"voice_consent": False}}
        )

    assert view["state"] == "complete", view["error"]
    (voice,) = [u for u in view["units"] if u["kind"] == "voice"]
    assert voice["engine"] == "xtts"
    assert voice["result"]["facts"]["voice"] == "of a sample, used with consent"
    assert without.status_code == 422
    assert without.json()["error"]["param"] == "spec.voice_consent"
    words = next(a for a in view["artifacts"] if a["name"] == "scene-001-words.json")
    assert json.loads(json.dumps(words))["role"] == "words"
    assert np.isfinite(voice["result"]["facts"]["duration_s"])


@pytest.mark.slow
def test_it_is_loaded_before_any_film(
    voices: Path, sample: Path, tmp_path: Path
) -> None:
    """``--preload xtts``: told in the health, in its own lane, and then spoken with."""
    from tests.workers import WorkerProcess, film

    content = sample.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    env = {"MOONREEL_MODELS": str(voices)}
    with WorkerProcess(tmp_path, "--preload", "xtts", engines="[]", env=env) as worker:
        deadline = time.monotonic() + 120
        while worker.client.get("/health").json()["loaded"] != ["xtts"]:
            assert time.monotonic() < deadline, worker.log()
            time.sleep(0.1)
        worker.client.put(f"/blobs/sha256/{sha256}", content=content)
        spec = film("the cat", voice_sample=sha256, voice_consent=True)
        view = worker.finish(worker.submit(spec), within_s=240)
        assert worker.client.get("/health").json()["loaded"] == ["xtts"]
        log = worker.log()

    assert view["state"] == "complete", view["error"]
    assert log.count("xtts is loaded") == 1

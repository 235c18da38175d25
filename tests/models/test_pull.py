"""Models come onto the shelf from a hub, which here is a server of our own."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from colab_worker.engines.entry import make_engine
from colab_worker.models import pull
from colab_worker.models.presets import BY_NAME, VITS
from tests.models.test_sdxl import drawn, entry
from tests.servers.model_sources import (
    COMMIT,
    FILES,
    STRANGER,
    Archive,
    Hub,
    fresh_hub,
    serving,
)


@pytest.fixture
def hub() -> Iterator[str]:
    """The address of a hub of its own."""
    fresh_hub()
    with serving(Hub) as address:
        yield address


def pulling(hub: str, shelf: Path, *names: str, **env: str) -> subprocess.Popen[str]:
    """Runs the command as a person would, in a process of its own."""
    # Engines that other tests loaded have turned the hub off for this process.
    env = {
        **os.environ, "HF_HUB_OFFLINE": "0", "HF_ENDPOINT": hub,
        "MOONREEL_MODELS": str(shelf), "HF_HUB_DISABLE_XET": "1", **env,
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-m", "colab_worker.models", "pull", *names],
        env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def ended(process: subprocess.Popen[str]) -> subprocess.CompletedProcess[str]:
    """What it said, once it is done."""
    out, err = process.communicate(timeout=100)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def pulled(
    hub: str, shelf: Path, *names: str, **env: str
) -> subprocess.CompletedProcess[str]:
    """The command, to its end."""
    return ended(pulling(hub, shelf, *names, **env))


def test_a_model_comes_with_the_one_that_it_draws_with(
    hub: str, tmp_path: Path
) -> None:
    """Only the files that are needed, no pickled weights; nothing is left beside them."""
    done = pulled(hub, tmp_path, "sdxl-fast")
    again = pulled(hub, tmp_path, "sdxl-fast")
    files = {
        p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()
    }

    assert done.returncode == 0, done.stderr
    assert files == {
        "sdxl/model_index.json",
        "sdxl/unet/config.json",
        "sdxl/vae/config.json",
        "sdxl/unet/model.fp16.safetensors",
        "sdxl-fast/sdxl_lightning_4step_lora.safetensors",
    }
    assert "licence CreativeML Open RAIL++-M" in done.stdout
    assert again.stdout.count("is here already") == 2


@pytest.mark.parametrize("name", ["unet/model.fp16.safetensors", "model_index.json"])
def test_other_bytes_than_described_are_thrown_away(
    hub: str, tmp_path: Path, name: str
) -> None:
    """Of large files and of small ones; the rest is kept, and the next run is whole."""
    Hub.damaged = {name}
    done = pulled(hub, tmp_path, "sdxl")
    assert done.returncode == 1
    assert f"{name} did not come as https://huggingface.co/stabilityai" in done.stderr
    assert not (tmp_path / "sdxl").exists()

    Hub.damaged, Hub.asked = set(), []
    assert pulled(hub, tmp_path, "sdxl").returncode == 0
    assert [asked for asked in Hub.asked if asked.startswith("GET")] == [f"GET {name}"]
    assert (tmp_path / "sdxl" / name).read_bytes() == FILES[name]


def test_a_file_outside_of_the_model_is_refused(hub: str, tmp_path: Path) -> None:
    """Whoever lists it; nothing is fetched."""
    outside = "../../unet/other.json"
    Hub.files = FILES | {outside: b"{}"}
    done = pulled(hub, tmp_path / "shelf", "sdxl")

    assert done.returncode == 1
    assert done.stderr.endswith(f"lists a file outside of itself: {outside}\n")
    assert Hub.asked == []


def test_a_gated_model_says_where_its_licence_is(hub: str, tmp_path: Path) -> None:
    """And nothing stands on the shelf."""
    Hub.gated = True
    done = pulled(hub, tmp_path, "sdxl")

    assert done.returncode == 1
    assert "accept the licence at https://huggingface.co/stabilityai/" in done.stderr
    assert not (tmp_path / "sdxl").exists()


def test_no_hub_is_one_sentence(tmp_path: Path) -> None:
    """Without a trace, and the next run goes on."""
    done = pulled("http://127.0.0.1:9", tmp_path, "sdxl")

    assert done.returncode == 1
    assert "run it again, and it goes on" in done.stderr
    assert "Traceback" not in done.stderr


def test_too_little_space_is_said_before_anything_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With both figures."""
    monkeypatch.setitem(pull.BY_NAME, "sdxl", replace(BY_NAME["sdxl"], bytes=10**18))
    with pytest.raises(pull.NotPulled, match=r"1000000000\.0 GB are needed"):
        pull.pull("sdxl", tmp_path)


def test_a_voice_is_unpacked_without_its_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three files by name; whatever else an archive holds stays in it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in (*pull.VOICE_FILES, "../escape.json"):
            archive.writestr(f"vits/{name}", "content")
    source = tmp_path / "voice.zip"
    source.write_bytes(packed.getvalue())
    voice = replace(VITS, url=source.as_uri())
    monkeypatch.setitem(pull.OTHERS, "vits", voice)
    pull.pull("vits", tmp_path / "shelf")

    here = {p.name for p in (tmp_path / "shelf" / "vits").iterdir()}
    assert here == set(pull.VOICE_FILES)
    assert "vits: 100 %" in capsys.readouterr().out


@pytest.fixture
def archive(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Archive]]:
    """The voice comes from here."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
        for name in pull.VOICE_FILES:
            opened.writestr(f"vits/{name}", os.urandom(9000).hex())
    Archive.content, Archive.asked = packed.getvalue(), []
    Archive.whole, Archive.measured = False, True
    with serving(Archive) as address:
        voice = replace(VITS, url=f"{address}/voice.zip")
        monkeypatch.setitem(pull.OTHERS, "vits", voice)
        yield Archive


def test_an_archive_that_came_whole_is_unpacked_after_all(
    archive: type[Archive], tmp_path: Path
) -> None:
    """The run before was killed in between; there are no further bytes to ask for."""
    staging = tmp_path / ".pulling" / "vits"
    staging.mkdir(parents=True)
    (staging / "archive.zip").write_bytes(archive.content)
    pull.pull("vits", tmp_path)

    assert archive.asked == [f"bytes={len(archive.content)}-"]
    assert {p.name for p in (tmp_path / "vits").iterdir()} == set(pull.VOICE_FILES)


def test_an_archive_that_broke_off_goes_on(
    archive: type[Archive], tmp_path: Path
) -> None:
    """The second run asks for the rest only."""
    with pytest.raises(pull.NotPulled, match="run it again, and it goes on"):
        pull.pull("vits", tmp_path)
    assert not (tmp_path / "vits").exists()
    pull.pull("vits", tmp_path)

    assert archive.asked == [None, f"bytes={len(archive.content) // 2}-"]
    assert {p.name for p in (tmp_path / "vits").iterdir()} == set(pull.VOICE_FILES)


def test_some_space_stays_free(tmp_path: Path) -> None:
    """As much as was asked for; nothing is fetched."""
    with pytest.raises(pull.NotPulled, match=r"1000000000\.0 GB shall stay so"):
        pull.pull("vits", tmp_path, floor_bytes=10**18)


def one_sentence(done: subprocess.CompletedProcess[str]) -> str:
    """What a command that failed says last; never a trace."""
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done.stderr.splitlines()[-1]


def test_a_file_that_broke_off_goes_on(hub: str, tmp_path: Path) -> None:
    """The next run asks for the rest of it only; the client writes 10 MiB at a time."""
    name, content = "unet/model.fp16.safetensors", b"weights" * 4_000_000
    Hub.files, Hub.broken = FILES | {name: content}, {name}
    told = one_sentence(pulled(hub, tmp_path, "sdxl"))
    assert "run it again, and it goes on" in told
    assert not (tmp_path / "sdxl").exists()

    Hub.broken, Hub.asked = set(), []
    done = pulled(hub, tmp_path, "sdxl")
    assert done.returncode == 0
    assert f"bytes={10 << 20}- {name}" in Hub.asked
    assert f"GET {name}" not in Hub.asked
    assert "sdxl: 35 %" in done.stdout
    assert "sdxl: 100 %" in done.stdout
    assert (tmp_path / "sdxl" / name).read_bytes() == content


def test_a_hub_that_answers_with_a_page_is_one_sentence(
    hub: str, tmp_path: Path
) -> None:
    """As one under repair, or the page of a network that wants a login."""
    Hub.listing = b"<html>maintenance</html>"
    told = one_sentence(pulled(hub, tmp_path, "sdxl"))
    assert "run it again, and it goes on" in told
    assert not (tmp_path / "sdxl").exists()


def test_a_proxy_that_refuses_is_one_sentence(hub: str, tmp_path: Path) -> None:
    """With what it said."""
    Hub.refusal = (407, {})
    done = pulled("https://hub.invalid", tmp_path, "sdxl", HTTPS_PROXY=hub)
    assert "the download from" in one_sentence(done)


def test_a_token_that_the_hub_does_not_know_is_said(hub: str, tmp_path: Path) -> None:
    """By the variable's name; to go on would not help."""
    wrong = "hf_" + "w" * 34
    Hub.refusal = (
        401, {"X-Error-Message": "Invalid credentials in Authorization header"}
    )  # fmt: skip
    done = pulled(hub, tmp_path, "sdxl", HF_TOKEN=wrong)
    assert "HF_TOKEN" in one_sentence(done)
    assert wrong not in done.stdout + done.stderr
    assert f"Bearer {wrong}" in Hub.tokens


def test_a_hub_that_is_turned_off_is_said(hub: str, tmp_path: Path) -> None:
    """By the variable that did it."""
    told = one_sentence(pulled(hub, tmp_path, "sdxl", HF_HUB_OFFLINE="1"))
    assert "HF_HUB_OFFLINE" in told
    assert not Hub.asked


def test_of_two_pulls_of_one_model_one_fetches(hub: str, tmp_path: Path) -> None:
    """The other one says so at once, and harms nothing."""
    Hub.go_on.clear()
    first = pulling(hub, tmp_path, "sdxl")
    assert Hub.waits.wait(60)
    second = pulled(hub, tmp_path, "sdxl")
    Hub.go_on.set()
    assert ended(first).returncode == 0
    assert "is being fetched" in one_sentence(second)
    assert pulled(hub, tmp_path, "sdxl").stdout.count("is here already") == 1


def test_an_interrupt_ends_it_at_once_and_the_next_run_goes_on(
    hub: str, tmp_path: Path
) -> None:
    """Though a body is under way."""
    Hub.go_on.clear()
    process = pulling(hub, tmp_path, "sdxl")
    assert Hub.waits.wait(60)
    process.send_signal(signal.SIGINT)
    done = ended(process)
    assert not Hub.go_on.is_set()
    assert done.returncode == 130
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].endswith("the same command goes on")
    Hub.go_on.set()
    assert pulled(hub, tmp_path, "sdxl").returncode == 0


def test_half_a_model_is_not_taken_for_one(hub: str, tmp_path: Path) -> None:
    """As somebody's own copy that broke off leaves it."""
    (tmp_path / "sdxl").mkdir(parents=True)
    (tmp_path / "sdxl" / "model_index.json").write_bytes(b"{}")
    told = one_sentence(pulled(hub, tmp_path, "sdxl"))
    assert "`moonreel models remove sdxl`" in told


def test_an_archive_with_other_bytes_is_thrown_away(
    archive: type[Archive], tmp_path: Path
) -> None:
    """Wherever they are; the next run is whole."""
    right, Archive.whole = archive.content, True
    for place in range(0, len(right), 1500):
        Archive.content = right[:place] + bytes(3000) + right[place + 3000 :]
        with pytest.raises(pull.NotPulled, match="thrown away"):
            pull.pull("vits", tmp_path)
    Archive.content = right
    pull.pull("vits", tmp_path)
    assert {p.name for p in (tmp_path / "vits").iterdir()} == set(pull.VOICE_FILES)


def test_an_archive_whose_length_nobody_tells_is_whole_by_itself(
    archive: type[Archive], tmp_path: Path
) -> None:
    """A proxy may leave it out; that the listed size is about right is not relied on."""
    Archive.whole, Archive.measured = True, False
    pull.pull("vits", tmp_path)
    assert {p.name for p in (tmp_path / "vits").iterdir()} == set(pull.VOICE_FILES)


@pytest.mark.usefixtures("archive")
def test_a_disk_that_gets_full_is_said(tmp_path: Path) -> None:
    """And not that the server broke off, as running it again would not help."""
    staging = tmp_path / ".pulling" / "vits"
    staging.mkdir(parents=True)
    (staging / "archive.zip").symlink_to("/dev/full")
    with pytest.raises(pull.NotPulled, match="the disk is full"):
        pull.pull("vits", tmp_path)


def test_a_folder_that_cannot_be_written_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By its name; so by the command that the notebook runs."""
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("MOONREEL_MODELS", str(tmp_path / "file" / "models"))
    assert pull.main(["vits"]) == 1
    assert str(tmp_path / "file" / "models") in capsys.readouterr().err


def test_any_model_of_the_hub_is_fetched_at_the_commit_of_now(
    hub: str, tmp_path: Path
) -> None:
    """Of its networks the weights of 16 bits; no pickles, no file for other programs."""
    index = {"_class_name": "StableDiffusionXLPipeline", "unet": ["diffusers", "U"]}
    Hub.files = FILES | {
        "model_index.json": json.dumps(index).encode(),
        "unet/model.safetensors": b"of 32 bits",
        "whole.safetensors": b"for other programs",
        "onnx/model.safetensors": b"for other programs",
    }
    done = pulled(hub, tmp_path, STRANGER)
    assert done.returncode == 0, done.stderr
    assert f"{STRANGER}: 0.0 GB, licence mit" in done.stdout
    assert f"revision {COMMIT}" in done.stdout
    home = tmp_path / STRANGER.replace("/", "--")
    assert {p.relative_to(home).as_posix() for p in home.rglob("*") if p.is_file()} == {
        "model_index.json",
        "unet/config.json",
        "unet/model.fp16.safetensors",
        "vae/config.json",
    }
    assert all(f"/{STRANGER}/resolve/{COMMIT}/" in path for path in Hub.paths)
    assert "is here already" in pulled(hub, tmp_path, f"{STRANGER}@main").stdout


def test_networks_are_all_of_the_kind_of_the_one_that_denoises(
    hub: str, tmp_path: Path
) -> None:
    """As the model is loaded."""
    index = {"_class_name": "StableDiffusionXLPipeline", "unet": 0, "vae": 0}
    Hub.files = {
        "model_index.json": json.dumps(index).encode(),
        "unet/config.json": b"{}",
        "unet/model.safetensors": b"of 32 bits",
        "vae/config.json": b"{}",
        "vae/model.safetensors": b"of 32 bits",
        "vae/model.fp16.safetensors": b"of 16 bits",
    }
    assert pulled(hub, tmp_path, STRANGER).returncode == 0
    weights = {p.name for p in tmp_path.rglob("*.safetensors")}
    assert weights == {"model.safetensors"}
    assert len(list(tmp_path.rglob("*.safetensors"))) == 2


@pytest.mark.parametrize(
    ("index", "sentence"),
    [
        ({"_class_name": "StableDiffusionPipeline"}, "is a StableDiffusionPipeline"),
        ({"_class_name": "FluxPipeline"}, "transformer holds no safetensors file"),
        ({}, "has no model_index.json"),
    ],
)
def test_a_model_that_cannot_draw_is_refused_before_it_is_fetched(
    hub: str, tmp_path: Path, index: dict[str, str], sentence: str
) -> None:
    """By its pipeline, as a folder on the shelf would be."""
    Hub.files = FILES | {"model_index.json": json.dumps(index).encode()}
    assert sentence in one_sentence(pulled(hub, tmp_path, STRANGER))
    assert set(Hub.asked) <= {"GET model_index.json"}
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["nonesuch", "../sdxl", "a/b/c", "o'hara/x", "a/.."])
def test_a_name_that_is_none_is_refused(name: str, tmp_path: Path) -> None:
    """With those that there are; nobody is asked."""
    done = pulled("http://127.0.0.1:9", tmp_path, name)
    assert done.returncode == 2
    assert "is none of sdxl, sdxl-fast" in done.stderr


def test_a_model_of_the_hub_draws(hub: str, shelf: Path, tmp_path: Path) -> None:
    """What came is enough, and draws the same picture as where it came from."""
    own = [path for path in (shelf / "sdxl").rglob("*") if path.is_file()]
    Hub.files = {p.relative_to(shelf / "sdxl").as_posix(): p.read_bytes() for p in own}
    done = pulled(hub, tmp_path / "models", STRANGER)
    assert done.returncode == 0, done.stderr

    pictures = []
    for folder, name in ((shelf, "sdxl"), (tmp_path / "models", STRANGER)):
        engine = make_engine(entry(folder, name).address)
        engine.load()
        pictures.append(drawn(engine, tmp_path))
        engine.unload()
    assert pictures[0] == pictures[1]

"""Models that are known by name come onto the shelf from a hub, a server of our own."""

from __future__ import annotations

import signal
from dataclasses import replace
from pathlib import Path

import pytest

from colab_worker.models import pull
from colab_worker.models.presets import BY_NAME
from tests.models.pulls import ended, one_sentence, pulled, pulling
from tests.servers.model_sources import FILES, Hub


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

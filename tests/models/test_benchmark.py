"""The benchmark of the GPU at tiny size: it runs, and compares what is equal."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.gpu import CPU_NOTE, TOLERANCE, measure
from benchmarks.gpu.drawing import timed
from benchmarks.gpu.models import networks, write_pipeline
from benchmarks.gpu.sizes import QUICK
from colab_worker.engines.diffusion.quiet import import_diffusers
from colab_worker.models.shelf import Shelf
from tests.models.test_sdxl import REQUEST


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_it_runs_and_says_where(tmp_path: Path) -> None:
    """Both families, beside the stock pipeline, which draws nearly the same picture."""
    from benchmarks.plot import write_plot
    from benchmarks.report import as_document

    outcome = measure(quick=True)
    figures = {figure.name: figure for figure in outcome.figures}
    for name in (
        "sdxl, 64x64, 2 steps", "sdxl, with a LoRA: x stock", "flux, batch of 2",
        "sdxl, with IP-Adapter and LoRA: x stock", "flux: load", "sdxl: load, stock",
    ):  # fmt: skip
        assert figures[name].value > 0
    differs = [f for name, f in figures.items() if name.endswith("differs from stock")]
    assert len(differs) == 7
    assert all(TOLERANCE.met_by(figure.value) for figure in differs)
    import torch

    if not torch.cuda.is_available():
        assert all(CPU_NOTE in figure.note for figure in outcome.figures)
        assert not any(figure.target for figure in outcome.figures)
    told = {"cpu": "a processor", "cores": 2}
    document = as_document({"gpu": outcome}, told, quick=True)
    write_plot(document, tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size > 5000


@pytest.mark.parametrize(("most_s", "counted"), [(math.inf, 4), (0.0, 1)])
def test_a_slow_card_counts_fewer_pictures(most_s: float, counted: int) -> None:
    """One at least, after the one that does not count; the number is told."""
    drawn: list[int] = []
    seconds, n, _ = timed(drawn.append, 4, most_s)

    assert n == counted
    assert drawn == list(range(counted + 1))
    assert seconds >= 0


def test_calls_that_would_take_too_long_are_left_out_by_name(shelf: Path) -> None:
    """After the first, whose time says what they would take."""
    from benchmarks.gpu import _Run
    from benchmarks.gpu.drawing import Engine, ask

    run = _Run(replace(QUICK, most_s=0.0), has_gpu=False)
    engine = Engine(shelf, "sdxl")
    run._batches(engine, "sdxl", ask("sdxl", (64, 64), 1), shelf)
    engine.close()

    first, left = run.outcome.figures[0], run.outcome.figures[-1]
    assert first.name == "sdxl, batch of 1"
    assert left.name == "sdxl, batch of 2: left out, would take"
    assert left.value == pytest.approx(2 * 60 / first.value, rel=0.01)


@pytest.mark.parametrize("family", ["sdxl", "flux"])
def test_random_weights_are_whole_models(
    shelf: Path, tmp_path: Path, family: str
) -> None:
    """Written in pieces from networks without numbers, loaded as published ones are."""
    import torch

    from colab_worker.engines.entry import make_engine

    diffusers = import_diffusers()
    source = "sdxl" if family == "sdxl" else "flux-schnell"
    kind = type(diffusers.DiffusionPipeline.from_pretrained(shelf / source))
    other = kind.from_pretrained(shelf / source).components
    (tmp_path / family).symlink_to(shelf / source)
    empty = networks(tmp_path, family, QUICK)
    assert all(p.is_meta for part in empty.values() for p in part.parameters())
    pipe = kind(**other | empty)
    write_pipeline(tmp_path / "mine", pipe, torch.float32, shard_bytes=1 << 20)
    if family == "sdxl":
        assert len(list((tmp_path / "mine" / "unet").glob("*.safetensors"))) > 2
    (entry,) = [e for e in Shelf(tmp_path, has_gpu=False).entries() if e.name == "mine"]
    engine = make_engine(entry.address)
    engine.load()
    dials = {} if family == "sdxl" else {"guidance": None, "scheduler": "flow_euler"}
    request = replace(REQUEST, **dials)
    engine.draw(request, tmp_path / "a.png", lambda part, note: None)

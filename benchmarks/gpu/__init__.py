"""Pictures a minute of the image engine, beside the stock pipeline and the arithmetic limit.

The networks have the architectures of SDXL and FLUX and random weights, so nothing is
downloaded. Without a GPU the same runs at tiny size on the CPU: that shows that it
works, and says nothing of any GPU.
"""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
import traceback
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.figures import Outcome, Target, at_least, at_most
from benchmarks.gpu.busy import Busy
from benchmarks.gpu.sizes import FULL, QUICK, TINY, Size
from colab_worker.lane import MOST_TOGETHER
from colab_worker.models.shelf import FOUR_BITS_PACKAGE
from colab_worker.models.weights import FOUR, WHOLE, fitting_bits, part_numbers

#: Ours over the stock pipeline's, pictures a minute at equal steps and precision.
TIMES_STOCK = at_least(1.5)
#: Mean difference of two pictures, of 255.
TOLERANCE = at_most(3.0)
ROOM_GB = at_most(15.0)
#: Free on the disk for the weights of the largest model, FLUX's.
DISK_BYTES = 36 << 30
BUSY_PERCENT = at_least(95.0)
FAMILIES = ("sdxl", "flux")
CPU_NOTE = "tiny, on a CPU"


def measure(quick: bool) -> Outcome:
    """Everything that the machine has room for; tiny without a GPU, or if quick."""
    import torch

    has_gpu = torch.cuda.is_available()
    size = QUICK if quick else FULL if has_gpu else TINY
    folder = Path(tempfile.gettempdir())
    if size is FULL and shutil.disk_usage(folder).free < DISK_BYTES:
        raise SystemExit(
            f"The models of this benchmark take {DISK_BYTES >> 30} GiB in {folder}, and "
            "there is less; name another folder with TMPDIR."
        )
    run = _Run(size, has_gpu=has_gpu)
    with tempfile.TemporaryDirectory(prefix="moonreel-gpu-") as name:
        for family in FAMILIES:
            run.family(Path(name) / family, family)
            shutil.rmtree(Path(name) / family)  # the next one is as large
    run.outcome.series["gpu"] = {
        "card": torch.cuda.get_device_name() if has_gpu else None,
        "size": size.name,
        "torch": torch.__version__,
        "rows": run.rows,
    }
    return run.outcome


class _Run:
    """One run on one card."""

    def __init__(self, size: Size, *, has_gpu: bool) -> None:
        self.outcome = Outcome()
        self.size = size
        self.has_gpu = has_gpu
        #: For the plot: a name, ours, the stock pipeline's, the limit.
        self.rows: list[dict[str, Any]] = []

    def add(
        self,
        name: str,
        value: float,
        unit: str,
        target: Target | None = None,
        note: str = "",
        n: int = 1,
    ) -> None:
        """Targets are for the full size on a GPU; elsewhere the note says what it is."""
        whole = self.has_gpu and self.size is FULL
        small = "tiny" if self.has_gpu else CPU_NOTE
        told = note if whole else "; ".join(filter(None, (note, small)))
        self.outcome.add(name, value, unit, n, target if whole else None, told)

    def family(self, shelf: Path, family: str) -> None:
        """All cases of one model: first by the stock pipeline, then by ours."""
        from benchmarks.gpu.drawing import Engine, ask, device, likeness, lora
        from benchmarks.gpu.models import write_models

        shelf.mkdir()
        write_models(shelf, self.size, (family,))
        bits = self._bits(shelf / family, family)
        few = {"guidance": 0.0, "scheduler": "euler_trailing"}
        dials = {
            self.size.steps: {},
            self.size.few_steps: few if family == "sdxl" else {},
        }
        cases = {
            f"{across}x{down}, {steps} steps": ask(
                family, (across, down), steps, **more
            )
            for across, down in self.size.pictures
            for steps, more in dials.items()
        }
        first = next(iter(cases.values()))
        if family == "sdxl":
            face = shelf / "face"
            Image.effect_noise((256, 256), 80).convert("RGB").save(face, "PNG")
            for name, more in (
                ("with a LoRA", {"loras": lora()}),
                ("with IP-Adapter", likeness(face)),
                ("with IP-Adapter and LoRA", likeness(face) | {"loras": lora()}),
            ):
                square = self.size.pictures[0]
                cases[name] = ask(family, square, self.size.steps, **more)
        room = ROOM_GB if family == "sdxl" or bits == FOUR else None
        usual = self._stock(shelf, family, cases, bits)
        engine = Engine(shelf, family, bits)
        self.add(f"{family}: load", engine.loaded_s, "s", note=f"{bits} bits")
        limits = self._limits(shelf / family, family)
        for name, case in cases.items():
            ours = engine.draw(case, self.size, shelf)
            self._compare(
                f"{family}, {name}", ours, usual.get(name), limits(case), room
            )
        told, most = engine.engine.room()
        most = min(told, most or told, MOST_TOGETHER)
        self.add(f"{family}: scenes that auto draws in a call", most, "")
        if self.size.compiles:
            self._compiled(engine, family, first, shelf)
        self._batches(engine, family, first, shelf)
        self._stage(engine, family, first, shelf)
        engine.close()
        self.add(f"{family}: matrix rate", self.rate / 1e12, "TFLOP/s", note=device())
        if self.has_gpu and family == "flux" and bits != FOUR:
            self._in_four_bits(shelf, cases)

    def _in_four_bits(self, shelf: Path, cases: dict[str, Any]) -> None:
        """FLUX as a small GPU keeps it, on a larger one too."""
        from benchmarks.gpu.drawing import Engine

        if importlib.util.find_spec(FOUR_BITS_PACKAGE) is None:
            return
        engine = Engine(shelf, "flux", FOUR)
        self.add("flux, 4 bits: load", engine.loaded_s, "s")
        for name, case in cases.items():
            ours = engine.draw(case, self.size, shelf)
            pace = 60 / ours.seconds
            self.add(f"flux, 4 bits, {name}", pace, "pictures/min", n=ours.n)
            if ours.peak_bytes is not None:
                peak = ours.peak_bytes / 1e9
                self.add(f"flux, 4 bits, {name}: GPU memory", peak, "GB", ROOM_GB)
        engine.close()

    def _stock(
        self, shelf: Path, family: str, cases: dict[str, Any], bits: int
    ) -> dict[str, Any]:
        """What the stock pipeline takes in as many bits; nothing where it does not fit."""
        from benchmarks.gpu.drawing import Stock
        from colab_worker.engines.cuda import is_out_of_memory
        from colab_worker.engines.diffusion.memory import tidy

        stock, found = None, dict[str, Any]()
        try:
            stock = Stock(shelf, family, bits)
            self.add(f"{family}: load, stock", stock.loaded_s, "s")
            for name, case in cases.items():
                found[name] = stock.draw(case, self.size)
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            traceback.clear_frames(error.__traceback__)
        if stock is not None:
            stock.close()
        tidy()
        return found

    def _bits(self, model: Path, family: str) -> int:
        import torch

        if not self.has_gpu:
            return WHOLE
        room = torch.cuda.mem_get_info()[1]
        four = importlib.util.find_spec(FOUR_BITS_PACKAGE) is not None
        return fitting_bits(part_numbers(model), family, room, four=four)

    def _limits(self, model: Path, family: str) -> Any:
        """Pictures a minute that arithmetic allows for a request."""
        from benchmarks.gpu.drawing import device
        from benchmarks.gpu.limits import matrix_rate, operations
        from benchmarks.gpu.models import networks
        from colab_worker.engines.diffusion.loading import precision
        from colab_worker.engines.diffusion.memory import find_device

        parts = networks(model.parent, family, self.size)
        kind = precision(family, find_device())
        self.rate = matrix_rate(device(), kind, self.size.matrix)

        def limit(request: Any) -> float:
            size = request.width, request.height
            step, decoding = operations(family, parts, size)
            passes = 2 if family == "sdxl" and (request.guidance or 0) > 1 else 1
            return 60 * self.rate / (step * passes * request.steps + decoding)

        return limit

    def _compare(
        self, name: str, ours: Any, usual: Any, limit: float, room: Target | None
    ) -> None:
        pace, n = 60 / ours.seconds, ours.n
        row = {"name": name, "ours": pace, "stock": None, "limit": limit}
        self.add(f"{name}", pace, "pictures/min", n=n)
        self.add(f"{name}: of the arithmetic limit", 100 * pace / limit, "%", n=n)
        if usual is not None:
            row["stock"] = 60 / usual.seconds
            far = float(np.abs(ours.picture - usual.picture).mean())
            self.add(
                f"{name}: x stock", usual.seconds / ours.seconds, "", TIMES_STOCK,
                n=min(n, usual.n),
            )  # fmt: skip
            self.add(f"{name}: differs from stock", far, "of 255", TOLERANCE)
        if ours.peak_bytes is not None:
            self.add(f"{name}: GPU memory", ours.peak_bytes / 1e9, "GB", room)
        self.rows.append(row)

    def _compiled(self, engine: Any, family: str, case: Any, shelf: Path) -> None:
        """What compiling costs, what it gains, and when it has paid for itself."""
        import time
        from dataclasses import replace

        plain = engine.draw(case, self.size, shelf)
        begun = time.perf_counter()
        quick = engine.draw(replace(case, compiled=True), self.size, shelf)
        whole = time.perf_counter() - begun
        cost = whole - (quick.n + 1) * quick.seconds
        gain = plain.seconds - quick.seconds
        self.add(f"{family}, compiled", 60 / quick.seconds, "pictures/min", n=quick.n)
        self.add(f"{family}, compiled: costs first", cost, "s")
        if gain > 0:
            self.add(
                f"{family}, compiled: pays off from", case.steps * cost / gain, "steps"
            )

    def _batches(self, engine: Any, family: str, case: Any, shelf: Path) -> None:
        """Several pictures in a call, up to what fits into the memory and the time."""
        seconds = 0.0
        for count in self.size.batches:
            name = f"{family}, batch of {count}"
            if count * seconds > self.size.most_s:
                self.add(
                    f"{name}: left out, would take", count * seconds, "s",
                    note=f"a call may take {self.size.most_s:g} s",
                )  # fmt: skip
                break
            told = engine.batch(case, count, shelf)
            if told is None:
                break
            seconds = told.seconds
            self.add(name, 60 / seconds, "pictures/min")
            if told.peak_bytes is not None:
                self.add(f"{name}: GPU memory", told.peak_bytes / 1e9, "GB")

    def _stage(self, engine: Any, family: str, case: Any, shelf: Path) -> None:
        """The image stage as a worker runs it: pictures, previews and files."""
        import time
        from dataclasses import asdict

        from colab_worker.engines.base import UnitCall
        from colab_worker.stages import image

        params = {
            name: value
            for name, value in asdict(case).items()
            if value not in (None, (), False)
        }
        with Busy() as busy:
            until = time.perf_counter() + self.size.most_s
            for seed in range(1, self.size.counted + 1):
                if seed > 1 and time.perf_counter() > until:
                    break
                out = shelf / f"unit-{seed}"
                out.mkdir()
                call = UnitCall("image", family, params | {"seed": seed}, {}, out)
                image.run(call, engine.engine, lambda part, note: None)
        if busy.percent is not None:
            self.add(
                f"{family}: GPU busy in the image stage", busy.percent, "%",
                BUSY_PERCENT, n=busy.samples,
            )  # fmt: skip

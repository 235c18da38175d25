"""What a clip costs beyond encoding its frames, and how smooth and faithful it is.

Three ways to the same five seconds: Moonreel's clip stage with captions; x264 alone, fed
the same frames from a file; and ffmpeg's zoompan filter on a fourfold picture with the
same captions, as is usual elsewhere. Turns alternate, so that other work on the machine
falls on all of them.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.compose.clips import Case, Cost, moonreel, psnr_db, raw_encode, zoompan
from benchmarks.compose.jitter import jitter_px
from benchmarks.compose.pictures import photographic
from benchmarks.figures import Outcome, at_least, at_most

#: Wall time over that of encoding the same frames, on two cores.
OVERHEAD = at_most(1.35)
RMS_PX, WORST_PX = at_most(0.10), at_most(0.25)
PSNR_DB = at_least(40.0)
PICTURES, SECONDS = 6, 5.0
FULL = (
    Case(1920, 1080, 30, "veryfast", 20),
    Case(1080, 1920, 30, "veryfast", 20),
    Case(1920, 1080, 30, "medium", 23),
)
QUICK = (Case(320, 180, 10, "veryfast", 20),)


def measure(quick: bool) -> Outcome:
    """Makes clips of six pictures in each way and each size; one small one if quick."""
    outcome = Outcome()
    count, seconds = (1, 0.5) if quick else (PICTURES, SECONDS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pictures = [photographic(folder / f"{n}.png", seed=n) for n in range(count)]
        moonreel(QUICK[0], pictures[0], 0.5, folder, Cost())  # imports are not counted
        for case in QUICK if quick else FULL:
            _compare(outcome, case, pictures, seconds, folder)
        for length_s in (1.0,) if quick else (1.0, 5.0, 120.0):
            rms, worst = jitter_px(length_s, folder)
            outcome.add(f"jitter RMS, {length_s:g} s", rms, "px", 1, RMS_PX)
            outcome.add(f"jitter worst, {length_s:g} s", worst, "px", 1, WORST_PX)
    return outcome


def _compare(
    outcome: Outcome, case: Case, pictures: list[Path], seconds: float, folder: Path
) -> None:
    ours, raw, usual = Cost(), Cost(), Cost()
    fidelity = []
    for picture in pictures:
        clip = moonreel(case, picture, seconds, folder, ours)
        raw_encode(case, picture, seconds, folder, raw)
        zoompan(case, picture, seconds, folder, usual)
        fidelity.append(psnr_db(case, clip, picture, seconds, folder))
    label = f"{case.width}x{case.height} {case.preset}"
    n = len(pictures)
    against = f"{ours.wall_s:.2f} s against {raw.wall_s:.2f} s"
    add = outcome.add
    add(f"{label}: wall, x raw", ours.wall_s / raw.wall_s, "", n, OVERHEAD, against)
    against = f"{ours.cpu_s:.2f} s against {raw.cpu_s:.2f} s"
    add(f"{label}: processor, x raw", ours.cpu_s / raw.cpu_s, "", n, None, against)
    add(f"{label}: zoompan, processor x raw", usual.cpu_s / raw.cpu_s, "", n)
    add(f"{label}: bytes, x raw", ours.bytes / raw.bytes, "", n, None, "with captions")
    add(f"{label}: PSNR, least", min(fidelity), "dB", n, PSNR_DB, "one encode")

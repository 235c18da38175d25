"""A video engine for tests whose films have as many bytes as those of a real one."""

from __future__ import annotations

import json
import subprocess

import imageio_ffmpeg

from benchmarks.simulated import ENGINES, SimulatedVideo, taking
from colab_worker.engines.base import Tick, UnitCall, UnitFile, UnitOutput

_FRAMES = 2
HEAVY_ENGINES = json.dumps(
    [
        entry | {"factory": "tests.heavy_film:HeavyVideo"}
        if entry["kind"] == "video"
        else entry
        for entry in json.loads(ENGINES)
    ]
)


class HeavyVideo(SimulatedVideo):
    """Noise, which no encoder makes small."""

    def film(self, call: UnitCall, tick: Tick) -> UnitOutput:
        """Writes a film of two noisy frames, and takes its time."""
        with taking("film", tick):
            _noise(call)
        facts = {"frames": _FRAMES, "duration_s": _FRAMES / call.params["fps"]}
        return UnitOutput((UnitFile("film.mp4", "video/mp4"),), facts)


def _noise(call: UnitCall) -> None:
    size = f"{call.params['width']}x{call.params['height']}"
    rate = call.params["fps"]
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin",
        "-f", "lavfi", "-i", f"color=gray:s={size}:r={rate},noise=alls=100:allf=t",
        "-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono",
        "-frames:v", str(_FRAMES), "-t", str(_FRAMES / rate),
        "-c:v", "libx264", "-preset", "ultrafast", "-qp", "8", "-c:a", "aac",
        "-pix_fmt", "yuv420p", "-threads", "1", "-movflags", "+faststart",
        str(call.out_dir / "film.mp4"),
    ]  # fmt: skip
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)

"""A film in one pass of MoviePy: every still enlarged once and moved sideways.

Run by the interpreter of its own environment: ``python pan.py job.json``. Writes what it
took as JSON; importing the library is counted apart.
"""

import json
import resource
import sys
import time
from pathlib import Path

BEGUN = time.perf_counter()

from moviepy import (  # noqa: E402 - the import itself is timed
    AudioFileClip,
    CompositeVideoClip,
    ImageClip,
    TextClip,
    concatenate_videoclips,
)

IMPORT_S = time.perf_counter() - BEGUN


def main():
    """Makes the film and writes its cost."""
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    before, begun = cpu_s(), time.perf_counter()
    scenes = [scene(job, number) for number in range(len(job["pictures"]))]
    concatenate_videoclips(scenes, method="chain").write_videofile(
        job["out"], fps=job["fps"], codec="libx264", audio_codec="aac", logger=None,
        preset=job["preset"], ffmpeg_params=["-crf", str(job["crf"])],
        temp_audiofile_path=job["work"],
    )  # fmt: skip
    took = {"wall_s": time.perf_counter() - begun, "cpu_s": cpu_s() - before}
    told = json.dumps({"import_s": IMPORT_S, "passes": {"film": took}})
    Path(job["told"]).write_text(told, encoding="utf-8")


def scene(job, number):
    """One still that moves, with its voice and its cues."""
    seconds, width, height = job["seconds"], job["width"], job["height"]
    way = job["zoom"] * width
    still = ImageClip(job["pictures"][number]).with_duration(seconds)
    still = still.resized(1 + job["zoom"])
    still = still.with_position(lambda t: (-way * t / seconds, "center"))
    begin = seconds * number
    cues = [
        text(job, start - begin, end - begin, words)
        for start, end, words in job["cues"]
        if begin <= start < begin + seconds
    ]
    sound = AudioFileClip(job["sounds"][number])
    whole = CompositeVideoClip([still, *cues], size=(width, height))
    return whole.with_duration(seconds).with_audio(sound)


def text(job, start, end, words):
    """The words of one cue near the bottom of the frame."""
    clip = TextClip(
        font=job["font"], text=words, font_size=60, color="white",
        stroke_color="black", stroke_width=2, method="caption",
        size=(int(job["width"] * 0.9), None), text_align="center",
    )  # fmt: skip
    clip = clip.with_start(start).with_end(end)
    return clip.with_position(("center", int(job["height"] * 0.95) - 50 - clip.h))


def cpu_s():
    """Processor seconds of this process and of those that it has waited for."""
    used = [
        resource.getrusage(who)
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    main()

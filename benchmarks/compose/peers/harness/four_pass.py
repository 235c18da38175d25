"""A film in four passes of MoviePy: zoom, fit, join, captions; each is an encode.

Run by the interpreter of its own environment: ``python four_pass.py job.json``. Writes
what each pass took as JSON; importing the library is counted apart.
"""

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

BEGUN = time.perf_counter()

from moviepy import (  # noqa: E402 - the import itself is timed
    AudioFileClip,
    CompositeVideoClip,
    ImageClip,
    TextClip,
    VideoFileClip,
    afx,
)

IMPORT_S = time.perf_counter() - BEGUN

BT709 = (
    "scale=out_color_matrix=bt709:out_range=tv,setparams=color_primaries=bt709:"
    "color_trc=bt709:colorspace=bt709:range=tv"
)


def main():
    """Does the passes that the job names and writes their cost."""
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    passes = {"grow": grow, "fit": fit, "join": join, "captions": captions}
    told = {}
    for name in job["passes"]:
        before, begun = cpu_s(), time.perf_counter()
        passes[name](job)
        told[name] = {
            "wall_s": time.perf_counter() - begun,
            "cpu_s": cpu_s() - before,
        }
    told = json.dumps({"import_s": IMPORT_S, "passes": told})
    Path(job["told"]).write_text(told, encoding="utf-8")


def grow(job):
    """Pass 1: every still on its own canvas, larger by the same step in each frame."""
    for number, picture in enumerate(job["pictures"]):
        still = ImageClip(picture).with_duration(job["seconds"])
        still = still.with_position("center")
        grown = still.resized(lambda t: 1 + job["zoom"] * t / job["seconds"])
        write(CompositeVideoClip([grown]), job, part(job, "grow", number))


def fit(job):
    """Pass 2: decoded, cut to length, cropped to the canvas where it is not, encoded."""
    for number in range(len(job["pictures"])):
        clip = VideoFileClip(part(job, "grow", number), audio=False)
        clip = clip.subclipped(0, job["seconds"])
        width, height = job["width"], job["height"]
        if (clip.w, clip.h) != (width, height):
            scale = max(width / clip.w, height / clip.h)
            clip = clip.resized((round(clip.w * scale), round(clip.h * scale)))
            clip = clip.cropped(
                x_center=clip.w / 2, y_center=clip.h / 2, width=width, height=height
            )
        write(clip, job, part(job, "fit", number))
        clip.close()


def join(job):
    """Pass 3: the concat demuxer, with an encode."""
    names = [part(job, "fit", number) for number in range(len(job["pictures"]))]
    parts = Path(job["work"], "parts.txt")
    parts.write_text("".join(f"file '{name}'\n" for name in names), encoding="utf-8")
    command = [os.environ["IMAGEIO_FFMPEG_EXE"], "-v", "error", "-nostdin", "-y"]
    command += ["-f", "concat", "-safe", "0", "-i", str(parts)]
    command += ["-c:v", "libx264", "-threads", "2", "-vf", BT709, *quality(job)]
    length = str(job["seconds"] * len(names))
    command += ["-pix_fmt", "yuv420p", "-t", length, part(job, "join", 0)]
    subprocess.run(command, check=True)


def captions(job):
    """Pass 4: one text clip a cue over the whole film, with the voice."""
    video = VideoFileClip(part(job, "join", 0), audio=False)
    layers = [video, *(text(job, *cue) for cue in job["cues"])]
    sound = AudioFileClip(job["sound"]).with_effects([afx.MultiplyVolume(1.0)])
    film = CompositeVideoClip(layers).with_audio(sound.subclipped(0, video.duration))
    film.write_videofile(
        job["out"], fps=job["fps"], codec="libx264", audio_codec="aac",
        audio_bitrate="192k", audio_fps=sound.fps, threads=2, logger=None,
        preset=job["preset"], ffmpeg_params=["-vf", BT709, *quality(job)[2:]],
        temp_audiofile_path=job["work"],
    )  # fmt: skip


def text(job, start, end, words):
    """The words of one cue at the bottom of the frame."""
    clip = TextClip(
        font=job["font"], text=words, font_size=60, color="white",
        stroke_color="black", stroke_width=1, interline=15, method="caption",
        size=(int(job["width"] * 0.9), None), text_align="center",
    )  # fmt: skip
    clip = clip.with_start(start).with_end(end)
    return clip.with_position(("center", int(job["height"] * 0.95) - clip.h))


def write(clip, job, out):
    """An encode of a clip without sound."""
    clip.write_videofile(
        out, fps=job["fps"], codec="libx264", audio=False, logger=None,
        preset=job["preset"], ffmpeg_params=["-vf", BT709, *quality(job)[2:]],
    )  # fmt: skip


def quality(job):
    """x264's settings; the first two are MoviePy's own argument elsewhere."""
    return ["-preset", job["preset"], "-crf", str(job["crf"])]


def part(job, name, number):
    """A file between two passes."""
    return str(Path(job["work"], f"{name}-{number}.mp4"))


def cpu_s():
    """Processor seconds of this process and of those that it has waited for."""
    used = [
        resource.getrusage(who)
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    main()

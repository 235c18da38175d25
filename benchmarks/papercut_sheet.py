"""A contact sheet of draft pictures: sixty prompts of fables, ghosts, history, space.

``python -m benchmarks.papercut_sheet OUT`` writes WebP or PNG by the name of OUT, about
1600 pixels wide, and prints how long a 1920x1080 picture takes: by style, and at worst.
"""

from __future__ import annotations

import itertools
import statistics
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

from colab_worker.engines.base import ImageRequest
from colab_worker.engines.papercut import PapercutEngine
from colab_worker.engines.papercut.lexicon import PLACES
from shared_protocol.vocab import IMAGE_STYLES

#: What takes longest: all that can be drawn at once, in the costliest places and weathers.
FULL = (
    "a crowd of soldiers and horses at the castle by the lake in a snow storm at night, "
    "birds, trees, houses, bridge, boats, lanterns",
    "magic forest in fog, deer, wolves, fox, rabbit, owl, a crowd of children with lanterns",
    "three witches, a dragon, two knights, a castle, a river, a forest, thunderstorm",
    "aerial shot of a city by a harbor in rain at night, a crowd, boats",
)
COLUMNS, CELL = 6, (264, 148)
TIMED = 9
LIMIT_S = 0.5
COSTLY = ("watercolor", "abstract", "cinematic")
DRAWN = (1056, 592)

PROMPTS = """
The fox looks up at a bunch of grapes hanging high, golden afternoon
A crow beside a tall clay pitcher and an old well, noon
The lion and the mouse in the savanna at sunset
The tortoise and the hare race along a country road, morning
A wolf in a snowy forest at night, full moon
An old man and a donkey walk through a market street
A haunted house on a hill, midnight, fog, bats
A ghost drifts through the graveyard at night
A dark forest path, a small child with a lantern
An empty room, a door ajar with light behind it
A woman in a white dress stands by a frozen lake at dusk
A crow on a branch above the swamp
Soldiers march through a mountain pass at dawn
Knights on horseback before a medieval castle, battlefield smoke
A pharaoh before the pyramids in the desert, noon
A sailing ship on the stormy ocean, lightning
A steam train crosses the prairie at sunset, a cowboy watches
A queen in the throne room
An astronaut on mars looks at a dome, dusk
A starship near a ringed planet in space
A robot in a city street at night, rain
A captain in the spaceship control room looks at the stars
A rocket stands ready on an alien planet at dawn
A flying saucer over a farm at night
Close-up of an old fisherman in a red coat with a white beard, morning sea
Medium shot of a young woman in a green dress in the forest
Two-shot of a king and a wizard at the castle
Over-the-shoulder shot: a detective looks at a man in the street at night
Low-angle shot of a knight with a sword, storm
Aerial shot of a village by a river, autumn
Establishing shot of a harbor at dawn, fishing boats
A lighthouse in a storm at night
A small red boat on a calm lake at dawn, mist
Children flying kites on a windy hill, spring
A windmill and fields, clouds, a farmer with a pitchfork
A shepherd with his sheep in a mountain meadow, morning
A quiet garden with flowers, a grandmother sits reading
A library, a scientist with a book
A cozy room in winter, a cat, snow outside
An elephant and two camels in the desert at sunset
A whale beside a sailboat, moonlight
A dragon over the mountains at dusk
Underwater reef, a turtle
A cave with a treasure chest
An island with palm trees, a pirate
Ruins of a temple, a traveler at golden hour
A volcano erupts, people run
A bridge over the river, autumn, a girl in a yellow raincoat
Hope
Loneliness
Fear in the dark
Joy and laughter
Betrayal and rage
Time passes and memories fade
Love at last
A mystery nobody could solve
A deer in a misty forest at dawn
A busy street market at noon, a crowd
A train station at night, a man with a suitcase in the rain
Hot-air balloons over the hills at sunrise
""".strip().splitlines()


def main(out: Path) -> None:
    """Draws the sheet to ``out``; the last rows show one prompt in every style."""
    styled = "an old fisherman in a red coat by a lake, a castle on a hill, morning"
    cells = [(prompt, "cinematic") for prompt in PROMPTS]
    cells += [(styled, style) for style in IMAGE_STYLES]
    rows = -(-len(cells) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * CELL[0], rows * CELL[1]), (250, 247, 240))
    with tempfile.TemporaryDirectory() as folder:
        for k, (prompt, style) in enumerate(cells):
            picture = _draw(prompt, style, DRAWN, Path(folder) / "cell.png")
            at = (k % COLUMNS * CELL[0], k // COLUMNS * CELL[1])
            sheet.paste(picture.resize(CELL, Image.Resampling.LANCZOS), at)
        _report(Path(folder) / "timed.png")
        _worst(Path(folder) / "timed.png")
    sheet.save(out, quality=80, method=6) if out.suffix == ".webp" else sheet.save(out)
    print(f"{out}: {sheet.width}x{sheet.height}, {out.stat().st_size / 1000:.0f} kB")


def _draw(prompt: str, style: str, size: tuple[int, int], out: Path) -> Image.Image:
    request = ImageRequest(prompt, "", style, 7, *size)
    PapercutEngine().draw(request, out, lambda fraction, words: None)
    with Image.open(out) as picture:
        return picture.convert("RGB")


def _worst(out: Path) -> None:
    """Every place in snow and in a storm in costly styles, the fullest pictures in all."""
    places = [words.split()[0] for words in PLACES.values()]
    prompts = [f"a man in a snowy {place} at noon, a castle" for place in places]
    prompts += [f"a man in a {place} at night, thunderstorm" for place in places]
    pairs = [
        *itertools.product(prompts, COSTLY),
        *itertools.product(FULL, IMAGE_STYLES),
    ]
    engine, found = PapercutEngine(), []
    for prompt, style in pairs:
        start = time.process_time()
        request = ImageRequest(prompt, "", style, 7, 1920, 1080)
        engine.draw(request, out, lambda fraction, words: None)
        found.append((time.process_time() - start, style, prompt))
    seconds, style, prompt = max(found)
    over = sum(cost[0] > LIMIT_S for cost in found)
    print(f"of {len(found)} pictures {over} took more than {LIMIT_S} s of processor")
    print(f"the worst {seconds:.2f} s: {style}, {prompt}")


def _report(out: Path) -> None:
    engine = PapercutEngine()
    for style in IMAGE_STYLES:
        wall, cpu = [], []
        for k in range(TIMED):
            request = ImageRequest(PROMPTS[7 * k % 60], "", style, k, 1920, 1080)
            start = time.perf_counter(), time.process_time()
            engine.draw(request, out, lambda fraction, words: None)
            wall.append(time.perf_counter() - start[0])
            cpu.append(time.process_time() - start[1])
        print(
            f"{style:13} 1920x1080  median {statistics.median(wall):.2f} s"
            f"  ({statistics.median(cpu):.2f} s of processor)"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))

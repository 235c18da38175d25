"""``moonreel make project.zip``: what is taken over, changed, or refused."""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import zipfile
from pathlib import Path

import pytest

from orchestrator.cli.exits import UsageError
from orchestrator.cli.music import music_of_project
from orchestrator.cli.options import add_options, build_request
from orchestrator.cli.projects import is_project, read_project
from orchestrator.project import pack, project_of
from orchestrator.store.films import Film
from orchestrator.writer.film_spec import write_film
from shared_protocol.films import FilmState
from shared_protocol.orders import GenerateRequest
from shared_protocol.project import PROJECT_FILE
from shared_protocol.specs import FilmSpec

STORY = "Mara climbed the hill.\n\nThe lighthouse was dark.\n\nShe lit the lamp."


def film(**fields: object) -> Film:
    """A film as it lies in the database after its order."""
    order = GenerateRequest.model_validate({"script": STORY, "num_scenes": 3, **fields})
    script, spec = write_film(order)
    return Film(
        job_id="01900000-0000-7000-8000-000000000000",
        title=spec.title,
        state=FilmState.COMPLETE,
        version=1,
        progress=100,
        message="",
        stage="",
        attempt=1,
        created_at="",
        request_json=order.model_dump_json(exclude_unset=True),
        script_json=script.model_dump_json(),
        spec_json=spec.model_dump_json(),
        warnings_json="[]",
    )


def saved(path: Path, **fields: object) -> Path:
    """The film's project as a file."""
    seen = {name: path.with_name(name) for name in ("script.md", "sheet.webp")}
    for name, file in seen.items():
        file.write_text(f"# {name}")
    path.write_bytes(pack(project_of(film(**fields)), seen))
    return path


def ordered(path: Path, *words: str) -> GenerateRequest:
    """The request of ``make path words…``."""
    parser = argparse.ArgumentParser()
    add_options(parser)
    given = vars(parser.parse_args(words))
    return build_request(given, None, saved=read_project(str(path)).request)


def spec_of(request: GenerateRequest) -> FilmSpec:
    """What a worker is sent for a request, through the wire."""
    again = GenerateRequest.model_validate_json(
        request.model_dump_json(exclude_unset=True)
    )
    return write_film(again)[1]


def test_no_option_of_a_film_is_left_out() -> None:
    """Whatever shapes a film can be ordered, so a project can hold it."""
    assert set(FilmSpec.model_fields) - {"kind", "open"} <= set(
        GenerateRequest.model_fields
    )


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"auto_captions": True, "caption": {"style": "bold"}, "title": "T"},
        {"caption": {"text": "One day"}, "aspect": "9:16", "quality": "draft"},
        {"zoom_effect": False, "seed": 7, "language": "de", "date": "2001-02-03"},
        {"story_type": "comedy_funny", "voice_id": "brian", "color_filter": "vintage"},
    ],
)
def test_a_project_is_the_same_film(tmp_path: Path, fields: dict[str, object]) -> None:
    """The same spec to the letter, whatever was asked for."""
    path = saved(tmp_path / "project.zip", **fields)

    assert spec_of(ordered(path)) == film(**fields).spec
    assert read_project(str(path)).asked.script == STORY


def test_music_is_saved_with_its_film(tmp_path: Path) -> None:
    """The bytes lie in the zip file, so that the film can be made elsewhere."""
    tune = tmp_path / "tune"
    tune.write_bytes(b"fLaC and the rest")
    sha256 = hashlib.sha256(tune.read_bytes()).hexdigest()
    made = film(music={"sha256": sha256, "volume": 50})
    path, bare = tmp_path / "p.zip", tmp_path / "bare.zip"
    path.write_bytes(pack(project_of(made), {}, tune))
    bare.write_bytes(pack(project_of(made), {}))

    assert spec_of(ordered(path)) == made.spec
    assert music_of_project(str(path)) == tune.read_bytes()
    with pytest.raises(UsageError, match="--music"):
        music_of_project(str(bare))


def test_options_change_the_saved_film(tmp_path: Path) -> None:
    """What is given wins, and the film is one of today."""
    path = saved(tmp_path / "p.zip", date="2001-02-03", auto_captions=True,
                 caption={"style": "bold"}, zoom_effect=False)  # fmt: skip
    changed = spec_of(ordered(path, "--voice", "brian", "--no-captions"))
    before = film(date="2001-02-03").spec

    assert (changed.voice_id, changed.caption, changed.auto_captions) == (
        "brian", None, False,
    )  # fmt: skip
    assert changed.scenes == before.scenes
    assert changed.date != dt.date(2001, 2, 3)
    assert changed.zoom_effect is False
    dated = ordered(path, "--engine", "voice=espeak", "--date", "2002-02-02")
    assert dated.date == dt.date(2002, 2, 2)
    assert (dated.engine.voice, dated.engine.image) == ("espeak", "auto")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--scenes", "4"), "--scenes is for a text"),
        (("--topic", "owls"), "--topic is for a text"),
        (("--character", "Mara: red"), "--character is for a text"),
        (("--no-zoom", "--zoom-intensity", "3"), "--zoom-intensity does nothing"),
        (("--date", "yesterday"), "--date"),
    ],
)
def test_options_that_cannot_work_are_refused(
    tmp_path: Path, words: tuple[str, ...], reason: str
) -> None:
    """By the name of the flag."""
    path = saved(tmp_path / "p.zip")
    with pytest.raises(UsageError, match=reason):
        ordered(path, *words)


def test_the_zip_is_for_people_too(tmp_path: Path) -> None:
    """Two texts that can be read and a picture to see, the same bytes each time."""
    path = saved(tmp_path / "p.zip")
    with zipfile.ZipFile(path) as archive:
        names, script = archive.namelist(), archive.read("script.md")

    assert names == [PROJECT_FILE, "script.md", "sheet.webp"]
    assert script == b"# script.md"
    assert path.read_bytes() == saved(tmp_path / "again.zip").read_bytes()


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"else.txt": "x"}, "no project.json in it"),
        ({PROJECT_FILE: "{}"}, "request: is required"),
        ({PROJECT_FILE: '{"version": 2}'}, "version"),
        ({PROJECT_FILE: "\0" * (5 << 20)}, "larger than any project"),
    ],
)
def test_other_zip_files_are_refused(
    tmp_path: Path, members: dict[str, str], reason: str
) -> None:
    """With the reason; one that swells is not unpacked whole."""
    path = tmp_path / "p.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    with pytest.raises(UsageError, match=reason):
        read_project(str(path))


def test_texts_are_no_projects(tmp_path: Path) -> None:
    """A text, standard input, a file that is not there; and a zip that is cut off."""
    text = tmp_path / "story.zip"
    text.write_text("PKs are no zip.", encoding="utf-8")
    cut = saved(tmp_path / "p.zip")
    cut.write_bytes(cut.read_bytes()[:100])

    assert not any(map(is_project, (str(text), "-", str(tmp_path / "none"))))
    assert is_project(str(cut))
    with pytest.raises(UsageError, match="cannot be read"):
        read_project(str(cut))

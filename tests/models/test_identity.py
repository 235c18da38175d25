"""The identity lock through the engine: references count, 0 is none, and it is off after."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from colab_worker.engines.base import BadInput, EngineError, ReferenceUse
from colab_worker.engines.entry import make_engine
from colab_worker.models.adapters import read_likenesses
from colab_worker.models.presets import IP_ADAPTER
from tests.models.test_loras import use
from tests.models.test_sdxl import REQUEST, drawn, entry, silent


@pytest.fixture(scope="module")
def engine(shelf: Path) -> Any:
    """SDXL with the adapters beside it."""
    made = make_engine(entry(shelf).address)
    made.load()
    return made


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two pictures, named as blobs are."""
    folder = tmp_path_factory.mktemp("faces")
    Image.new("RGB", (90, 120), (220, 30, 30)).save(folder / "aaa", format="PNG")
    Image.effect_noise((120, 90), 80).convert("RGB").save(folder / "bbb", format="JPEG")
    return folder / "aaa", folder / "bbb"


def locked(
    *people: tuple[Path, str], scale: float = 0.6, **more: Any
) -> dict[str, Any]:
    """The members of a request with these references."""
    uses = tuple(ReferenceUse(path, name, 1.0) for path, name in people)
    return {
        "references": uses, "likeness": "plus", "ip_adapter_scale": scale,
    } | more  # fmt: skip


def test_the_shelf_knows_what_can_be_kept(shelf: Path, tmp_path: Path) -> None:
    """Models of the family say so, with the marks of the files; without an eye none."""
    assert set(entry(shelf).likenesses) == {"plus", "face"}
    assert len(set(entry(shelf).likenesses.values())) == 2
    assert entry(shelf, "flux-schnell").likenesses == {}

    shutil.copytree(shelf / "ip-adapter", tmp_path / "ip-adapter")
    (tmp_path / "sdxl").symlink_to(shelf / "sdxl")
    (tmp_path / "ip-adapter" / "sdxl_models"
     / "ip-adapter-plus_sdxl_vit-h.safetensors").unlink()  # fmt: skip
    assert set(entry(tmp_path).likenesses) == {"face"}
    shutil.rmtree(tmp_path / "ip-adapter" / "models")
    assert entry(tmp_path).likenesses == {}


def test_what_is_pulled_is_what_is_looked_for(tmp_path: Path) -> None:
    """The names of the published files, to the letter."""
    for name in IP_ADAPTER.files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    assert set(read_likenesses(tmp_path)) == {"plus", "face"}


def test_references_count_and_leave_nothing(
    engine: Any, faces: tuple[Path, Path], tmp_path: Path
) -> None:
    """Each one, both together, the scale, the kind; 0 is the base, and so is the next."""
    red, noise = (faces[0], "Ann"), (faces[1], "Ann")
    base = drawn(engine, tmp_path)
    ways = [
        base,
        drawn(engine, tmp_path, **locked(red)),
        drawn(engine, tmp_path, **locked(noise)),
        drawn(engine, tmp_path, **locked(red, noise)),
        drawn(engine, tmp_path, **locked(red, scale=1.0)),
        drawn(engine, tmp_path, **locked(red, likeness="face")),
    ]
    assert len(set(ways)) == len(ways)
    assert drawn(engine, tmp_path, **locked(red, scale=0.0)) == base
    assert drawn(engine, tmp_path) == base
    assert engine._pipe.unet.encoder_hid_proj is None
    assert engine._pipe.image_encoder is None
    assert drawn(engine, tmp_path, **locked(red)) == ways[1]


def test_the_weight_is_a_references_share(
    engine: Any, faces: tuple[Path, Path], tmp_path: Path
) -> None:
    """Half the weight is half the scale; 0 of one leaves half of the other."""
    one, other = (ReferenceUse(path, "Ann", 1.0) for path in faces)
    dials = locked((faces[0], "Ann"))
    half = drawn(engine, tmp_path, **locked((faces[0], "Ann"), scale=0.3))
    light = dials | {"references": (replace(one, weight=0.5),)}
    assert drawn(engine, tmp_path, **light) == half
    alone = dials | {"references": (one, replace(other, weight=0.0))}
    assert pixels(engine, tmp_path, alone) == pytest.approx(
        pixels(engine, tmp_path, locked((faces[0], "Ann"), scale=0.3)), abs=2
    )


def test_two_characters_have_their_own_part_of_the_picture(
    engine: Any, faces: tuple[Path, Path], tmp_path: Path
) -> None:
    """From left to right: the other order is another picture, one name another again."""
    ann, bob = (faces[0], "Ann"), (faces[1], "Bob")
    left = drawn(engine, tmp_path, **locked(ann, bob))
    right = drawn(engine, tmp_path, **locked(bob, ann))
    same = drawn(engine, tmp_path, **locked(ann, (faces[1], "Ann")))
    assert len({left, right, same}) == 3

    masks = engine._pencil.identity._regions(locked(ann, bob)["references"], 64, 32)
    (mask,) = masks["cross_attention_kwargs"]["ip_adapter_masks"]
    across = mask.shape[-1]
    assert mask[0, 0, :, : across // 2].min() == mask[0, 1, :, across // 2 :].min() == 1
    assert mask[0].sum(0).max() == mask[0].sum(0).min() == 1


def test_with_a_lora_and_without_guidance(
    engine: Any, shelf: Path, faces: tuple[Path, Path], tmp_path: Path
) -> None:
    """What is worn and who is shown go together; distilled models have no guidance."""
    looks = locked((faces[0], "Ann"))
    plain = drawn(engine, tmp_path, **looks)
    assert drawn(engine, tmp_path, **looks, loras=(use(shelf, "ink"),)) != plain
    assert drawn(engine, tmp_path, **looks) == plain
    quick = drawn(engine, tmp_path, **looks, guidance=0.0)
    assert quick not in (plain, drawn(engine, tmp_path, guidance=0.0))


def test_a_reference_is_looked_at_once(
    engine: Any, faces: tuple[Path, Path], tmp_path: Path
) -> None:
    """However many pictures show it; and the eye is gone while they are drawn."""
    engine._pencil.identity._seen.clear()
    looked: list[int] = []
    whole = engine._pencil.identity._look

    def counted(pictures: dict[Any, Any]) -> None:
        looked.append(len(pictures))
        whole(pictures)

    engine._pencil.identity._look = counted
    red, noise = (faces[0], "Ann"), (faces[1], "Bob")
    for people in ((red,), (red, noise), (noise,)):
        facts = engine.draw(
            replace(REQUEST, **locked(*people)), tmp_path / "a.png", silent
        )
        assert facts["likeness"] == "plus"
    del engine._pencil.identity._look
    assert looked == [1, 1]


def test_each_picture_says_how_much_it_looks_like_its_references(
    engine: Any, faces: tuple[Path, Path], tmp_path: Path
) -> None:
    """The same picture scores 1, also as one of two; the worst met character counts."""
    drawn(engine, tmp_path)
    same = (tmp_path / "a.png").rename(tmp_path / "ddd")
    scale = {"scale": 0.0}  # so that the picture is the one before
    out = tmp_path / "a.png"

    def told(*people: tuple[Path, str]) -> dict[str, Any]:
        return engine.draw(replace(REQUEST, **locked(*people, **scale)), out, silent)

    assert told((same, "Ann"))["likeness_score"] == pytest.approx(1, abs=1e-3)
    assert told((faces[0], "Ann"), (same, "Ann"))["likeness_scores"] == {
        "Ann": pytest.approx(1, abs=1e-3)
    }
    both = told((same, "Ann"), (faces[0], "Bob"))
    assert both["likeness_score"] == min(both["likeness_scores"].values()) < 0.999
    assert set(both["likeness_scores"]) == {"Ann", "Bob"}
    assert "likeness_score" not in engine.draw(REQUEST, out, silent)


def test_a_score_that_memory_does_not_suffice_for_is_left_out(
    engine: Any, faces: tuple[Path, Path], tmp_path: Path
) -> None:
    """The picture is there all the same, and the job is told."""
    import torch

    looks = replace(REQUEST, **locked((faces[0], "Ann")))
    engine.draw(looks, tmp_path / "a.png", silent)  # now the reference is known
    network = engine._pencil.identity.eye._network

    def too_big(*_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 4 GiB")

    hook = network.register_forward_pre_hook(too_big)
    facts = engine.draw(looks, tmp_path / "b.png", silent)
    hook.remove()
    assert "likeness_score" not in facts
    assert facts["warnings"] == [
        "Memory did not suffice to score the likeness of a scene."
    ]
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_what_is_no_picture_is_told_with_whose_it_is(
    engine: Any, tmp_path: Path
) -> None:
    """And the next picture is drawn as ever."""
    base = drawn(engine, tmp_path)
    (tmp_path / "ccc").write_bytes(b"\x89PNG\r\n\x1a\n and nothing more")
    with pytest.raises(BadInput, match="reference picture of Ann cannot be read"):
        drawn(engine, tmp_path, **locked((tmp_path / "ccc", "Ann")))
    assert drawn(engine, tmp_path) == base


def test_an_adapter_without_effect_is_an_error(
    shelf: Path, faces: tuple[Path, Path], tmp_path: Path
) -> None:
    """Weights of zero promise a likeness that nobody would see; nor do damaged ones."""
    from safetensors.torch import load_file, save_file

    folder = shutil.copytree(shelf / "ip-adapter", tmp_path / "ip-adapter")
    file = folder / "sdxl_models" / "ip-adapter-plus_sdxl_vit-h.safetensors"
    state = load_file(file)
    save_file({n: v * 0 if "to_v_ip" in n else v for n, v in state.items()}, file)
    about = json.loads(entry(shelf).argument) | {"adapters": str(folder)}
    engine = make_engine(replace(entry(shelf), argument=json.dumps(about)).address)
    engine.load()
    base = drawn(engine, tmp_path)

    with pytest.raises(EngineError, match="has no effect on this model"):
        drawn(engine, tmp_path, **locked((faces[0], "Ann")))
    assert drawn(engine, tmp_path) == base
    file.write_bytes(b"no safetensors")
    with pytest.raises(EngineError, match=r"vit-h.safetensors cannot be loaded"):
        drawn(engine, tmp_path, **locked((faces[0], "Ann")))
    file.unlink()
    with pytest.raises(EngineError, match="IP-Adapter for plus is gone"):
        drawn(engine, tmp_path, **locked((faces[0], "Ann")))


def pixels(engine: Any, folder: Path, dials: dict[str, Any]) -> Any:
    """A picture as numbers."""
    drawn(engine, folder, **dials)
    with Image.open(folder / "a.png") as picture:
        return np.asarray(picture, np.int16)

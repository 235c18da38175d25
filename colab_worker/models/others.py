"""Any SDXL or FLUX pipeline of the hub, described like the models that are known by name."""

from __future__ import annotations

import glob
import io
import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from colab_worker.models.folder import FAMILIES, INDEX, SLASH
from colab_worker.models.hub import asking
from colab_worker.models.not_pulled import NotPulled
from colab_worker.models.presets import BY_FAMILY, SETTINGS, Preset

_WEIGHTS = ".safetensors"


def describe(name: str) -> Preset:
    """Of ``owner/model`` or ``owner/model@revision``, pinned to the commit of now.

    Asks the hub; raises NotPulled for what could not be drawn with.
    """
    repo, _, revision = name.partition("@")
    page = f"https://huggingface.co/{repo}"
    with asking(page, gated=False):
        from huggingface_hub import HfApi, RepoFile, hf_hub_url
        from huggingface_hub.file_download import http_get
        from huggingface_hub.utils import build_hf_headers

        info = HfApi().model_info(repo, revision=revision or None)
        tree = HfApi().list_repo_tree(repo, revision=info.sha, recursive=True)
        sizes = {e.path: e.size for e in tree if isinstance(e, RepoFile)}
        index = io.BytesIO()
        if INDEX in sizes:
            url = hf_hub_url(repo, INDEX, revision=info.sha)
            http_get(url, index, headers=build_hf_headers(), expected_size=sizes[INDEX])
        told = json.loads(index.getvalue() or b"{}")
    family, weights = _parts(repo, told, sizes)
    kept = (*SETTINGS, *map(glob.escape, weights))
    return Preset(
        repo,
        repo=repo,
        revision=info.sha,
        licence=getattr(info.card_data, "license", None) or f"see {page}",
        files=kept,
        bytes=sum(sizes[path] for path in weights),
        drawing=BY_FAMILY[family],
        gated=bool(info.gated),
        folder=repo.replace("/", SLASH),
    )


def _parts(repo: str, told: Any, paths: Collection[str]) -> tuple[str, list[str]]:
    """The family, and the weights of the networks that the index names."""
    if not isinstance(told, dict) or not told:
        raise NotPulled(f"{repo} has no {INDEX}, so it is no diffusers model")
    pipeline = told.get("_class_name")
    if pipeline not in FAMILIES:
        raise NotPulled(
            f"{repo} is a {pipeline}; this version draws with {', '.join(FAMILIES)}"
        )
    family, denoiser = FAMILIES[pipeline]
    by_part: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        part, _, file = path.partition("/")
        if part in told and file.endswith(_WEIGHTS) and "/" not in file:
            by_part[part].append(path)
    if not by_part[denoiser]:
        raise NotPulled(
            f"{repo}/{denoiser} holds no safetensors file; pickled weights are never "
            "loaded"
        )
    # The loader takes all networks as it finds the one that denoises.
    half = any(_is_half(path) for path in by_part[denoiser])
    return family, [p for files in by_part.values() for p in _of(files, half=half)]


def _of(files: Iterable[str], *, half: bool) -> list[str]:
    """Those of 16 bits, or the others; all where only one kind is there."""
    every = sorted(files)
    return [path for path in every if _is_half(path) is half] or every


def _is_half(path: str) -> bool:
    return ".fp16" in path

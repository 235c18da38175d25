"""The identity lock: IP-Adapters, so that characters look as in their reference pictures.

Each reference is attended to by itself and weighted: the pictures of one character share
its weight, and where several characters are locked each has a band of the picture,
from left to right in their order.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from colab_worker.engines.base import EngineError, ImageRequest, ReferenceUse
from colab_worker.engines.diffusion.eye import Eye, broken, opened
from colab_worker.models.adapters import WEIGHTS, adapter_file

#: What the eye saw in so many pictures is kept.
_MOST_SEEN = 64
#: Makes a change to the pipeline's parts, and puts them back where they belong.
Rebuild = Callable[[Callable[[], None]], None]


class IdentityLock:
    """Puts an adapter into a pipeline while pictures have references."""

    def __init__(self, pipe: Any, folder: Path, rebuild: Rebuild) -> None:
        self._pipe = pipe
        self._folder = folder
        self._rebuild = rebuild
        self.eye = Eye(folder)
        #: The kind of likeness whose adapter is in the pipeline.
        self._on: str | None = None
        self._proven: set[str] = set()
        self._seen: dict[tuple[str, bool], Any] = {}

    def set(self, request: ImageRequest) -> dict[str, Any]:
        """What the pipeline is told of a request's references; nothing for none.

        Raises BadInput for a file that is no picture, EngineError for an adapter that
        cannot be loaded or has no effect.
        """
        if not request.references or request.likeness is None:
            self._take_off()
            return {}
        self._put_on(request.likeness)
        guided = (request.guidance or 0.0) > 1
        embeds = self._embeds(request.references, guided=guided)
        if request.likeness not in self._proven:
            self._prove(request, embeds, guided=guided)
        self._weigh(request.references, request.ip_adapter_scale or 0.0)
        return {"ip_adapter_image_embeds": [embeds]} | self._regions(
            request.references, request.width, request.height
        )

    def _put_on(self, likeness: str) -> None:
        if self._on == likeness:
            return
        self._take_off()
        file = adapter_file(self._folder, likeness)
        if file is None:
            raise EngineError(
                f"the IP-Adapter for {likeness} is gone", "pull ip-adapter again"
            )

        def load() -> None:
            self._pipe.load_ip_adapter(
                str(self._folder),
                subfolder=WEIGHTS,
                weight_name=file.name,
                image_encoder_folder=None,  # it is only here while it looks
                local_files_only=True,
            )
            self._pipe.unet.requires_grad_(requires_grad=False)  # as all the rest is

        from safetensors import SafetensorError

        try:
            self._rebuild(load)
        except (OSError, ValueError, LookupError, SafetensorError) as error:
            raise broken(file.name, error) from error
        except RuntimeError as error:
            if "size mismatch" not in str(error):
                raise
            raise broken(file.name, error) from error
        self._on = likeness

    def _take_off(self) -> None:
        if self._on is not None:
            self._rebuild(self._pipe.unload_ip_adapter)
            self._on = None

    def _embeds(self, references: tuple[ReferenceUse, ...], *, guided: bool) -> Any:
        """What the eye sees in each; files are named by their hash."""
        import torch

        keys = [(use.path.name, guided) for use in references]
        new = {
            key: use
            for key, use in zip(keys, references, strict=True)
            if key not in self._seen
        }
        if len(self._seen) + len(new) > _MOST_SEEN:
            self._seen.clear()
            return self._embeds(references, guided=guided)
        if new:
            pictures = {key: opened(use) for key, use in new.items()}
            self._look(pictures)
        return torch.cat([self._seen[key] for key in keys], dim=1)

    def _look(self, pictures: dict[tuple[str, bool], Image.Image]) -> None:
        """The eye is in the pipeline only while it looks."""
        import torch

        pipe = self._pipe
        device = pipe._execution_device
        try:
            with self.eye.open(device, pipe.unet.dtype) as (network, reader):
                pipe.register_modules(image_encoder=network, feature_extractor=reader)
                with torch.inference_mode():
                    for key, picture in pictures.items():
                        (self._seen[key],) = pipe.prepare_ip_adapter_image_embeds(
                            [[picture]], None, device, 1, key[1]
                        )
        finally:
            pipe.register_modules(image_encoder=None, feature_extractor=None)

    def _weigh(self, references: tuple[ReferenceUse, ...], scale: float) -> None:
        counts = [sum(o.name == use.name for o in references) for use in references]
        weights = [
            scale * use.weight / count
            for use, count in zip(references, counts, strict=True)
        ]
        self._pipe.set_ip_adapter_scale([weights])

    def _regions(
        self, references: tuple[ReferenceUse, ...], width: int, height: int
    ) -> dict[str, Any]:
        """A mask for each reference: the band of its character."""
        import torch

        names = list(dict.fromkeys(use.name for use in references))
        factor = self._pipe.vae_scale_factor
        across, down = max(1, width // factor), max(1, height // factor)
        # Where it is drawn: every layer of every step looks at them.
        device = self._pipe._execution_device
        masks = torch.zeros(1, len(references), down, across, device=device)
        for place, use in enumerate(references):
            band = names.index(use.name)
            begin = across * band // len(names)
            masks[:, place, :, begin : across * (band + 1) // len(names)] = 1
        return {"cross_attention_kwargs": {"ip_adapter_masks": [masks]}}

    def _prove(self, request: ImageRequest, embeds: Any, *, guided: bool) -> None:
        """An adapter without effect would be a promise that is not kept."""
        import torch

        without, with_it = (
            self._tried(request, embeds, at, guided=guided) for at in (0.0, 1.0)
        )
        if torch.equal(without, with_it):
            raise EngineError(
                "the IP-Adapter has no effect on this model, so nobody would look as in "
                "the reference",
                "put a whole copy of ip-adapter there, or leave references out",
            )
        self._proven.add(str(request.likeness))

    def _tried(
        self, request: ImageRequest, embeds: Any, scale: float, *, guided: bool
    ) -> Any:
        """The latents of one step at a quarter of the area."""
        import torch

        pipe = self._pipe
        pipe.set_ip_adapter_scale([[scale] * len(request.references)])
        side = pipe.unet.config.sample_size * pipe.vae_scale_factor // 2
        return pipe(
            "a person",
            width=side,
            height=side,
            num_inference_steps=1,
            guidance_scale=5.0 if guided else 0.0,
            generator=torch.Generator("cpu").manual_seed(0),
            ip_adapter_image_embeds=[embeds],
            output_type="latent",
            **self._regions(request.references, side, side),
        ).images

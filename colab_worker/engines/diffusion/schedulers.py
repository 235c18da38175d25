"""Schedulers by name: how the noise is taken away, step by step."""

from __future__ import annotations

from typing import Any

from colab_worker.engines.diffusion.quiet import import_diffusers

_CLASSES: dict[str, tuple[str, dict[str, Any]]] = {
    "dpmpp_2m_karras": (
        "DPMSolverMultistepScheduler",
        {"algorithm_type": "dpmsolver++", "use_karras_sigmas": True},
    ),
    "euler_a": ("EulerAncestralDiscreteScheduler", {}),
    "euler": ("EulerDiscreteScheduler", {}),
    "euler_trailing": ("EulerDiscreteScheduler", {"timestep_spacing": "trailing"}),
    "ddim": ("DDIMScheduler", {}),
    "unipc": ("UniPCMultistepScheduler", {}),
    "flow_euler": ("FlowMatchEulerDiscreteScheduler", {}),
}


def scheduler(name: str, config: Any) -> Any:
    """A fresh scheduler: what one picture leaves behind never reaches the next."""
    class_name, changes = _CLASSES[name]
    return getattr(import_diffusers(), class_name).from_config(config, **changes)

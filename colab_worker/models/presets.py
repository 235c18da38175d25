"""The models that are known by name: where they come from, and how they want to draw."""

from __future__ import annotations

from dataclasses import dataclass

from colab_worker.engines.entry import Drawing

GB = 1_000_000_000
SDXL = Drawing(
    side=1024,
    steps={"draft": 15, "fast": 20, "standard": 30, "high": 40},
    guidance=6.0,
    schedulers=("dpmpp_2m_karras", "euler_a", "euler", "ddim", "unipc"),
)
#: Distilled to four steps: its own scheduler, and as good as no guidance.
SDXL_FAST = Drawing(
    side=1024,
    steps={"draft": 4, "fast": 4, "standard": 4, "high": 8},
    least_steps=2,
    most_steps=8,
    guidance=0.0,
    most_guidance=2.0,
    schedulers=("euler_trailing",),
)
#: How a model folder without a preset is driven, by family.
FLUX_DEV = Drawing(
    side=1024,
    steps={"draft": 12, "fast": 20, "standard": 28, "high": 40},
    guidance=3.5,
    most_guidance=10.0,
    schedulers=("flow_euler",),
    negative=False,
)
#: Distilled to four steps, and without the dial for guidance.
FLUX_SCHNELL = Drawing(
    side=1024,
    steps={"draft": 2, "fast": 4, "standard": 4, "high": 8},
    most_steps=8,
    schedulers=("flow_euler",),
    negative=False,
)
BY_FAMILY = {"sdxl": SDXL, "flux": FLUX_DEV}


@dataclass(frozen=True)
class Preset:
    """A model by name, pinned to one revision of its repository."""

    name: str
    repo: str
    revision: str
    licence: str
    #: Patterns of the files that are needed.
    files: tuple[str, ...]
    #: About this much is downloaded.
    bytes: int
    drawing: Drawing
    #: Among models that a GPU can draw with, ``auto`` takes the highest.
    preference: int = 1
    #: Its licence must be accepted on the model's page, and HF_TOKEN be set.
    gated: bool = False
    #: The folder on the shelf; presets may share one.
    folder: str = ""
    #: A preset whose model this one draws with.
    base: str | None = None
    #: The file in ``folder`` that turns the base into this.
    lora: str | None = None

    @property
    def home(self) -> str:
        """The name of its folder on the shelf."""
        return self.folder or self.name

    @property
    def page(self) -> str:
        """Where people read about it and accept its licence."""
        return f"https://huggingface.co/{self.repo}"


@dataclass(frozen=True)
class VoicePreset:
    """A voice model by name: one archive, unpacked."""

    name: str
    url: str
    licence: str
    bytes: int
    languages: tuple[str, ...]


@dataclass(frozen=True)
class AdapterPreset:
    """What pictures of several models can be drawn with besides."""

    name: str
    repo: str
    revision: str
    licence: str
    files: tuple[str, ...]
    bytes: int

    @property
    def home(self) -> str:
        """The name of its folder on the shelf."""
        return self.name

    @property
    def page(self) -> str:
        """Where people read about it."""
        return f"https://huggingface.co/{self.repo}"


@dataclass(frozen=True)
class HubVoicePreset(AdapterPreset):
    """A voice model whose files stand in a repository."""

    languages: tuple[str, ...] = ()


#: Files beside the weights.
SETTINGS = ("*.json", "*/*.json", "*/*.txt", "*/*.model")

PRESETS = (
    Preset(
        "sdxl",
        repo="stabilityai/stable-diffusion-xl-base-1.0",
        revision="462165984030d82259a11f4367a4eed129e94a7b",
        licence="CreativeML Open RAIL++-M",
        files=(*SETTINGS, "*/*.fp16.safetensors"),
        bytes=6_940_000_000,
        drawing=SDXL,
        preference=3,
    ),
    Preset(
        "sdxl-fast",
        repo="ByteDance/SDXL-Lightning",
        revision="c9a24f48e1c025556787b0c58dd67a091ece2e44",
        licence="CreativeML Open RAIL++-M",
        files=("sdxl_lightning_4step_lora.safetensors",),
        bytes=394_000_000,
        drawing=SDXL_FAST,
        preference=2,
        base="sdxl",
        lora="sdxl_lightning_4step_lora.safetensors",
    ),
    Preset(
        "flux-dev",
        repo="black-forest-labs/FLUX.1-dev",
        revision="3de623fc3c33e44ffbe2bad470d0f45bccf2eb21",
        licence="FLUX.1 [dev] Non-Commercial License",
        files=(*SETTINGS, "*/*.safetensors"),
        bytes=33_700_000_000,
        drawing=FLUX_DEV,
        gated=True,
    ),
    Preset(
        "flux-schnell",
        repo="black-forest-labs/FLUX.1-schnell",
        revision="741f7c3ce8b383c54771c7003378a50191e9efe9",
        licence="Apache 2.0",
        files=(*SETTINGS, "*/*.safetensors"),
        bytes=33_700_000_000,
        drawing=FLUX_SCHNELL,
        gated=True,
    ),
)
#: The speakers of Moonreel's voices are those of VCTK.
VITS = VoicePreset(
    "vits",
    url="https://github.com/coqui-ai/TTS/releases/download/v0.6.1_models/"
    "tts_models--en--vctk--vits.zip",
    licence="Apache 2.0",
    bytes=150_000_000,
    languages=("en",),
)
#: Likenesses for every SDXL: the whole look, and the face.
IP_ADAPTER = AdapterPreset(
    "ip-adapter",
    repo="h94/IP-Adapter",
    revision="018e402774aeeddd60609b4ecdb7e298259dc729",
    licence="Apache 2.0",
    files=(
        "models/image_encoder/config.json",
        "models/image_encoder/model.safetensors",
        "sdxl_models/ip-adapter-plus_sdxl_vit-h.safetensors",
        "sdxl_models/ip-adapter-plus-face_sdxl_vit-h.safetensors",
    ),
    bytes=4_220_000_000,
)
#: Speaks with the voice of a sample.
XTTS = HubVoicePreset(
    "xtts",
    repo="coqui/XTTS-v2",
    revision="6c2b0d75eae4b7047358e3b6bd9325f857d43f77",
    licence="Coqui Public Model License 1.0 (non-commercial)",
    files=("config.json", "model.pth", "vocab.json"),
    bytes=1_870_000_000,
    languages=tuple(
        [
            "en",
            "es",
            "fr",
            "de",
            "it",
            "pt",
            "pl",
            "tr",
            "ru",
            "nl",
            "cs",
            "ar",
            "zh",
            "hu",
            "ko",
            "ja",
            "hi",
        ]
    ),
)
#: Listens for known words, where a voice model does not tell when they sound.
WHISPER = AdapterPreset(
    "whisper",
    repo="Systran/faster-whisper-base",
    revision="ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66",
    licence="MIT",
    files=("config.json", "model.bin", "tokenizer.json", "vocabulary.txt"),
    bytes=148_000_000,
)
#: The models that speak, by name.
VOICES: dict[str, VoicePreset | HubVoicePreset] = {
    preset.name: preset for preset in (VITS, XTTS)
}
BY_NAME = {preset.name: preset for preset in PRESETS}


def how_to_get(preset: Preset | VoicePreset | AdapterPreset) -> str:
    """That a worker lacks it, and how it gets there."""
    return (
        f"it is not on this worker; `moonreel models pull {preset.name}` there "
        f"fetches it ({preset.bytes / GB:.1f} GB, licence: {preset.licence})"
    )

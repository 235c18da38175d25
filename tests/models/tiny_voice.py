"""Tiny voice models with random weights, in the layout of the real ones."""

from __future__ import annotations

import json
import string
from pathlib import Path
from typing import Any

from colab_worker.engines.coqui.library import import_synthesizer
from colab_worker.engines.coqui.phonemes import provide_espeak
from shared_protocol.vocab import VOICES

#: What espeak-ng writes for English, beside the letters.
_IPA = "ɑæɐəɚɛɜɪɡŋɔɹɾʃʊʌʒθðᵻʔɫːˈˌ̩"


def build_vits(folder: Path, *, phonemes: bool = False, seed: int = 0) -> Path:
    """A VITS model of some megabytes with the speakers of Moonreel's voices."""
    provide_espeak()
    import_synthesizer()
    import torch
    from TTS.config.shared_configs import BaseAudioConfig
    from TTS.tts.configs.vits_config import VitsConfig
    from TTS.tts.models.vits import Vits

    folder.mkdir(parents=True)
    speakers = folder / "speaker_ids.json"
    names = sorted({voice.speaker for voice in VOICES.values()})
    # The real file has a line break in one name; nobody may stumble over it.
    ids = {"ED\n": 0} | {name: place for place, name in enumerate(names, start=1)}
    speakers.write_text(json.dumps(ids), "utf-8")
    arguments = _arguments()
    arguments.use_speaker_embedding, arguments.num_speakers = True, len(ids)
    arguments.speaker_embedding_channels = 16
    arguments.speakers_file = str(speakers)
    config = VitsConfig(
        model_args=arguments, audio=BaseAudioConfig(sample_rate=22050),
        add_blank=True, run_eval=False, test_sentences=[],
        use_speaker_embedding=True, speakers_file=str(speakers),
        **(_phonemes(folder) if phonemes else _letters()),
    )  # fmt: skip
    torch.manual_seed(seed)
    model = Vits(config)
    # As a model that was made on another machine.
    for part in (config, config.model_args):
        part.speakers_file = "/train/machine/speakers.json"
    config.save_json(str(folder / "config.json"))
    torch.save({"model": model.state_dict(), "step": 0}, folder / "model_file.pth")
    return folder


def _arguments() -> Any:
    from TTS.tts.configs.vits_config import VitsArgs

    return VitsArgs(
        hidden_channels=16, hidden_channels_ffn_text_encoder=32,
        num_heads_text_encoder=2, num_layers_text_encoder=1,
        num_layers_posterior_encoder=2, num_layers_flow=1,
        upsample_initial_channel_decoder=16, resblock_kernel_sizes_decoder=[3],
        resblock_dilation_sizes_decoder=[[1, 3, 5]],
        upsample_rates_decoder=[8, 8, 2, 2],
        upsample_kernel_sizes_decoder=[16, 16, 4, 4],
        use_sdp=True, init_discriminator=False,
    )  # fmt: skip


def _letters() -> dict[str, Any]:
    return {
        "use_phonemes": False,
        "text_cleaner": "basic_cleaners",
        "characters": _characters(None),
    }


def _phonemes(folder: Path) -> dict[str, Any]:
    return {
        "use_phonemes": True,
        "phonemizer": "espeak",
        "phoneme_language": "en-us",
        "text_cleaner": "phoneme_cleaners",
        "phoneme_cache_path": str(folder / "cache"),
        "characters": _characters(_IPA),
    }


def _characters(phonemes: str | None) -> Any:
    from TTS.tts.configs.shared_configs import CharactersConfig

    return CharactersConfig(
        characters_class="TTS.tts.models.vits.VitsCharacters",
        pad="_", eos="~", bos="^", blank="<BLNK>",
        characters=string.ascii_letters, punctuations="!'(),-.:;? ",
        phonemes=phonemes,
    )  # fmt: skip

"""Tiny voice models with random weights, in the layout of the real ones."""

from __future__ import annotations

import json
import string
from pathlib import Path
from typing import Any

from colab_worker.engines.coqui.library import import_synthesizer, import_xtts
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


def build_xtts(folder: Path, *, seed: int = 0) -> Path:
    """An XTTS of 93 MB, most of it the decoder, whose size is fixed."""
    module, configs = import_xtts()
    import torch

    folder.mkdir(parents=True)
    count = _write_words(folder / "vocab.json")
    arguments = configs.XttsArgs(
        gpt_layers=1, gpt_n_model_channels=64, gpt_n_heads=2,
        gpt_number_text_tokens=count, gpt_start_text_token=_WORDS.index("[START]"),
        gpt_stop_text_token=_WORDS.index("[STOP]"), gpt_num_audio_tokens=1026,
        gpt_start_audio_token=1024, gpt_stop_audio_token=1025,
        gpt_use_perceiver_resampler=True, gpt_max_audio_tokens=16,
        decoder_input_dim=64, tokenizer_file="/train/machine/vocab.json",
    )  # fmt: skip
    config = configs.XttsConfig(model_args=arguments)
    config.languages = ["en", "de"]
    config.save_json(str(folder / "config.json"))
    torch.manual_seed(seed)
    model = module.Xtts(config)
    model.tokenizer = module.VoiceBpeTokenizer(folder / "vocab.json")
    model.init_models()
    torch.save({"model": model.state_dict()}, folder / "model.pth")
    return folder


_WORDS = [
    *("[STOP]", "[UNK]", "[SPACE]", "[START]", "[en]", "[de]"),
    *string.ascii_lowercase,
    *string.digits,
    *".,!?'-;: äöüß",
]


def _write_words(file: Path) -> int:
    """The letters that it knows; how many."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = {word: place for place, word in enumerate(_WORDS)}
    letters = Tokenizer(models.BPE(vocab=words, merges=[], unk_token="[UNK]"))
    letters.pre_tokenizer = pre_tokenizers.Whitespace()
    letters.add_special_tokens(_WORDS[:6])
    letters.save(str(file))
    return int(letters.get_vocab_size())


def write_sample(file: Path, seconds: float = 7.0, seed: int = 0) -> Path:
    """Something like a voice: a buzz that comes and goes with syllables."""
    import numpy as np
    import soundfile

    rate = 24_000
    at = np.arange(int(seconds * rate)) / rate
    pitch = 120 + 40 * seed
    buzz = sum(np.sin(2 * np.pi * pitch * n * at) / n for n in range(1, 20))
    syllables = np.clip(np.sin(2 * np.pi * 3 * at), 0, 1)
    soundfile.write(file, 0.2 * buzz * syllables, rate)
    return file

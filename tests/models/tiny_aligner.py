"""A tiny Whisper with random weights, converted as the real ones are."""

from __future__ import annotations

import json
from pathlib import Path

from tests.models.tiny import byte_symbols


def build_whisper(folder: Path) -> Path:
    """It finds words somewhere: its times are nonsense, their shape is not."""
    import torch
    from ctranslate2.converters import TransformersConverter
    from transformers import (
        WhisperConfig,
        WhisperFeatureExtractor,
        WhisperForConditionalGeneration,
    )

    source = folder.with_name(f"{folder.name}-source")
    source.mkdir(parents=True)
    ids, languages = _write_tokenizer(source)
    end = ids["<|endoftext|>"]
    config = WhisperConfig(
        vocab_size=len(ids), d_model=16, encoder_layers=1, decoder_layers=1,
        encoder_attention_heads=2, decoder_attention_heads=2, encoder_ffn_dim=32,
        decoder_ffn_dim=32, num_mel_bins=80, max_source_positions=1500,
        max_target_positions=448, pad_token_id=end, bos_token_id=end,
        eos_token_id=end, decoder_start_token_id=ids["<|startoftranscript|>"],
    )  # fmt: skip
    torch.manual_seed(0)
    model = WhisperForConditionalGeneration(config)
    told = model.generation_config
    told.suppress_tokens, told.begin_suppress_tokens = [], [end]
    told.alignment_heads = [[0, 0]]
    told.no_timestamps_token_id = ids["<|notimestamps|>"]
    told.lang_to_id = {f"<|{name}|>": ids[f"<|{name}|>"] for name in languages}
    told.is_multilingual = True
    model.save_pretrained(source)
    WhisperFeatureExtractor(feature_size=80).save_pretrained(source)
    copied = ["tokenizer.json", "preprocessor_config.json"]
    TransformersConverter(str(source), copy_files=copied).convert(str(folder))
    return folder


def _write_tokenizer(folder: Path) -> tuple[dict[str, int], tuple[str, ...]]:
    from faster_whisper.tokenizer import _LANGUAGE_CODES
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    letters = {word: place for place, word in enumerate(byte_symbols())}
    special = [
        "<|endoftext|>", "<|startoftranscript|>",
        *(f"<|{name}|>" for name in _LANGUAGE_CODES),
        "<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>",
        "<|nospeech|>", "<|notimestamps|>",
        *(f"<|{step * 0.02:.2f}|>" for step in range(1501)),
    ]  # fmt: skip
    made = Tokenizer(models.BPE(vocab=letters, merges=[]))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens([AddedToken(word, special=True) for word in special])
    made.save(str(folder / "tokenizer.json"))
    told = {
        "tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|endoftext|>",
        "bos_token": "<|endoftext|>", "unk_token": "<|endoftext|>",
    }  # fmt: skip
    (folder / "tokenizer_config.json").write_text(json.dumps(told), "utf-8")
    return made.get_vocab(), _LANGUAGE_CODES

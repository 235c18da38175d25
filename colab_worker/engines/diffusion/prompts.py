"""Prompts of any length for SDXL: encoded in windows, and the windows joined.

CLIP reads 77 tokens and drops the rest without a word. A longer prompt is cut between
words into windows of 75; the network that draws attends to all of them. Up to 75 tokens
the result is exactly what the stock pipeline makes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

#: What CLIP reads, without the marks for begin and end.
WINDOW = 75


@dataclass(frozen=True)
class Encoded:
    """What the pipeline takes in place of prompts."""

    prompt_embeds: Any
    pooled_prompt_embeds: Any
    negative_prompt_embeds: Any
    negative_pooled_prompt_embeds: Any


def encode(pipe: Any, prompt: str, negative: str) -> Encoded:
    """Both prompts, as many windows each as the longer one needs."""
    import torch

    with torch.inference_mode():
        windows = _count(pipe, prompt, negative)
        wanted, pooled = _embeds(pipe, prompt, windows)
        if negative:
            unwanted, unwanted_pooled = _embeds(pipe, negative, windows)
        else:  # as the stock pipeline does for no negative prompt
            unwanted, unwanted_pooled = (
                torch.zeros_like(wanted),
                torch.zeros_like(pooled),
            )
    return Encoded(wanted, pooled, unwanted, unwanted_pooled)


def cut_windows(tokenizer: Any, text: str) -> list[list[int]]:
    """Token ids in windows; a word is only cut if it is longer than a window."""
    windows: list[list[int]] = [[]]
    for word in text.split():
        ids = tokenizer(word, add_special_tokens=False).input_ids
        if len(windows[-1]) + len(ids) > WINDOW and windows[-1]:
            windows.append([])
        for token in ids:
            if len(windows[-1]) == WINDOW:
                windows.append([])
            windows[-1].append(token)
    return windows


def _count(pipe: Any, *texts: str) -> int:
    tokenizers = (pipe.tokenizer, pipe.tokenizer_2)
    return max(len(cut_windows(t, text)) for t in tokenizers for text in texts)


def _embeds(pipe: Any, text: str, windows: int) -> tuple[Any, Any]:
    import torch

    parts, pooled = [], None
    for tokenizer, encoder in (
        (pipe.tokenizer, pipe.text_encoder),
        (pipe.tokenizer_2, pipe.text_encoder_2),
    ):
        ids = torch.tensor(_padded(tokenizer, text, windows)).to(_device(pipe))
        told = encoder(ids, output_hidden_states=True)
        hidden = told.hidden_states[-2]
        parts.append(hidden.reshape(1, -1, hidden.shape[-1]))
        pooled = told[0][:1]  # of the second encoder, and of the first words
    return torch.cat(parts, dim=-1).to(pipe.unet.dtype), pooled


def _device(pipe: Any) -> Any:
    """Where the encoders read: with off-loading, not where they lie."""
    return pipe._execution_device


def _padded(tokenizer: Any, text: str, windows: int) -> list[list[int]]:
    begin, end, pad = (
        tokenizer.bos_token_id,
        tokenizer.eos_token_id,
        tokenizer.pad_token_id,
    )
    rows = []
    cut = cut_windows(tokenizer, text)
    for ids in [*cut, *[[] for _ in range(windows - len(cut))]]:
        rest = [pad] * (WINDOW - len(ids))
        rows.append([begin, *ids, end, *rest])
    return rows

"""What coqui-tts uses of torchaudio, on torch, librosa and soundfile alone.

torchaudio's wheels are linked with CUDA. The parts here have its names, arguments and
buffers (models keep those), so that weights load into them as they would into its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import librosa
import soundfile
import torch

from colab_worker.engines.coqui.steadiness import aligned


def load(path: Any, **_: Any) -> tuple[Any, int]:
    """``torchaudio.load``: samples as (channels, frames) within -1 to 1, and the rate."""
    samples, rate = soundfile.read(str(path), dtype="float32", always_2d=True)
    return aligned(samples.T), int(rate)


def resample(waveform: Any, orig_freq: int, new_freq: int, **_: Any) -> Any:
    """``torchaudio.functional.resample``."""
    samples = waveform.cpu().numpy()
    told = librosa.resample(samples, orig_sr=orig_freq, target_sr=new_freq)
    return aligned(told).to(waveform)


class Resample:
    """``torchaudio.transforms.Resample``, as far as it is used."""

    def __init__(self, orig_freq: int = 16000, new_freq: int = 16000, **_: Any) -> None:
        self._rates = orig_freq, new_freq

    def __call__(self, waveform: Any) -> Any:
        return resample(waveform, *self._rates)


class _Spectrogram(torch.nn.Module):  # type: ignore[misc]
    def __init__(
        self,
        shape: tuple[int, int, int],
        power: float,
        window: Any,
        *,
        normalized: bool,
    ) -> None:
        super().__init__()
        self._shape = shape
        self._power = power
        self._normalized = normalized
        self.register_buffer("window", window)

    def forward(self, waveform: Any) -> Any:
        n_fft, hop_length, win_length = self._shape
        flat = waveform.reshape(-1, waveform.shape[-1])
        spectrum = torch.stft(
            flat, n_fft, hop_length, win_length, self.window, center=True,
            pad_mode="reflect", normalized=False, onesided=True, return_complex=True,
        )  # fmt: skip
        if self._normalized:
            spectrum = spectrum / self.window.pow(2).sum().sqrt()
        power = spectrum.abs().pow(self._power)
        return power.reshape(*waveform.shape[:-1], *power.shape[-2:])


class _MelScale(torch.nn.Module):  # type: ignore[misc]
    def __init__(self, bands: Any) -> None:
        super().__init__()
        self.register_buffer("fb", bands)

    def forward(self, spectrum: Any) -> Any:
        return torch.matmul(spectrum.transpose(-1, -2), self.fb).transpose(-1, -2)


class MelSpectrogram(torch.nn.Module):  # type: ignore[misc]
    """``torchaudio.transforms.MelSpectrogram`` with the scale of HTK."""

    def __init__(
        self,
        sample_rate: int = 16000,
        n_fft: int = 400,
        win_length: int | None = None,
        hop_length: int | None = None,
        f_min: float = 0.0,
        f_max: float | None = None,
        n_mels: int = 128,
        window_fn: Callable[..., Any] = torch.hann_window,
        power: float = 2.0,
        normalized: bool = False,
        norm: str | None = None,
    ) -> None:
        super().__init__()
        win_length = win_length or n_fft
        hop_length = hop_length or win_length // 2
        bands = librosa.filters.mel(
            sr=sample_rate, n_fft=n_fft, n_mels=n_mels, fmin=f_min,
            fmax=f_max or sample_rate / 2, htk=True, norm=norm,
        )  # fmt: skip
        self.spectrogram = _Spectrogram(
            (n_fft, hop_length, win_length),
            power,
            window_fn(win_length),
            normalized=normalized,
        )
        self.mel_scale = _MelScale(aligned(bands.T))

    def forward(self, waveform: Any) -> Any:
        """Waveforms (..., frames) to bands (..., n_mels, windows)."""
        return self.mel_scale(self.spectrogram(waveform))

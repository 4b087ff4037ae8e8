"""Makes `import TTS` work beside a torch without CUDA.

The wheels of torchaudio on PyPI are linked against CUDA and cannot be loaded beside a torch for the CPU only. Of
torchaudio the library uses nothing native but reading and writing of files: it resamples and makes spectrograms with
what is written in Python. So where loading fails, torchaudio's native part is said not to be there, and in any case
files are read and written by soundfile, since torchaudio's own way needs torchcodec and FFmpeg's libraries.
"""

from __future__ import annotations

import importlib
import sys
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from torch import Tensor


def prepare() -> None:
    """Import torchaudio such that the library can be imported behind it; a second call changes nothing."""
    try:
        torchaudio = importlib.import_module("torchaudio")
    except OSError:
        for name in [name for name in sys.modules if name == "torchaudio" or name.startswith("torchaudio.")]:
            del sys.modules[name]
        sys.modules["torchaudio._extension"] = _no_extension()
        torchaudio = importlib.import_module("torchaudio")
    torchaudio.load, torchaudio.save = _load, _save  # type: ignore[attr-defined,unused-ignore]  # they are there


def _no_extension() -> types.ModuleType:
    def without(function: Callable[..., object]) -> Callable[..., NoReturn]:
        def missing(*args: object, **kwargs: object) -> NoReturn:
            raise RuntimeError(f"{function.__name__} needs torchaudio's native part")

        return missing

    extension = types.ModuleType("torchaudio._extension")
    names: dict[str, Any] = {  # Any: a module's names are whatever it has
        "_IS_TORCHAUDIO_EXT_AVAILABLE": False,
        "_IS_ALIGN_AVAILABLE": False,
        "_check_cuda_version": lambda: None,
        "fail_if_no_align": without,
    }
    vars(extension).update(names)
    return extension


def _load(uri: str, frame_offset: int = 0, num_frames: int = -1, **others: object) -> tuple[Tensor, int]:
    import soundfile  # type: ignore[import-untyped]  # it has no types
    import torch

    samples, rate = soundfile.read(uri, start=frame_offset, frames=num_frames, dtype="float32", always_2d=True)
    return torch.from_numpy(samples).t().contiguous(), int(rate)


def _save(uri: str, src: Tensor, sample_rate: int, **others: object) -> None:
    import soundfile

    soundfile.write(uri, src.detach().cpu().t().numpy(), sample_rate)

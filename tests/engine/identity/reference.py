"""Writes reference.npz: what the encoder's own code computes, with torch, for the sounds of inputs.py.

Run with a Python that has torch, numpy, soundfile, soxr and pytest: `python tests/engine/identity/reference.py`, after
`pip install --no-deps resemblyzer==0.1.4`. The class and the slices are Resemblyzer's own, taken from its source,
since its package cannot be imported without a compiler; the mel bands are librosa's, by torch's STFT.
"""

from __future__ import annotations

import ast
import importlib.util
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).parent
RATE, WINDOW, STEP, BANDS = 16_000, 400, 160, 40
FILES = ("librispeech/3080/3080-5032-0003.flac", "librispeech/2414/2414-128291-0003.flac")


def network(package: Path) -> tuple[Any, Any]:
    """Resemblyzer's network with its weights, and its function that cuts a sound into windows."""
    import torch

    source = (package / "voice_encoder.py").read_text()
    (encoder,) = [each for each in ast.parse(source).body if isinstance(each, ast.ClassDef)]
    names: dict[str, Any] = {
        **{"np": np, "torch": torch, "nn": torch.nn, "sampling_rate": RATE, "mel_window_step": 10},
        **{"partials_n_frames": 160, "mel_n_channels": BANDS, "model_hidden_size": 256, "model_num_layers": 3},
        **{"model_embedding_size": 256, "Path": Path, "timer": lambda: 0, "Union": Any, "__file__": str(package / "x")},
    }
    encoder.body = [each for each in encoder.body if getattr(each, "name", "") != "embed_speaker"]
    for each in encoder.body:
        if isinstance(each, ast.FunctionDef):
            for argument in each.args.args:
                argument.annotation = None
    exec(compile(ast.Module([encoder], []), "voice_encoder", "exec"), names)
    load = torch.load
    torch.load = lambda path, map_location: load(path, map_location=map_location, weights_only=True)
    return names["VoiceEncoder"]("cpu", verbose=False), torch


def bands(torch: Any, samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """librosa's melspectrogram at its defaults, transposed."""
    corner, width, log_step = 1000.0, 200 / 3, np.log(6.4) / 27
    mels = np.linspace(0, corner / width + np.log(RATE / 2 / corner) / log_step, BANDS + 2)
    edges = np.where(mels * width < corner, mels * width, corner * np.exp(log_step * (mels - corner / width)))
    points = np.linspace(0, RATE / 2, WINDOW // 2 + 1)
    ramps = edges[:, None] - points[None]
    apart = np.diff(edges)
    bank = np.maximum(0, np.minimum(-ramps[:-2] / apart[:-1, None], ramps[2:] / apart[1:, None]))
    bank *= (2 / (edges[2:] - edges[:-2]))[:, None]
    spectra = torch.stft(
        torch.as_tensor(samples),
        WINDOW,
        STEP,
        WINDOW,
        torch.hann_window(WINDOW),
        pad_mode="constant",
        return_complex=True,
    )
    found: NDArray[np.float32] = (bank @ (spectra.abs() ** 2).numpy()).T.astype(np.float32)
    return found


def main() -> None:
    """Compute the vectors, and write them beside this file."""
    sys.path.insert(0, str(HERE.parents[2]))
    import soundfile  # type: ignore[import-untyped]  # it has no types

    from tests.engine.identity.inputs import REAL, made

    package = Path(next(iter(importlib.util.find_spec("resemblyzer").submodule_search_locations)))  # type: ignore[union-attr, arg-type]  # it is installed
    encoder, torch = network(package)
    encoder_bands = type("audio", (), {"wav_to_mel_spectrogram": staticmethod(lambda samples: bands(torch, samples))})
    type(encoder).embed_utterance.__globals__["audio"] = encoder_bands
    sounds = dict(made()) | {name: soundfile.read(REAL / name, dtype="float32")[0] for name in FILES}
    found = {name: encoder.embed_utterance(samples).astype(np.float32) for name, samples in sounds.items()}
    np.savez(HERE / "reference.npz", **found)
    for name, vector in found.items():
        print(name, vector.shape, float(np.linalg.norm(vector)))


if __name__ == "__main__":
    main()

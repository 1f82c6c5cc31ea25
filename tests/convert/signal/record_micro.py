# SPDX-License-Identifier: MIT
"""Records features of pymicro-features 2.0.2 for test_micro.py.

    pip install pymicro-features==2.0.2
    python tests/convert/signal/record_micro.py

writes data/micro.npz: int16 samples, 16 kHz, features of each recording from rest,
uint16 (n, frames, 40), and `stream`, those of all recordings one after the other,
(frames, 40). The test needs no pymicro-features.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent
#: What pymicro-features multiplies TFLM's integers by.
SCALE = 0.0390625


def recordings(n: int = 4000) -> NDArray[np.int16]:
    """Noise of some loudnesses, a tone, silence, a sweep, a late onset, clipping, the
    ends of int16."""
    rng, t = np.random.default_rng(7), np.arange(n)
    found = [
        rng.normal(0, 3000, n),
        rng.normal(0, 20000, n),
        rng.normal(0, 2, n),
        20000 * np.sin(2 * np.pi * 440 * t / 16000),
        0.0 * t,
        15000 * np.sin(2 * np.pi * t * t / 16000),
        np.where(t > n // 2, rng.normal(0, 8000, n), 0),
        90000 * np.sin(2 * np.pi * 300 * t / 16000),
        np.full(n, -32768.0),
        np.where(t % 2, 32767.0, -32768.0),
    ]
    rows: NDArray[np.int16] = np.rint(found).clip(-32768, 32767).astype(np.int16)
    return rows


def features(samples: NDArray[np.int16]) -> NDArray[np.uint16]:
    """What pymicro-features gives, frame by frame."""
    from pymicro_features import MicroFrontend

    frontend, left, found = MicroFrontend(), samples.astype("<i2").tobytes(), []
    while left:
        output = frontend.process_samples(left)
        if output.features:
            found.append(output.features)
        left = left[2 * output.samples_read :] if output.samples_read else b""
    return np.rint(np.array(found) / SCALE).astype(np.uint16)


if __name__ == "__main__":
    rows = recordings()
    np.savez_compressed(
        HERE / "data/micro.npz",
        samples=rows,
        features=np.stack([features(row) for row in rows]),
        stream=features(rows.ravel()),
    )

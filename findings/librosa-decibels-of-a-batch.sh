#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# librosa.power_to_db clips a quiet recording by the loudest one of its batch, and so do
# the MFCC of a batch.
#
# Version: librosa 0.11.0 from PyPI.
# The guess: arrays with leading axes are batches, each of which is treated alone, as
# librosa's stft and melspectrogram do it; top_db=80 is said to be below the peak.
# Seen: the peak is that of the whole array. The MFCC of a recording change when a louder
# one stands beside it in the batch, by tens; spectra and melspectrograms do not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check librosa==0.11.0

"$folder/venv/bin/python" - <<'PY'
import sys

import librosa
import numpy as np

rng = np.random.default_rng(0)
quiet = (1e-4 * rng.normal(size=8000)).astype(np.float32)
loud = rng.normal(size=8000).astype(np.float32)
options = {"sr": 16000, "n_fft": 512, "hop_length": 160}


def moved(function, **more):
    """How much the quiet recording's numbers change beside the loud one."""
    alone = function(y=quiet, **options, **more)
    beside = function(y=np.stack([quiet, loud]), **options, **more)[0]
    return float(abs(alone - beside).max())


mel = moved(librosa.feature.melspectrogram)
mfcc = moved(librosa.feature.mfcc, n_mfcc=13)
print(f"melspectrogram: {mel:.2g}; mfcc: {mfcc:.2f}")
sys.exit(not (mel == 0 and mfcc > 1))
PY

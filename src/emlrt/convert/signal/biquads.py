# SPDX-License-Identifier: MIT
"""Second-order sections in the forms in which float32 is exact.

A section is a function of 1 / (z - c) for a centre c, and its two state variables are
powers of that: with c = 0 they are past samples, the direct form. Where poles are near
z = 1, as those of low cut-offs are, c = 1 (the delta form) has coefficients that are
their distances from there, which float32 holds to its last digit; where they are near
z = -1, c = -1 does.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.convert.ir.steps import floats

#: Real part of the poles from which 1 or -1 is the better centre.
_NEAR = 0.5
#: Where q is below, v grows so large that what its sums lose has to be kept; and where
#: a2, the square of the poles' distance from 0, is above, so that it lasts.
_FINE, _LASTS = 0.05, 0.95


def payload_of(sos: NDArray[np.float64]) -> bytes:
    """emlrt_biquad records of sections (n, 6)."""
    return b"".join(_record(section) for section in spread(sos))


def spread(sos: NDArray[np.float64]) -> NDArray[np.float64]:
    """The gain of all sections spread evenly over them: scipy's first one has it all,
    which may be less than float32 holds."""
    found = np.array(sos)
    gains = np.abs(found[:, :3]).max(axis=1)
    if not gains.all():
        return found
    each = np.exp(np.log(gains).mean())
    found[:, :3] *= (each / gains)[:, None]
    return found


def _centre(a1: float, a2: float) -> int:
    """The centre that is the nearest to the slower pole."""
    poles = np.roots([1.0, a1, a2])
    real = float(poles[np.abs(poles).argmax()].real)
    return 1 if real > _NEAR else -1 if real < -_NEAR else 0


def _record(section: NDArray[np.float64]) -> bytes:
    b0, b1, b2, _, a1, a2 = section.tolist()
    c = _centre(a1, a2)
    p, q = 2 * c + a1, (c * c + c * a1) + a2
    near = lib.EMLRT_BIQUAD_FINE if q < _FINE or a2 > _LASTS else lib.EMLRT_BIQUAD_DELTA
    form = {0: lib.EMLRT_BIQUAD_DIRECT, -1: lib.EMLRT_BIQUAD_MIRROR}.get(c, near)
    numbers = [p, q, b0, 2 * c * b0 + b1, (c * c * b0 + c * b1) + b2]
    return int(form).to_bytes(4, "little") + floats(numbers, "a coefficient")

# SPDX-License-Identifier: MIT
"""The host's layouts, under sanitizers: the bits of emlrt_run for any blob."""

from pathlib import Path

from c import host

GOLDEN = Path(__file__).parent / "golden/v1"


def test_golden_blobs() -> None:
    blobs = [path.read_bytes() for path in sorted(GOLDEN.rglob("*.eml"))]
    uses = host.use(blobs)
    assert not any(use.status for use in uses)
    assert sum(use.stages for use in uses) > 50

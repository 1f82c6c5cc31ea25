# SPDX-License-Identifier: MIT
"""Programs that tests run."""

import subprocess


def run(*command, **options):
    """Output of a command that must succeed."""
    command = list(map(str, command))
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, **options
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout

#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# librosa imported at once, by lazy_loader's switch for that, fails in some processes and
# not in others.
#
# Versions: librosa 0.11.0, lazy_loader 0.6, from PyPI.
# The guess: EAGER_IMPORT=1, which lazy_loader documents for tests and deployments, makes
# `import librosa` import its modules at once, with one result.
# Seen: lazy_loader goes through a set of names, whose order follows the seed of hashes,
# which is another one in each process. In some orders librosa's modules import each
# other in a circle: ImportError, "partially initialized module". Here both seeds that
# end well and seeds that fail are met.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
  librosa==0.11.0 lazy_loader==0.6 matplotlib==3.11.2

failed=() well=()
for seed in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
  if found=$(EAGER_IMPORT=1 PYTHONHASHSEED=$seed "$folder/venv/bin/python" -c \
    'import librosa' 2>&1); then
    well+=("$seed")
  else
    grep -q 'partially initialized module' <<< "$found"
    failed+=("$seed")
  fi
done
echo "well: ${well[*]:-none}; failed: ${failed[*]:-none}"
[ "${#failed[@]}" -gt 0 ] && [ "${#well[@]}" -gt 0 ]

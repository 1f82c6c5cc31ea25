#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# With -ffast-math alone, clang 18 divides two floats by an estimate on powerpc64le,
# and by a division on x86-64, aarch64 and riscv64.
#
# Version: ziglang 0.13.0 from PyPI, whose `zig cc` is clang 18.1.6.
# The guess: -ffast-math lets a compiler divide by multiplying with a reciprocal, but
# a single a / b has nothing to share it with, so that it stays a division; estimate
# instructions are asked for apart (-mrecip on x86, -mlow-precision-div on aarch64).
# Seen: on powerpc64le the quotient is xsresp (an estimate of 1 / b) with one step of
# refinement, and there is no division; on the other three it is divss, fdiv, fdiv.s.
# So the same source, with the same flags, gives other last bits there.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check ziglang==0.13.0
export ZIG_GLOBAL_CACHE_DIR="$folder/cache" ZIG_LOCAL_CACHE_DIR="$folder/cache"
printf 'float quotient(float a, float b) { return a / b; }\n' > "$folder/q.c"

# The instructions of a division, or of an estimate, that a target's code has.
instructions() {
  "$folder/venv/bin/python" -m ziglang cc -target "$1" -O3 -ffast-math -S \
    -o "$folder/q.s" "$folder/q.c"
  grep -oE '\b(xsresp|xsdivsp|fres|fdivs|v?divss|v?rcpss|fdiv(\.s)?|frecpe)\b' \
    "$folder/q.s" | sort -u | xargs
}

status=0
expect() {
  local seen
  seen=$(instructions "$1")
  printf '%-24s %s\n' "$1" "$seen"
  [ "$seen" = "$2" ] || { echo "  that was: $2"; status=1; }
}
expect powerpc64le-linux-musl xsresp
expect x86_64-linux-musl divss
expect aarch64-linux-musl fdiv
expect riscv64-linux-musl fdiv.s
exit $status

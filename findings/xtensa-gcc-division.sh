#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# A quotient of two integers does not link with Debian's compiler for lx106, nor does a
# sum of two floats: its own library lacks what its own code calls.
#
# Version: gcc-xtensa-lx106 12.2.0-14+deb12u1+13+b2 of Debian 12.
# The guess: whatever a compiler makes of C without a library links with its libgcc, as
# gcc's manual says of -nostdlib, and as it does with Debian's compilers for ARM, RISC-V
# and AVR.
# Seen: undefined references to __divsi3, __udivsi3, __addsf3 and __mulsf3. Others of the
# same kind, such as __divsf3 and __modsi3, are there; the package does not say that the
# missing ones are left to an ESP8266's ROM.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/program.c" <<'C'
int quotient(int a, int b) { return a / b; }
unsigned positive(unsigned a, unsigned b) { return a / b; }
float sum(float a, float b) { return a + b; }
float product(float a, float b) { return a * b; }
void _start(void) {}
C
status=0
expect() {
  local was=$1 seen
  shift
  seen=$("$@" -O2 -nostdlib "$folder/program.c" -lgcc -o "$folder/program" 2>&1 |
    grep -oE '__[a-z]+[0-9]' | sort -u | xargs) || true
  printf '%-24s lacks: %s\n' "$1" "$seen"
  [ "$seen" = "$was" ] || { echo "  that was: $was"; status=1; }
}
expect "" arm-none-eabi-gcc -mcpu=cortex-m0
expect "" riscv64-unknown-elf-gcc -march=rv32imac -mabi=ilp32
expect "__addsf3 __divsi3 __mulsf3 __udivsi3" xtensa-lx106-elf-gcc
exit $status

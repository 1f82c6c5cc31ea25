/* SPDX-License-Identifier: MIT
 *
 * AFL++'s side of a target, in persistent mode: see tests/soak/afl.md.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"
#include "use.h"

#define MOST_COPY 65536

__AFL_FUZZ_INIT();

int main(void) {
  static uint8_t copy[MOST_COPY];
  const uint8_t *shared;
  fuzz_begin();
  __AFL_INIT();
  shared = __AFL_FUZZ_TESTCASE_BUF;
  while (__AFL_LOOP(100000)) {
    size_t size = (size_t)__AFL_FUZZ_TESTCASE_LEN;
    if (size > MOST_COPY) continue;
    memcpy(copy, shared, size);
    if (size >= 16) patch_crc(copy, size);
    fuzz_target(copy, size);
  }
  return 0;
}

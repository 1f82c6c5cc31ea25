/* SPDX-License-Identifier: MIT
 *
 * A fuzz target: every entry point, rightly and, for one blob in eight,
 * wrongly called, under sanitizers, on either port.
 */
#include "fuzz.h"
#include "misuse.h"
#include "use.h"

void fuzz_begin(void) { use_fewer_inputs = 1; }
void fuzz_end(void) {}

int fuzz_target(const uint8_t *octets, size_t size) {
  unsigned long before = blobs_opened;
  use_blob(octets, size);
  if (size > 12 && octets[12] % 8 == 0) misuse_blob(octets, size);
  return blobs_opened != before;
}

/* SPDX-License-Identifier: MIT
 *
 * A fuzz target: the host's layouts, under sanitizers, held to the firmware's bits.
 */
#include "fuzz.h"
#include "use_host.h"

void fuzz_begin(void) { use_fewer_inputs = 1; }
void fuzz_end(void) {}

int fuzz_target(const uint8_t *octets, size_t size) {
  return use_host(octets, size).status == EMLRT_OK;
}

/* SPDX-License-Identifier: MIT
 *
 * host FILE...: uses each blob of each file through c/host. A file
 * holds blobs one after another, each after its size in 4 octets, little-endian.
 * Prints for each blob the fields of its host_use.
 */
#include <stdio.h>
#include <stdlib.h>

#include "use_host.h"

/* Uses the next blob of a file. Returns 0 at its end. */
static int drive(FILE *file) {
  uint8_t head[4], *octets;
  size_t size;
  host_use use;
  if (fread(head, 1, 4, file) != 4) return 0;
  size = get32(head);
  octets = must_malloc(size);
  if (fread(octets, 1, size, file) != size) abort();
  use = use_host(octets, size);
  printf("%d %u %u %u %lu\n", (int)use.status, use.stages, use.through,
         use.left_out, (unsigned long)use.taken);
  fflush(stdout);
  free(octets);
  return 1;
}

int main(int argc, char **argv) {
  int i;
  for (i = 1; i < argc; i++) {
    FILE *file = fopen(argv[i], "rb");
    if (file == NULL) return 2;
    while (drive(file)) continue;
    fclose(file);
  }
  return 0;
}

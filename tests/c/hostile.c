/* SPDX-License-Identifier: MIT
 *
 * hostile FILE...: prints for each blob the status that opening and verifying
 * it ends in, and uses what opens, and misuses it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "misuse.h"

static int status_of(const uint8_t *octets, size_t size) {
  blob_place place = place_blob(octets, size);
  emlrt_status status = open_and_verify(&place);
  free_blob(&place);
  if (status != EMLRT_ERR_CRC) use_blob(octets, size);
  misuse_blob(octets, size);
  return status;
}

int main(int argc, char **argv) {
  int i;
  for (i = 1; i < argc; i++) {
    static uint8_t octets[1 << 20];
    FILE *file = fopen(argv[i], "rb");
    size_t size;
    if (file == NULL) {
      perror(argv[i]);
      return 2;
    }
    size = fread(octets, 1, sizeof octets, file);
    fclose(file);
    printf("%d\n", status_of(octets, size));
    fflush(stdout);
  }
  return 0;
}

/* SPDX-License-Identifier: MIT
 *
 * Made by `emlrt export`: runs the models, and ends with 0 if all went well. */
#include <stdio.h>

@INCLUDES@

static void print(const char *text) { fputs(text, stdout); }

int main(void) {
  int failed = 0;
@CALLS@
  puts(failed ? "FAILED" : "all OK");
  return failed;
}

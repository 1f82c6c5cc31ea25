/* SPDX-License-Identifier: MIT
 *
 * Made by `emlrt export zephyr`: runs the models, and prints whether the scores are
 * Python's, bit for bit. */
#include <zephyr/sys/printk.h>

@INCLUDES@

static void print(const char *text) { printk("%s", text); }

int main(void) {
  int failed = 0;
@CALLS@
  print(failed ? "FAILED\n" : "all OK\n");
  return failed;
}

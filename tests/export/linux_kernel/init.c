/* SPDX-License-Identifier: MIT
 *
 * The only process of a kernel in a test: loads the module, asks each model of the
 * file /rows, which has a line "NAME NUMBERS" each, unloads it, and ends. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void ask(char *line) {
  static char path[256], said[4096];
  char *row = strchr(line, ' ');
  ssize_t n;
  int file;
  if (row == NULL) return;
  *row++ = '\0';
  snprintf(path, sizeof path, "/debug/emlrt/%s", line);
  file = open(path, O_RDWR);
  n = write(file, row, strlen(row));
  printf("ask %s: %s\n", line, n < 0 ? "refused" : "taken");
  n = pread(file, said, sizeof said - 1, 0);
  said[n < 0 ? 0 : n] = '\0';
  printf("%s", said);
  close(file);
}

int main(void) {
  static char line[65536];
  int module = open("/emlrt.ko", O_RDONLY);
  FILE *rows;
  setvbuf(stdout, NULL, _IONBF, 0);
  mkdir("/debug", 0700);
  mount("debugfs", "/debug", "debugfs", 0, NULL);
  if (syscall(SYS_finit_module, module, "", 0) != 0) perror("insmod");
  rows = fopen("/rows", "r");
  while (rows != NULL && fgets(line, sizeof line, rows) != NULL) ask(line);
  if (syscall(SYS_delete_module, "emlrt", 0) != 0) perror("rmmod");
  printf("end\n");
  reboot(RB_AUTOBOOT);
  return 0;
}

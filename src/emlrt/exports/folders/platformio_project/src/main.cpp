// SPDX-License-Identifier: MIT
//
// Made by `emlrt export platformio`: runs the model @NAME@, and prints whether the
// scores are Python's, bit for bit.
@INCLUDES@

#ifdef ARDUINO
#include <Arduino.h>

static void print(const char *text) { Serial.print(text); }
#else
#include <cstdio>

static void print(const char *text) { std::fputs(text, stdout); }
#endif

static int run() {
  int failed = 0;
@CALLS@
  print(failed ? "FAILED\n" : "all OK\n");
  return failed;
}

#ifdef ARDUINO
void setup() {
  Serial.begin(115200);
  while (!Serial) {
  }
  run();
}

void loop() {}
#else
int main() { return run(); }
#endif

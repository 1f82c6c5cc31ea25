// SPDX-License-Identifier: MIT
//
// Made by `emlrt export arduino`: runs the model @NAME@ on one row or on silence, and
// prints whether the scores are Python's, bit for bit.
#include <emlrt.h>

#include "@NAME@_example.h"

static void show(const char *text) { Serial.print(text); }

void setup() {
  Serial.begin(115200);
  while (!Serial) {
  }
  int failed = @NAME@_example(show, @NAME@_eml, @MACRO@_EML_SIZE);
  Serial.println(failed ? "FAILED" : "all OK");
}

void loop() {}

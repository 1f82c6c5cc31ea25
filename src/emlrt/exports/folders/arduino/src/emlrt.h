/* SPDX-License-Identifier: MIT
 *
 * The header by which the Arduino IDE finds the library; a sketch includes it first. */
#ifndef EMLRT_ARDUINO_H
#define EMLRT_ARDUINO_H

#include "emlrt/emlrt.h"
#include "emlrt/stream.h"

#endif

/* SPDX-License-Identifier: MIT
 *
 * A stand-in: the port of tests has nothing of MicroPython's extmod. */

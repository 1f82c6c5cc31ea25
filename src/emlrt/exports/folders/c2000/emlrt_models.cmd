/* SPDX-License-Identifier: MIT
 *
 * Where the models lie: a part of flash that the device's own linker command file
 * names, and leaves room in. Add this file to the project, beside that one. */
#ifndef EMLRT_FLASH
#define EMLRT_FLASH FLASH_BANK0_SEC4
#endif

SECTIONS
{
  .emlrt_models : > EMLRT_FLASH, ALIGN(4)
}

/* SPDX-License-Identifier: MIT
 *
 * Included before every file of the runtime when all mutants are compiled at
 * once: which one is on, and which places a case has come to.
 */
#ifndef MUTANTS_H
#define MUTANTS_H

#define MUTANTS_MOST 16384

extern unsigned mutant_on;
extern unsigned char mutant_reached[MUTANTS_MOST];

#define MUTANT(number) (mutant_on == (number))
#define REACHED(number) ((void)(mutant_reached[number] = 1))

#endif

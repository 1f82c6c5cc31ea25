/* SPDX-License-Identifier: MIT
 *
 * Single changes to a form. Each takes its choices from *state, and may find
 * nothing to do.
 */
#ifndef EDITS_H
#define EDITS_H

#include "form.h"

typedef void edit(form *f, uint32_t *state);

/* Numbers. */
edit edit_header, edit_group, edit_stage, edit_count, edit_word, edit_float,
    edit_head;
/* Stages. */
edit edit_copy, edit_drop, edit_swap, edit_chain, edit_overlap, edit_sibling,
    edit_between;
/* Sizes of pieces, and metadata. */
edit edit_resize, edit_groups, edit_section, edit_sections;
/* Puts a stage, or a section, or many, of another form into f. */
void splice(form *f, const form *other, uint32_t *state);

/* A stage of f, chosen at random, or NULL if it has none. */
part *any_part(form *f, uint32_t *state);
/* A number of so many bits changed a little, or to one that is at the edge of
 * something. */
uint32_t other_number(uint32_t value, unsigned bits, uint32_t *state);

#endif

# SPDX-License-Identifier: MIT
"""What items learnt on the device rely on: facts of two stages at once."""

from .row import Row

CLASSIFY, ADD = "emlrt_items_classify", "emlrt_items_add"
BOTH = CLASSIFY + " " + ADD
FIND = "emlrt_find_voters"

ROWS = (
    Row(
        *("items_open", BOTH, "the model is open", FIND, "items.c"),
        *("if (!emlrt_is_open(model)) return EMLRT_ERR_ARGUMENT;", "", "relies_items"),
    ),
    Row(
        *("items_stages", BOTH, "the payloads stand behind two stages"),
        *("emlrt_plain", "items.c", "EMLRT_HEADER16(blob, n_stages) == 2 &&", ""),
        "relies_items_three_stages",
    ),
    Row(
        *("items_votes", BOTH, "the second stage counts labels", "emlrt_plain"),
        *("items.c", "EMLRT_STAGE32(votes, op) == EMLRT_OP_NEIGHBOR_VOTES &&", ""),
        "relies_items_weighted",
    ),
    Row(
        *("items_nearest", CLASSIFY, "the list has indices of the blob's items"),
        *(FIND, "items.c"),
        "if (!to->integers && EMLRT_STAGE32(nearest, op) != EMLRT_OP_NEAREST)\n"
        "    return EMLRT_ERR_KIND;",
        *("", "relies_items_no_nearest"),
    ),
    Row(
        *("items_read", CLASSIFY, "the second stage reads the whole list"),
        *("emlrt_linked", "items.c", "EMLRT_STAGE32(votes, in_count) == k &&", ""),
        "relies_items_fewer_read",
    ),
    Row(
        *("items_at", CLASSIFY, "it reads the indices, not the distances"),
        *("emlrt_linked", "items.c"),
        "EMLRT_STAGE32(votes, in_offset) ==\n"
        "             EMLRT_STAGE32(nearest, out_offset) + before * 4",
        *("before", "relies_items_others_read"),
    ),
    Row(
        *("items_labels", CLASSIFY, "there is a label for each item that is counted"),
        *(FIND, "items.c", "EMLRT_NEIGHBORS_ITEMS(&to->votes) != to->n_items ||", ""),
        "relies_items_fewer_labels",
    ),
    Row(
        *("items_group", BOTH, "all scores are classes of one output", FIND, "items.c"),
        "emlrt_r32(blob, EMLRT_OCTETS(emlrt_header)) != to->votes.n_out ||",
        *("", "relies_items_group"),
    ),
    Row(
        *("items_values", CLASSIFY, "an item has one label", FIND, "items.c"),
        *("EMLRT_NEIGHBORS16(&to->votes, n_values) != 1", "0", "relies_items_values"),
    ),
    Row(
        *("items_null", ADD, "items and x are there", ADD, "items.c"),
        *("if (items == NULL || x == NULL) return EMLRT_ERR_ARGUMENT;", ""),
        "relies_items",
    ),
    Row(
        *("items_inputs", ADD, "x has n_inputs elements", ADD, "items.c"),
        *("emlrt_n_inputs(model->blob) != nx ||", "", "relies_items"),
    ),
    Row(
        *("items_class", ADD, "there is such a class", ADD, "items.c"),
        *("|| class_index >= to.votes.n_out", "", "relies_items"),
    ),
    Row(
        *("items_room", ADD, "there is room for an item", ADD, "items.c"),
        *("if (items->count >= items->capacity) return EMLRT_ERR_BUFFER;", ""),
        "relies_items",
    ),
    Row(
        *("items_there", CLASSIFY, "items are there", CLASSIFY, "items.c"),
        *("if (items == NULL) return EMLRT_ERR_ARGUMENT;", "", "relies_items"),
    ),
    Row(
        *("items_scores", CLASSIFY, "there are scores, and scratch for them"),
        *(CLASSIFY, "items.c"),
        "scratch_size, NULL, &status);\n  if (status != EMLRT_OK) return status;",
        *("scratch_size, NULL, &status);", "relies_items"),
    ),
)

# SPDX-License-Identifier: MIT
"""What the runs of trees and bins rely on."""

from .row import Row

ALL = "trees_*"
VOTE, SOFT, BOTH = "trees_vote_*", "trees_soft_*", "trees_vote_* trees_soft_*"
SUM, ADD, NUMBERS = "trees_sum_*", "trees_add_*", "trees_sum_* trees_add_*"
CODED = "trees_sum_*c trees_add_*c"
BUCKETIZE = "bucketize_*"
CHECK = "emlrt_trees_check"
WALK = ("EMLRT_RECORDS", "trees_walk.h")
F32, U8C = "trees_f32.c", "trees_u8c.c"
OBLIVIOUS, TREE = "emlrt_check_oblivious", "emlrt_oblivious_tree_bytes"

RECORDS = (
    Row(
        *("feature", ALL, "a record's feature is an input", *WALK),
        *("if (!EMLRT_IS_INPUT(split, n_in)) return 0;", ""),
        *("record_f32_vote_feature_first", F32),
    ),
    Row(
        *("reserved_flag", ALL + " emlrt_host_new", "integers have no missing flag"),
        *(*WALK, "EMLRT_TOP(flags & EMLRT_NO_FLAG) != 0 ||", ""),
        *("record_i16w_vote_missing", "trees_i16w.c"),
    ),
    Row(
        *("link", ALL, "a link leads to a later record of the tree: walks end"),
        *(*WALK, "if (link >= after) return 0;", "", "record_f32_vote_link_far", F32),
    ),
    Row(
        *("link_off_by_one", ALL, "nor to the one behind the tree", *WALK),
        *("link >= after)", "link > after)", "record_f32_vote_link_past", F32),
    ),
    Row(
        *("leaf", ALL, "a leaf is an entry", *WALK, "link >= leaves ||", ""),
        *("record_f32_vote_leaf", F32),
    ),
    Row(
        *("right_leaf", ALL, "so is the leaf beside it", *WALK),
        *("link >= leaves - 1", "link >= leaves", "record_f32_vote_leaf_pair", F32),
    ),
    Row(
        *("no_next", ALL, "the next record is of the tree", *WALK),
        *("|| after == 0) {", ") {", "record_f32_vote_no_next_left", F32),
    ),
    Row(
        *("base", ALL, "a tree's base is an entry", CHECK, "trees_template.h"),
        *("base >= n_leaves", "base > n_leaves", "record_f32_vote_base_end", F32),
    ),
    Row(
        *("records_bound", ALL, "records lie before the leaves", CHECK),
        *("trees_template.h", "|| size * width > end - at ||", "||"),
        *("record_f32_vote_size_more", F32),
    ),
    Row(
        *("records_wrap", ALL, "bytes of a tree's records fit 32 bits", CHECK),
        *("trees_template.h", "size >> 28 != 0 ||", "", "record_f32_vote_size_wraps"),
        F32,
    ),
    Row(
        *("trees_wrap", ALL, "bytes of the trees fit 32 bits, and there is a tree"),
        *(
            CHECK,
            "trees_template.h",
            "!emlrt_counts(n) ||",
            "",
            "payload_vote_f32_n_trees_20000000",
            F32,
        ),
    ),
    Row(
        *("trees_bound", ALL, "trees lie before the leaves", CHECK, "trees_template.h"),
        *(" || at + n * 8 > end", "", "boosting_add_f32_leaves_at_14", F32),
    ),
    Row(
        *("records_left", ALL + " emlrt_host_new", "records are all that stands there"),
        *(CHECK, "trees_template.h", "return left == 0 ?", "return 1 ?"),
        *("record_f32_vote_only_lone", F32),
    ),
    Row(
        *("no_leaves", ALL, "the head lies in the payload", CHECK, "trees_template.h"),
        *("if (n_leaves == 0) return EMLRT_ERR_PAYLOAD;", ""),
        *("payload_vote_f32_0_octets", F32),
    ),
    Row(
        *("record_padding", "trees_*_i16 trees_*_u8m trees_*_u8c", "padding is zero"),
        *(CHECK, "trees_template.h"),
        *("left = emlrt_r16(emlrt_rom_at(call->payload, (emlrt_off)at), 0);",),
        *("left = 0;", "padding_records_0100", "trees_i16.c"),
    ),
)

WORK = (
    Row(
        *("work_trees", "trees_soft_* trees_sum_* trees_add_*"),
        *("trees times scores are paid for", CHECK, "trees_template.h"),
        *("if (each != 0) emlrt_charge(call, n, each);", "", "work_lone_add", F32),
    ),
)

LEAVES = (
    Row(
        *("code", BOTH, "a leaf's code is a score or a row"),
        *("emlrt_trees_codes", "trees_vote.c", ">= n_codes", "> n_codes", "code_2"),
    ),
    Row(
        *("leaves_bound", BOTH, "leaves lie in the payload"),
        *("emlrt_trees_codes", "trees_vote.c", " || from > left", ""),
        "payload_vote_f32_leaves_fffffffc",
    ),
    Row(
        *("leaves_of_4", BOTH, "leaf entries are aligned"),
        *("emlrt_trees_codes", "trees_vote.c", " || (from & 3u) != 0", ""),
        "relies_leaves_odd",
    ),
    Row(
        *("leaf_shift", BOTH, "a leaf entry has 1, 2 or 4 bytes"),
        *("emlrt_trees_codes", "trees_vote.c", "shift > 2 || ", ""),
        "payload_vote_f32_shift_20",
    ),
    Row(
        *("vote_payload", VOTE, "the head lies in the payload"),
        *("emlrt_trees_vote_leaves", "trees_vote.c"),
        *("call->size < EMLRT_OCTETS(emlrt_trees) ||", "", "payload_vote_f32_0_octets"),
    ),
    Row(
        *("vote_items", VOTE + " emlrt_host_new", "there are no items"),
        *("emlrt_trees_vote_leaves", "trees_vote.c"),
        *("(EMLRT_TREES32(call->payload, n_items) |", "(0 |"),
        "payload_vote_f32_n_items",
    ),
    Row(
        *("soft_payload", SOFT, "the head lies in the payload"),
        *("emlrt_trees_soft_leaves", "trees_soft.c"),
        *("if (call->size < EMLRT_OCTETS(emlrt_trees)) return 0;", ""),
        "payload_soft_f32_0_octets",
    ),
    Row(
        *("item_index", SOFT, "an item's index is a score", "emlrt_trees_items_ok"),
        *("trees_soft.c", "head >= call->n_out", "head > call->n_out", "row_11_index"),
    ),
    Row(
        *("row_length", SOFT, "a row has no more items than there are scores"),
        *("emlrt_trees_items_ok", "trees_soft.c"),
        *("if (room == 0) return 0;", "if (room == 0) room = 1;", "row_11_too_long"),
    ),
    Row(
        *("row_end", SOFT, "every row ends", "emlrt_trees_items_ok", "trees_soft.c"),
        *("return room == call->n_out &&", "return", "row_11_endless"),
    ),
    Row(
        *("item_padding", SOFT, "padding is zero", "emlrt_trees_items_ok"),
        *("trees_soft.c", "emlrt_trees_bytes(at, (unsigned)left) == 0", "1"),
        "padding_items_0",
    ),
    Row(
        *("items_bound", SOFT, "items lie in the payload"),
        *("emlrt_trees_soft_leaves", "trees_soft.c", "tail > call->size ||", ""),
        "relies_items_many",
    ),
    Row(
        *("items_wrap", SOFT, "bytes of the items fit 32 bits"),
        *("emlrt_trees_soft_leaves", "trees_soft.c", "n_items >> 28 != 0 ||", ""),
        "payload_soft_f32_n_items_80000000",
    ),
    Row(
        *("item_width", SOFT, "both parts of an item have 1 to 4 bytes"),
        *("emlrt_trees_item_ok", "trees_soft.c"),
        *("& ~0x0303u) == 0", "& ~0x0707u) == 0", "payload_soft_f32_item_505"),
    ),
    Row(
        *("exponent", SUM + " oblivious_u8", "a power of 2 fits the scaling"),
        *("emlrt_exponents_ok", "trees_sum.c", "|| exponent > EMLRT_EXPONENT_MAX", ""),
        "payload_sum_f32_exponent_2147483647",
    ),
    Row(
        *("exponent_low", SUM + " oblivious_u8", "also downwards"),
        *("emlrt_exponents_ok", "trees_sum.c", "exponent < -EMLRT_EXPONENT_MAX ||", ""),
        "payload_sum_f32_exponent_-2147483648",
    ),
    Row(
        *("exponents_bound", SUM, "exponents lie in the payload"),
        *("emlrt_trees_sums", "trees_sum.c"),
        *("(call->size - EMLRT_OCTETS(emlrt_trees)) / 4 < call->n_out", "0"),
        "payload_sum_scores_3ffffff",
    ),
    Row(
        *("sum_shift", SUM, "a leaf number has 1, 2 or 4 bytes"),
        *(
            "emlrt_trees_sums",
            "trees_sum.c",
            "leaf_shift) > 2 ||",
            "leaf_shift) > 99 ||",
        ),
        "payload_sum_f32_shift_20",
    ),
    Row(
        *(
            "sum_bare",
            "trees_sum_f32* trees_sum_i32* trees_sum_i16 trees_sum_i16w trees_sum_u8*",
        ),
        *("the head lies in the payload", "emlrt_trees_sum_leaves", "trees_sum.c"),
        *("emlrt_trees_bare(call) ?", "1 ?", "payload_sum_f32_0_octets"),
    ),
    Row(
        *("bare_head", NUMBERS, "the head lies in the payload"),
        *("emlrt_trees_bare", "trees_numbers.c"),
        *("call->size >= EMLRT_OCTETS(emlrt_trees) &&", "", "payload_sum_f32_0_octets"),
    ),
    Row(
        *("bare_unit", NUMBERS, "fields without a meaning are 0"),
        *("emlrt_trees_bare", "trees_numbers.c"),
        *("EMLRT_TREES32(call->payload, unit)", "0", "payload_sum_f32_unit"),
    ),
    Row(
        *("numbers_item", NUMBERS, "fields without a meaning are 0"),
        *("emlrt_trees_entries", "trees_numbers.c"),
        *("item) != 0 ||", "item) > 65535u ||", "payload_sum_f32_item_1"),
    ),
    Row(
        *("numbers_leaves_bound", NUMBERS, "leaves lie before the sets and the end"),
        *("emlrt_trees_entries", "trees_numbers.c", "from > left ||", ""),
        "payload_sum_f32_leaves_fffffffc",
    ),
    Row(
        *("numbers_leaves_of_4", NUMBERS, "leaf entries are aligned"),
        *("emlrt_trees_entries", "trees_numbers.c", "|| (from & 3u) != 0", ""),
        "boosting_add_i16_records_no_pad",
    ),
    Row(
        *("numbers_entry", NUMBERS, "an entry has a number for each score"),
        *("emlrt_trees_entries", "trees_numbers.c"),
        *("left >= entry;", "left != 0 && left + 4 > entry;"),
        "program_overlap_1_3",
    ),
    Row(
        *("numbers_left", NUMBERS, "entries are all that stands there"),
        *("emlrt_trees_entries", "trees_numbers.c", "left < 4 ? n", "1 ? n"),
        "boosting_add_f32_table_long",
    ),
    Row(
        *("add_shift", ADD, "a leaf number has 4 bytes", "emlrt_trees_adds"),
        *("trees_add.c", "leaf_shift) != 2", "leaf_shift) > 2"),
        "boosting_add_f32_shift_0",
    ),
    Row(
        *("add_finite", ADD, "leaves are finite: no sum is NaN", "emlrt_trees_adds"),
        *("trees_add.c", "n * call->n_out", "0", "boosting_add_f32_nan_at_0"),
    ),
    Row(
        *("add_finite_last", ADD, "also the last one", "emlrt_trees_adds"),
        *("trees_add.c", "n * call->n_out", "n * call->n_out - 1u"),
        "boosting_add_f32_nan_at_7",
    ),
    Row(
        *(
            "add_bare",
            "trees_add_f32* trees_add_i32* trees_add_i16 trees_add_i16w trees_add_u8*",
        ),
        *("the head lies in the payload", "emlrt_trees_add_leaves", "trees_add.c"),
        *("emlrt_trees_bare(call) ?", "1 ?", "boosting_add_f32_0_octets"),
    ),
    Row(
        *("coded_head", CODED, "the head lies in the payload", "emlrt_trees_coded_ok"),
        *("trees_sets.c", "call->size >= EMLRT_OCTETS(emlrt_trees) &&", ""),
        "boosting_add_u8c_0_octets",
    ),
    Row(
        *("coded_unit", CODED, "a feature has categories", "emlrt_trees_coded_ok"),
        *("trees_sets.c", "first_category) < call->n_in &&"),
        "first_category) <= call->n_in &&",
        "boosting_add_u8c_unit_2",
    ),
    Row(
        *("coded_items", CODED, "sets lie in the payload", "emlrt_trees_coded_ok"),
        *("trees_sets.c", "n_words) <= call->size / 2;", "n_words) <= UINT32_MAX / 2;"),
        "boosting_sum_u8c_n_items_7fffffff",
    ),
    Row(
        *("set_place", CODED, "a record's set is among the sets"),
        *("emlrt_trees_set_ok", "trees_sets.c", "if (place >= n) return 0;", ""),
        "boosting_add_u8c_place_7_last",
    ),
    Row(
        *("set_place_last", CODED, "nor behind the last", "emlrt_trees_set_ok"),
        *("trees_sets.c", "place >= n)", "place > n)", "boosting_add_u8c_sets_none"),
    ),
    Row(
        *("set_size", CODED, "a set ends among the sets", "emlrt_trees_set_ok"),
        *("trees_sets.c", "<\n         n - place;", "<=\n         n - place;"),
        "boosting_add_u8c_set_of_3",
    ),
    Row(
        *("sets_padding", CODED, "padding is zero", "emlrt_trees_sets_ok"),
        *("trees_sets.c", "return (n & 1u) == 0 ||", "return 1 ||"),
        "boosting_add_u8c_sets_pad_1",
    ),
    Row(
        *("sets_first", CODED, "the first feature with categories has sets, too"),
        *("emlrt_trees_sets_ok", "trees_sets.c"),
        *(") >= coded.first", ") > coded.first"),
        "boosting_add_u8c_place_7_last",
    ),
)

OBLIVIOUS_TREES = (
    Row(
        *("oblivious_head", "oblivious_u8", "the head lies in the payload", OBLIVIOUS),
        *("oblivious.c", "!emlrt_take_bytes(&left, EMLRT_OCTETS(emlrt_oblivious)) ||"),
        *("", "boosting_oblivious_empty"),
    ),
    Row(
        *(
            "oblivious_shift",
            "oblivious_u8",
            "a number has 1, 2 or 4 bytes",
            OBLIVIOUS,
        ),
        *("oblivious.c", "leaf_shift) > 2 ||", "leaf_shift) > 31 ||"),
        "boosting_oblivious_shift_3_full",
    ),
    Row(
        *("oblivious_outputs", "oblivious_u8", "exponents lie in the payload"),
        *(OBLIVIOUS, "oblivious.c", " || left / 4 < call->n_out ||", " ||"),
        "boosting_oblivious_one_exponent",
    ),
    Row(
        *("oblivious_none", "oblivious_u8", "there is a tree", OBLIVIOUS),
        *("oblivious.c", "if (n == 0) return EMLRT_ERR_PAYLOAD;", ""),
        "boosting_oblivious_n_trees_0_alone",
    ),
    Row(
        *("oblivious_take", "oblivious_u8", "a part lies in what is left"),
        *("emlrt_take_bytes", "oblivious.c", "if (bytes > *left) return 0;", ""),
        "boosting_oblivious_questions_none",
    ),
    Row(
        *(
            "oblivious_depth",
            "oblivious_u8 emlrt_host_run",
            "a leaf's number has 16 bits",
        ),
        *(TREE, "oblivious.c", "depth > EMLRT_OBLIVIOUS_MAX ||", ""),
        "boosting_oblivious_depth_17_full",
    ),
    Row(
        *("oblivious_questions", "oblivious_u8", "questions lie in the payload", TREE),
        *("oblivious.c", "!emlrt_take_bytes(&left, depth * 4u) ||", ""),
        "boosting_oblivious_questions_none",
    ),
    Row(
        *("oblivious_feature", "oblivious_u8 emlrt_host_run", "a feature is an input"),
        *(
            "emlrt_questions_ok",
            "oblivious.c",
            ">= n_in) return 0;",
            "> n_in) return 0;",
        ),
        "boosting_oblivious_first_feature_2",
    ),
    Row(
        *("oblivious_leaves", "oblivious_u8", "leaves lie in the payload", TREE),
        *("oblivious.c", "bytes != 0 && emlrt_take_bytes", "emlrt_take_bytes"),
        "boosting_oblivious_depth_16_bare",
    ),
    Row(
        *(
            "oblivious_left",
            "oblivious_u8",
            "trees are all that stands there",
            OBLIVIOUS,
        ),
        *(
            "oblivious.c",
            "return left == 0 ?",
            "return 1 ?",
            "boosting_oblivious_leaves_long",
        ),
    ),
)

RANKS = (
    Row(
        *("rank_equal", BUCKETIZE + " emlrt_host_new", "keys rise strictly"),
        *("emlrt_bin_keys_ok", "bucketize.c", "least = key + 1;", "least = key;"),
        "boosting_rank_u8_keys_equal",
    ),
    Row(
        *("rank_below", BUCKETIZE + " emlrt_host_new", "no key is a NaN's, below"),
        *("emlrt_bin_keys_ok", "bucketize.c", "= -INT32_C(0x7F800001);"),
        "= INT32_MIN;",
        "boosting_rank_u8_keys_nan_below",
    ),
    Row(
        *("rank_above", BUCKETIZE + " emlrt_host_new", "nor above"),
        *("emlrt_bin_keys_ok", "bucketize.c", "|| key > INT32_C(0x7F800000)", ""),
        "boosting_rank_u8_keys_nan_largest",
    ),
    Row(
        *("rank_columns", BUCKETIZE, "columns lie in the payload"),
        "emlrt_check_bucketize",
        *("bucketize.c", "left / 2 < call->n_out", "0"),
        "boosting_rank_u8_many_columns",
    ),
    Row(
        *("rank_source", BUCKETIZE + " emlrt_host_new"),
        "a column's source is an input",
        *("emlrt_check_bucketize", "bucketize.c", ">> 2 >= call->n_in"),
        ">> 2 > call->n_in",
        "boosting_rank_u8_source_2",
    ),
    Row(
        *("rank_count", BUCKETIZE, "a bin fits the output's dtype"),
        "emlrt_check_bucketize",
        *("bucketize.c", "count > most ||", "", "boosting_rank_u8_count_above"),
    ),
    Row(
        *("rank_missing", BUCKETIZE, "so does the bin of NaN"),
        "emlrt_check_bucketize",
        *("bucketize.c", "EMLRT_BUCKETIZE16(at, missing) > most", "0"),
        "boosting_rank_u8_missing_256",
    ),
    Row(
        *("rank_again_first", BUCKETIZE, "the first column has keys"),
        "emlrt_check_bucketize",
        *("bucketize.c", "i == 0 ||", "", "boosting_rank_u8_again_empty"),
    ),
    Row(
        *("rank_again_count", BUCKETIZE, "a column without keys has the one before's"),
        *("emlrt_bins_again_ok", "bucketize.c"),
        *("EMLRT_BUCKETIZE16(column, count) == EMLRT_BUCKETIZE16(before, count)", "1"),
        "boosting_rank_u8_again_fewer",
    ),
    Row(
        *("rank_again", BUCKETIZE, "and its source", "emlrt_check_bucketize"),
        "bucketize.c",
        *("!emlrt_bins_again_ok(at, before)", "0", "boosting_rank_u8_again_source"),
    ),
    Row(
        *("rank_keys", BUCKETIZE, "keys lie in the payload", "emlrt_check_bucketize"),
        "bucketize.c",
        *("count > left ||", "", "boosting_rank_u8_no_keys"),
    ),
    Row(
        *("rank_keys_ok", BUCKETIZE, "keys are sorted", "emlrt_check_bucketize"),
        "bucketize.c",
        *("|| !emlrt_bin_keys_ok(keys, count)", "", "boosting_rank_u8_keys_falling"),
    ),
    Row(
        *("rank_left", BUCKETIZE, "keys are all that stands there"),
        "emlrt_check_bucketize",
        *("bucketize.c", "return left == 0 ?", "return 1 ?", "boosting_rank_u8_long"),
    ),
    Row(
        *("median_outputs", "median", "there is one output", "emlrt_check_median"),
        *("median.c", "call->n_out == 1 &&", "", "boosting_median_outputs_2"),
    ),
    Row(
        *("median_size", "median", "there is a weight an input", "emlrt_check_median"),
        *("median.c", "call->size / 4 == call->n_in", "1", "boosting_median_short"),
    ),
    Row(
        *("median_wraps", "median", "all weights add up to 32 bits"),
        *("emlrt_total_weight", "median.c", "weight > UINT32_MAX - total", "0"),
        "boosting_median_wraps_on",
    ),
    Row(
        *("median_none", "median", "some input has a weight: one is written"),
        *("emlrt_check_median", "median.c"),
        *("emlrt_total_weight(call->payload, call->n_in) != 0", "1"),
        "boosting_median_zeros",
    ),
)

ROWS = RECORDS + WORK + LEAVES + OBLIVIOUS_TREES + RANKS

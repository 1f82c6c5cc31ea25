# SPDX-License-Identifier: MIT
"""What the public functions rely on beyond what emlrt_open has checked."""

from .row import Row

RUN = "emlrt_run_as emlrt_classify_as emlrt_proba_as"
EVERY = RUN + " emlrt_selftest emlrt_label emlrt_name emlrt_verify"
TEXTS = "emlrt_label emlrt_name"
RULE = "emlrt_offset emlrt_scale"
PREPARED = "emlrt_prepared_run_as emlrt_prepared_classify_as emlrt_prepared_proba_as"
META = TEXTS + " emlrt_selftest " + RULE

ROWS = (
    Row(
        *("ready_open", RUN, "the model is open", "emlrt_ready", "run.c"),
        *("!emlrt_is_open(model) || x == NULL", "x == NULL", "kind_3e"),
    ),
    Row(
        *("ready_null", RUN, "x and the answer are there", "emlrt_ready", "run.c"),
        *(" || x == NULL || y == NULL", "", "maths_valid_relu"),
    ),
    Row(
        *("ready_dtype", RUN, "the typed forms' x is of the model's dtype"),
        *("emlrt_ready", "run.c", "dtype != 0 && dtype !=", "0 && dtype !="),
        "maths_valid_relu",
    ),
    Row(
        *("ready_inputs", RUN, "x has n_inputs elements", "emlrt_ready", "run.c"),
        *("emlrt_n_inputs(model->blob) != nx", "0", "maths_valid_relu"),
    ),
    Row(
        *("ready_aligned", RUN, "scratch is aligned for every element"),
        *("emlrt_ready", "run.c", "emlrt_aligned(scratch) ?", "1 ?"),
        "relies_arena",
    ),
    Row(
        *("run_scores", "emlrt_run_as", "y has n_scores elements", "emlrt_run_as"),
        *("run.c", "emlrt_n_scores(model->blob) != ny", "0", "maths_valid_relu"),
    ),
    Row(
        *("run_dtype", "emlrt_run_as", "the typed forms' y is of the model's dtype"),
        *("emlrt_run_as", "run.c", "dtype != 0 && dtype >> 8 !=", "0 && dtype >> 8 !="),
        "maths_valid_relu",
    ),
    Row(
        *("run_scratch", "emlrt_run_as", "scratch holds the arena", "emlrt_run_as"),
        *("run.c", "if (EMLRT_HEADER32(model->blob, arena_size) >", "if (0 *"),
        "relies_arena",
    ),
    Row(
        *("scores_scratch", "emlrt_classify_as emlrt_proba_as"),
        *("scratch holds arena and scores", "emlrt_scores", "scores.h"),
        *("scratch == NULL || scratch_size < emlrt_scratch_bytes(blob)", "0"),
        *("kind_3e", "classify.c"),
    ),
    Row(
        *("scores_kind", "emlrt_classify_as emlrt_proba_as"),
        *("there are scores that say a class", "emlrt_scores", "scores.h"),
        *("== EMLRT_OUTPUT_VALUES) return NULL;", "== 0) return NULL;"),
        *("maths_valid_relu", "classify.c"),
    ),
    Row(
        *("classify_outputs", "emlrt_classify_as", "classes has n_outputs elements"),
        *("emlrt_classify_as", "classify.c"),
        *("EMLRT_HEADER16(model->blob, n_outputs) != n", "0", "kind_3e"),
    ),
    Row(
        *("group_bound", "emlrt_classify_as", "a group lies in the scores"),
        *("emlrt_vote_classes", "classify.c", "if (count > left)", "if (0)"),
        "group_ffffffff",
    ),
    Row(
        *("choose_absent", "emlrt_classify_as", "the op that compares is in the list"),
        *("emlrt_float_classes", "classify.c"),
        *("if (argmax == NULL) return EMLRT_ERR_OP;", ""),
        "kind_3e",
    ),
    Row(
        *("choose_bound", "argmax", "a group lies in the scores"),
        *("emlrt_run_argmax", "argmax.c", "if (count > left) count = left;", ""),
        "relies_group_3e",
    ),
    Row(
        *("choose_none", "argmax", "an output has a score", "emlrt_run_argmax"),
        *("argmax.c", "count == 0 ? 0 :", "0 ? 0 :", "relies_outputs_7e"),
    ),
    Row(
        *("choose_stage", "argmax", "the payload is the output sizes: no stage has it"),
        *("emlrt_check_argmax", "argmax.c"),
        *("return EMLRT_ERR_PAYLOAD;", "return EMLRT_OK;", "relies_choose_stage"),
    ),
    Row(
        *("proba_classes", "emlrt_proba_as", "p has n_classes elements"),
        *("emlrt_find_proba", "proba.c"),
        *("to.n_classes != np", "0", "kind_3e"),
    ),
    Row(
        *("shares_bound", "emlrt_proba_as emlrt_peek"),
        *("classes are no more than scores", "emlrt_n_classes", "output_sizes.c"),
        *("if (count > most - sum) return most;", "", "group_ffffffff"),
    ),
    Row(
        *(
            "classes_peek",
            "emlrt_peek",
            "output sizes lie in the body",
            "emlrt_n_classes",
        ),
        *("output_sizes.c", "output == EMLRT_OUTPUT_VALUES ||", "output == 0 && "),
        "relies_groups_peek",
    ),
    Row(
        *("softmax_bound", "emlrt_proba_as", "a group lies in the scores"),
        *("emlrt_softmaxes", "proba.c", "if (count == 0 || count > left)", "if (0)"),
        "relies_group_3e",
    ),
    Row(
        *("softmax_absent", "emlrt_proba_as", "the op is in the list"),
        *("emlrt_apply", "proba.c", "if (run == NULL) return EMLRT_ERR_OP;", ""),
        "kind_3e",
    ),
    Row(
        *("logistic_bound", "emlrt_proba_as", "every output has a score"),
        *("emlrt_probabilities", "proba.c"),
        *("if (n > to->n_scores) return EMLRT_ERR_HEADER;", ""),
        "relies_outputs_4e",
    ),
    Row(
        *("crc", "emlrt_verify", "no byte has changed", "emlrt_verify", "verify.c"),
        *("if (!emlrt_crc_ok(model->blob))", "if (0)", "crc_itself"),
    ),
    Row(
        *("groups", "emlrt_verify", "output sizes add up to the scores at most"),
        *(
            "emlrt_verify",
            "verify.c",
            "if (!emlrt_output_sizes_ok(model->blob))",
            "if (0)",
        ),
        "group_4",
    ),
    Row(
        *("group_single", "emlrt_verify", "a kind of one score an output has one"),
        *("emlrt_output_sizes_ok", "verify.c", " || (single && count != 1)", ""),
        "relies_group_4e",
    ),
    Row(
        *("texts_bound", "emlrt_verify", "a list's ends lie in its section"),
        *("emlrt_texts_ok", "verify.c", " || n > (list->size - 4) / 4", ""),
        "metadata_methods_far",
    ),
    Row(
        *("text_ends", "emlrt_verify", "texts end one after another"),
        *("emlrt_texts_ok", "verify.c", "if (next < end) return 0;", ""),
        "metadata_ends_first_far",
    ),
    Row(
        *("golden_count", "emlrt_verify", "there is a golden vector"),
        *("emlrt_golden_ok", "verify.c", "if (n == 0) return 0;", ""),
        "metadata_golden_0",
    ),
    Row(
        *("tag_order", "emlrt_verify", "there is one section of a tag"),
        *("emlrt_metadata_ok", "verify.c", "tag <= last ||", "", "metadata_twice"),
    ),
    Row(
        *("head_bound", "emlrt_verify", "a section's head lies in the blob"),
        *("emlrt_metadata_ok", "verify.c"),
        *("if (total - at < EMLRT_OCTETS(emlrt_meta)) return 0;", "", "metadata_head"),
    ),
    Row(
        *("section_bound", "emlrt_verify", "a section lies in the blob"),
        *("emlrt_metadata_ok", "verify.c", "section.size > total - at ||", ""),
        "relies_section_beyond",
    ),
    Row(
        *("meta_padding", "emlrt_verify", "padding is zero", "emlrt_metadata_ok"),
        *("verify.c", "!emlrt_padding_ok(section.at, section.size)", "0"),
        "metadata_padding",
    ),
    Row(
        *("meta_open", TEXTS, "the model is open", "emlrt_name", "meta.c"),
        "if (!emlrt_is_checked(model)) return EMLRT_ERR_ARGUMENT;\n  if (kind",
        "if (kind",
        "kind_3e",
    ),
    Row(
        *("head_used", META, "a section's head lies in the blob"),
        *("emlrt_meta_find", "meta.c"),
        *("if (left < EMLRT_OCTETS(emlrt_meta)) return EMLRT_ERR_METADATA;", ""),
        "metadata_head",
    ),
    Row(
        *("section_used", META, "a section lies in the blob"),
        *("emlrt_meta_find", "meta.c"),
        *("if (size > left) return EMLRT_ERR_METADATA;", ""),
        "metadata_size_80000000",
    ),
    Row(
        *("texts_used", TEXTS, "a list's ends lie in its section", "emlrt_copy_text"),
        *("meta.c", " || n > (left - 4) / 4", "", "relies_texts_short"),
    ),
    Row(
        *("text_index", TEXTS, "there is such a text", "emlrt_copy_text", "meta.c"),
        *("if (i >= n) return EMLRT_ERR_COUNT;", "", "metadata_two"),
    ),
    Row(
        *("text_used", TEXTS, "a text ends behind its start", "emlrt_copy_text"),
        *("meta.c", "from > to || ", "", "metadata_ends_falling"),
    ),
    Row(
        *("text_past_list", TEXTS, "a text lies in its section", "emlrt_copy_text"),
        *("meta.c", " || to > left", "", "metadata_ends_over"),
    ),
    Row(
        *("text_buffer", TEXTS, "a text and its NUL fit the buffer"),
        *("emlrt_copy_text", "meta.c", "to - from >= size", "to - from > size"),
        "metadata_two",
    ),
    Row(
        *("rule_open", RULE, "the model is open", "emlrt_input_find", "inputs.c"),
        *("!emlrt_is_checked(model) || answer == NULL", "answer == NULL", "kind_3e"),
    ),
    Row(
        *("rule_null", RULE, "there is a place for the answer", "emlrt_input_find"),
        *("inputs.c", " || answer == NULL", "", "inputs_valid"),
    ),
    Row(
        *("rule_input", RULE, "there is such an input", "emlrt_input_find"),
        *("inputs.c", "if (input >= n) return EMLRT_ERR_COUNT;", "", "inputs_valid"),
    ),
    Row(
        *("rule_used", RULE, "the section has all inputs", "emlrt_input_find"),
        *("inputs.c", "rule->size != n * EMLRT_OCTETS(emlrt_input)", "0"),
        "inputs_empty",
    ),
    Row(
        *("scale_used", "emlrt_scale", "a scale is a number above 0", "emlrt_scale"),
        *("inputs.c", "if (!emlrt_is_scale(bits)) return EMLRT_ERR_METADATA;", ""),
        "inputs_scale_0",
    ),
    Row(
        *("offset_used", "emlrt_offset", "an offset is within 2^53", "emlrt_offset"),
        *("inputs.c", "if (!emlrt_is_offset(high)) return EMLRT_ERR_METADATA;", ""),
        "inputs_offset_20000000000000",
    ),
    Row(
        *("rule_size", "emlrt_verify", "every input is in the section"),
        *("emlrt_inputs_ok", "verify.c"),
        *("section->size != n * EMLRT_OCTETS(emlrt_input)", "0", "inputs_empty"),
    ),
    Row(
        *("rule_scale", "emlrt_verify", "floats have scales of 1", "emlrt_inputs_ok"),
        *("verify.c", "? scale != UINT32_C(0x3F800000)", "? 0", "inputs_float_scale"),
    ),
    Row(
        *("rule_offset", "emlrt_verify", "offsets are within 2^53", "emlrt_inputs_ok"),
        *("verify.c", "!emlrt_is_offset(", "0 && !emlrt_is_offset("),
        "inputs_offset_20000000000000",
    ),
    Row(
        *("rule_flag", "emlrt_verify", "the flag and the section go together"),
        *("emlrt_metadata_ok", "verify.c", "return rule == 0;", "return 1;"),
        "inputs_no_flag",
    ),
    Row(
        *("label_output", "emlrt_label", "there is such an output", "emlrt_label"),
        *("meta.c", "if (output >= n) return EMLRT_ERR_COUNT;", "", "relies_label"),
    ),
    Row(
        *("label_class", "emlrt_label", "there is such a class", "emlrt_label"),
        *("meta.c", "if (index >= count) return EMLRT_ERR_COUNT;", ""),
        "metadata_two",
    ),
    Row(
        *("golden_used", "emlrt_selftest", "a vector lies in its section"),
        *("emlrt_selftest", "selftest.c", "if (golden.size < bytes)", "if (0)"),
        "metadata_golden_3",
    ),
    Row(
        *("golden_head", "emlrt_selftest", "the count lies in its section"),
        *("emlrt_selftest", "selftest.c"),
        *("if (golden.size < 4) return EMLRT_ERR_METADATA;", ""),
        "metadata_golden_size_0",
    ),
    Row(
        *("scratch_golden", "emlrt_selftest", "scratch holds the vector"),
        *("emlrt_selftest", "selftest.c", "scratch_size < bytes ||", "0 ||"),
        "metadata_golden",
    ),
    Row(
        *("scratch_arena", "emlrt_selftest", "scratch holds the arena, too"),
        *("emlrt_selftest", "selftest.c"),
        *("scratch_size - bytes < EMLRT_HEADER32(blob, arena_size)", "0"),
        "relies_arena_golden",
    ),
    Row(
        *("selftest_null", "emlrt_selftest", "there is scratch, and an open model"),
        *("emlrt_selftest", "selftest.c"),
        *("!emlrt_is_open(model) || scratch == NULL", "0", "kind_3e"),
    ),
    Row(
        *("selftest_aligned", "emlrt_selftest", "scratch is aligned", "emlrt_selftest"),
        *("selftest.c", "if (!emlrt_aligned(scratch)) return EMLRT_ERR_ALIGN;", ""),
        "metadata_golden",
    ),
    Row(
        *("prepare_open", "emlrt_prepare", "the model is open", "emlrt_prepare"),
        *(
            "prepare.c",
            "!emlrt_is_open(model) || stages == NULL",
            "0",
            "header_magic_0",
        ),
    ),
    Row(
        *("prepare_room", "emlrt_prepare", "the array holds every stage"),
        *("emlrt_prepare", "prepare.c", "if (n_stages < n)", "if (0)", "kind_3e"),
    ),
    Row(
        *("prepared_ballot", "emlrt_prepared_classify_as"),
        *("a stage that a majority ends reads x", "emlrt_majority", "votes.c"),
        *("EMLRT_HEADER32(blob, arena_size) != 0 ||", "", "relies_ballot_arena"),
    ),
    Row(
        *("prepared_none", PREPARED, "something is prepared"),
        *("emlrt_prepared_ready", "prepared_call.h", "prepared->stages == NULL ||", ""),
        *("header_magic_0", "classify.c"),
    ),
    Row(
        *("prepared_inputs", PREPARED, "x has n_inputs elements"),
        *("emlrt_prepared_ready", "prepared_call.h", "prepared->n_inputs != nx", "0"),
        *("maths_valid_relu", "prepared_run.c"),
    ),
    Row(
        *("prepared_dtype", PREPARED, "the typed forms' x is of the model's dtype"),
        *("emlrt_prepared_ready", "prepared_call.h"),
        *("dtype != 0 && dtype != prepared->input", "0"),
        *("maths_valid_relu", "prepared_run.c"),
    ),
    Row(
        *("prepared_aligned", PREPARED, "scratch is aligned for every element"),
        *("emlrt_prepared_ready", "prepared_call.h", "emlrt_aligned(scratch) ?", "1 ?"),
        *("relies_arena", "prepared_run.c"),
    ),
    Row(
        *("prepared_scratch", "emlrt_prepared_classify_as emlrt_prepared_proba_as"),
        *("scratch holds arena and scores", "emlrt_prepared_room", "prepared_call.h"),
        *("scratch_size >= prepared->scratch_bytes", "1", "kind_3e", "classify.c"),
    ),
    Row(
        *("prepared_scores", "emlrt_prepared_run_as", "y has n_scores elements"),
        *("emlrt_prepared_run_as", "prepared_run.c"),
        *("prepared->n_scores != ny", "0", "maths_valid_relu"),
    ),
    Row(
        *("prepared_arena", "emlrt_prepared_run_as", "scratch holds the arena"),
        *("emlrt_prepared_run_as", "prepared_run.c"),
        *("prepared->arena_bytes > (scratch", "0 * (scratch", "relies_arena"),
    ),
    Row(
        *("prepared_outputs", "emlrt_prepared_classify_as"),
        *("classes has n_outputs elements", "emlrt_prepared_classify_as"),
        *("classify.c", "prepared->n_outputs != n", "0", "kind_3e"),
    ),
    Row(
        *("prepared_classes", "emlrt_prepared_proba_as", "p has n_classes elements"),
        *("emlrt_prepared_proba_as", "proba.c"),
        *("prepared->n_classes != np", "0", "kind_3e"),
    ),
)

# SPDX-License-Identifier: MIT
"""What every stage relies on: header, stage table and spans. See open.c."""

from .row import Row

EVERY = "*"
HEADER, SPAN = "emlrt_header_ok", "emlrt_span_end"
STAGE, STAGES = "emlrt_check_stage", "emlrt_check_stages"
OPEN = "emlrt_open_with"

ROWS = (
    Row(
        *("short_blob", "emlrt_peek emlrt_open", "48 bytes can be read"),
        *("emlrt_check_header", "open.c", "size < EMLRT_OCTETS(emlrt_header)", "0"),
        "size_4",
    ),
    Row(
        *("magic", "emlrt_peek emlrt_open", "this is a blob"),
        *("emlrt_check_header", "open.c"),
        *("EMLRT_HEADER32(blob, magic) != EMLRT_MAGIC", "0", "header_magic_0"),
    ),
    Row(
        *("version", "emlrt_peek emlrt_open", "fields mean what version 1 says"),
        *("emlrt_check_header", "open.c"),
        *("EMLRT_HEADER16(blob, version) != EMLRT_FORMAT_VERSION", "0"),
        "header_version_2",
    ),
    Row(
        *("flags", "emlrt_open", "no flag is set that changes the meaning"),
        *(HEADER, "open.c", "EMLRT_HEADER16(blob, flags) >> 4", "0u"),
        "header_flags_10",
    ),
    Row(
        *("total_limit", "emlrt_peek emlrt_open", "offsets fit the port's addresses"),
        *("emlrt_check_header", "open.c", "total >> EMLRT_ROM_BITS != 0", "0"),
        "header_total_size_80000000",
    ),
    Row(
        *("total_peek", "emlrt_peek", "the blob lies in the bytes that can be read"),
        *("emlrt_check_header", "open.c"),
        *("if (total > size) return EMLRT_ERR_SIZE;", "", "size_48"),
    ),
    Row(
        *("total_size", "emlrt_open emlrt_verify", "the blob is `size` bytes"),
        *(OPEN, "open.c", "EMLRT_HEADER32(blob, total_size) != size", "0"),
        "size_more",
    ),
    Row(
        *("body_past_total", "emlrt_label emlrt_name emlrt_selftest emlrt_verify"),
        *("metadata starts before the end", HEADER, "open.c", "body <= total &&", ""),
        "relies_body_beyond",
    ),
    Row(
        *("body_before_header", "emlrt_open", "the body holds the header"),
        *(HEADER, "open.c", " && body >= EMLRT_OCTETS(emlrt_header)", ""),
        "header_body_size_2c",
    ),
    Row(
        *("sizes_of_4", "emlrt_verify emlrt_selftest"),
        *("the CRC and scores go by 4 bytes", HEADER, "open.c"),
        *("((total | body | y) & 3u)", "0u", "header_score_size_a"),
    ),
    Row(
        *("most_elements", EVERY, "sizes and their sums fit 32 bits", HEADER, "open.c"),
        *("(x | y | arena) >> 28", "0u", "header_input_size_10000000"),
    ),
    Row(
        *("arena_of_8", "emlrt_run_as emlrt_classify_as emlrt_proba_as"),
        *("scores behind the arena are aligned, and it is cleared by 4 bytes",),
        *(HEADER, "open.c", "(arena & 7u)", "0u", "header_arena_size_4"),
    ),
    Row(
        *("table_size", EVERY + " emlrt_classify_as emlrt_proba_as emlrt_label"),
        *("output sizes and stage table lie in the body", STAGES, "open.c"),
        *("if (table > to->left) return EMLRT_ERR_STAGE;", ""),
        "header_n_outputs_ffff",
    ),
    Row(
        *("op_missing", EVERY, "the stage's op is in the list", STAGE, "open.c"),
        *("if (op == NULL) return EMLRT_ERR_OP;", "", "stage_op_0"),
    ),
    Row(
        *("payload_size", EVERY, "the payload lies in the body", STAGE, "open.c"),
        *("call.size > to->left ||", "", "stage_size_fffffffc"),
    ),
    Row(
        *("payload_of_4", EVERY, "the payload starts at a multiple of 4", STAGE),
        *("open.c", "(call.size & 3u) != 0 ||", "", "relies_payload_odd"),
    ),
    Row(
        *("gap", "emlrt_verify", "every byte of the body belongs to a part", STAGES),
        *("open.c", "to->left != 0 ||", "", "stage_gap"),
    ),
    Row(
        *("space", EVERY, "the space is one of four", SPAN, "open.c"),
        *(" || space > EMLRT_SPACE_STATE", "", "signal_stream_space_5"),
    ),
    Row(
        *("dtype", EVERY, "x and y have the op's dtypes", SPAN, "open.c"),
        *("if ((space & 1u) == 0 &&", "if (0 &&", "stage_op_1310e0e"),
    ),
    Row(
        *("count_wraps", EVERY, "a count times 8 fits 32 bits, and is not 0", SPAN),
        *("open.c", "!emlrt_counts(end) ||", "", "stage_in_count_40000004"),
    ),
    Row(
        *("span_start", EVERY, "a span starts in its space", SPAN),
        *("open.c", "from > most ||", "", "stage_in_offset_fffffff0"),
    ),
    Row(
        *("misaligned_span", EVERY, "elements are aligned", SPAN, "open.c"),
        *("from >> dtype << dtype != from", "0", "program_odd_in_offset_2"),
    ),
    Row(
        *("span_bounds", EVERY, "a span ends in its space", SPAN, "open.c"),
        *("if (end > most) return 0;", "", "stage_in_count_5"),
    ),
    Row(
        *("reads_unwritten", EVERY, "scores are written before they are read", SPAN),
        *("open.c", "(k != 0 ? from : end)", "(k != 0 ? from : 0)"),
        "program_reads_scores",
    ),
    Row(
        *("scores_gap", EVERY + " emlrt_classify_as emlrt_proba_as"),
        *("scores are written without a gap", SPAN, "open.c"),
        *("(k != 0 ? from : end)", "(k != 0 ? 0 : end)", "program_gap_in_scores"),
    ),
    Row(
        *("writes_input", EVERY, "x is not written", SPAN, "open.c"),
        *("space < k ||", "", "program_writes_input"),
    ),
    Row(
        *("overlap", EVERY, "what a stage reads it does not write"),
        *("emlrt_spans_ok", "open.c"),
        *(
            "EMLRT_STAGE16(stage, in_space) != EMLRT_STAGE16(stage, out_space) ||",
            "1 ||",
            "program_overlap_1_1",
        ),
    ),
    Row(
        *("output_uncovered", EVERY + " emlrt_classify_as emlrt_proba_as"),
        *("every score is written", SPAN, "open.c"),
        *("to->scores = end;", "to->scores = most;", "program_output_uncovered"),
    ),
    Row(
        *("output_kind", "emlrt_classify_as emlrt_proba_as emlrt_verify"),
        *("the kind of output is known", "emlrt_output_ok", "open.c"),
        *("(output >> 4 & 0xDu) != 0", "1", "kind_e"),
    ),
    Row(
        *("output_past", "emlrt_classify_as emlrt_proba_as emlrt_verify"),
        *("no kind is above the last", "emlrt_output_ok", "open.c"),
        *("output <= EMLRT_OUTPUT_INLIERS", "1", "kind_9e"),
    ),
    Row(
        *("output_dtype", EVERY, "scores are floats where there are no votes"),
        *("emlrt_output_ok", "open.c", "(output & ~0xF0u) == EMLRT_F32", "1"),
        "relies_votes_no_total",
    ),
    Row(
        *("output_votes", "emlrt_proba_as", "a total is of votes", "emlrt_output_ok"),
        *("open.c", "return output == EMLRT_OUTPUT_VOTES", "return 1"),
        "values_vote_total",
    ),
    Row(
        *("outputs_none", "emlrt_classify_as emlrt_label", "there is an output"),
        *(HEADER, "open.c", "n_outputs) != 0 &&", "n_outputs) < 65536u &&"),
        "header_n_outputs_0",
    ),
    Row(
        *("input_dtype", "emlrt_peek emlrt_run_as emlrt_selftest emlrt_host_run"),
        *("x has a dtype, whether a stage reads it or not", "emlrt_input_ok", "open.c"),
        *("(known & 1u << dtype) != 0", "1", "inputs_dtype_6"),
    ),
    Row(
        *("input_beyond", "emlrt_peek emlrt_run_as emlrt_selftest emlrt_host_run"),
        *("x's dtype is no further one of the kind", "emlrt_input_ok", "open.c"),
        *("dtype <= EMLRT_F32 &&", "", "relies_input_beyond"),
    ),
    Row(
        *("input_none", "emlrt_run_as emlrt_host_run", "x has an element"),
        *("emlrt_input_ok", "open.c", " && x != 0 &&", " &&", "relies_input_none"),
    ),
    Row(
        *("input_whole", "emlrt_run_as emlrt_selftest emlrt_name"),
        *("x has whole elements", "emlrt_input_ok", "open.c"),
        *("((unsigned)x & ((1u << shift) - 1u)) == 0", "1", "header_input_size_11"),
    ),
    Row(
        *("work", EVERY, "a run visits no more than the sizes pay for", STAGE),
        *("open.c", "call.v.work > to->work", "0", "work_winners"),
    ),
    Row(
        *("work_left", EVERY, "all stages together, too", STAGE, "open.c"),
        *("to->work -= call.v.work;", "", "work_winners"),
    ),
    Row(
        *("work_wraps", EVERY, "visits are counted up to the largest number"),
        *("emlrt_charge", "open.c"),
        "if (elements > UINT32_MAX - call->v.work)",
        *("if (0)", "relies_work_wraps"),
    ),
)

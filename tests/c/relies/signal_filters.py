# SPDX-License-Identifier: MIT
"""What filters along time rely on."""

from .row import Row

FINITE = "the payload's numbers are finite"
COUNTS = "as many are written as read"
TIMES = "whole times of at least one channel are read"
ROOM = "what is kept ends in the state"
B, F, E = "emlrt_check_biquads", "emlrt_check_fir", "emlrt_check_exponential_mean"

ROWS = (
    Row(
        *("filter_channels", "biquads fir moving_* exponential_mean", TIMES),
        *("emlrt_channels_ok", "past.c", "channels != 0 &&", ""),
        "signal_filters_biquads_no_channels",
    ),
    Row(
        *("filter_times", "biquads fir moving_* exponential_mean", TIMES),
        *("emlrt_channels_ok", "past.c", "&& call->n_in % channels == 0", ""),
        "signal_filters_biquads_part_of_a_time",
    ),
    Row(
        *("filter_room", "biquads fir moving_* exponential_mean", ROOM),
        *("emlrt_room_ok", "past.c", "rows == 0 || emlrt_take_floats(", "1 || ("),
        "signal_filters_biquads_beyond",
    ),
    Row(
        *("filter_start", "biquads fir moving_* exponential_mean"),
        *("what is kept starts in the state", "emlrt_room_ok", "past.c"),
        *("if (!emlrt_state_ok(call, at, 0)) return 0;", ""),
        "signal_filters_biquads_between",
    ),
    Row(
        *("filter_mark", "fir moving_* exponential_mean", "the mark is in the state"),
        *("emlrt_past_ok", "past.c", "emlrt_room_ok(call, at, 1, 1) &&", ""),
        "signal_filters_fir_one_at_0",
    ),
    Row(
        *("filter_held", "fir moving_* exponential_mean", ROOM, "emlrt_past_ok"),
        *("past.c", "&& emlrt_room_ok(call, at + 4, rows, columns)", ""),
        "signal_filters_fir_kept_far",
    ),
    Row(
        *("biquads_head", "biquads", "the head lies in the payload", B, "biquads.c"),
        *("left < EMLRT_OCTETS(emlrt_biquads) ||", ""),
        "signal_filters_biquads_half_a_head",
    ),
    Row(
        *("biquads_counts", "biquads", COUNTS, B, "biquads.c"),
        *("|| call->n_in != call->n_out", "", "signal_filters_biquads_more_outputs"),
    ),
    Row(
        *("biquads_whole", "biquads", "sections are whole", B, "biquads.c"),
        *("left != 0 ||", "", "signal_filters_biquads_long"),
    ),
    Row(
        *("biquads_some", "biquads", "there is a section, which writes", B),
        *("biquads.c", "n == 0 ||", "", "signal_filters_biquads_none"),
    ),
    Row(
        *("biquads_flags", "biquads", "flags are known", B, "biquads.c"),
        *("flags > EMLRT_BIQUADS_ALL ||", "", "signal_filters_biquads_flags"),
    ),
    Row(
        *("biquads_kept", "biquads", "a state goes forward, from where it was", B),
        *("biquads.c", "(flags != 0 && at != EMLRT_AT_REST) ||", ""),
        "signal_filters_biquads_kept_1",
    ),
    Row(
        *("biquads_form", "biquads", "there is such a form", "emlrt_biquad_ok"),
        "biquads.c",
        "emlrt_r32(at, EMLRT_AT(emlrt_biquad, form)) <= EMLRT_BIQUAD_MIRROR &&",
        *("", "signal_filters_biquads_form"),
    ),
    Row(
        *("biquads_finite", "biquads", FINITE, "emlrt_biquad_ok", "biquads.c"),
        *("emlrt_finite(emlrt_rom_at(at, EMLRT_AT(emlrt_biquad, p)), 5)", "1"),
        "signal_filters_biquads_number_0",
    ),
    Row(
        *("fir_head", "fir", "the head and a tap lie in the payload", F, "fir.c"),
        *("if (call->size <= EMLRT_OCTETS(emlrt_fir))", "if (0)"),
        "signal_filters_fir_no_taps",
    ),
    Row(
        *("fir_flags", "fir", "flags are known", F, "fir.c"),
        *("EMLRT_FIR16(call, flags) > EMLRT_FIR_FIRST ||", ""),
        "signal_filters_fir_flags",
    ),
    Row(
        *("fir_spacing", "fir", "taps are of different times", F, "fir.c"),
        *("EMLRT_FIR16(call, spacing) == 0 ||", "", "signal_filters_fir_no_spacing"),
    ),
    Row(
        *("fir_step", "fir", "the divisor is not 0", "emlrt_fir_counts_ok", "fir.c"),
        *("|| step == 0", "", "signal_filters_fir_no_step"),
    ),
    Row(
        *("fir_outputs", "fir", "outputs are those of each step-th time"),
        *("emlrt_fir_counts_ok", "fir.c", "call->n_out / channels == times &&", ""),
        "signal_filters_fir_more_outputs",
    ),
    Row(
        *("fir_whole", "fir", "outputs are of whole times", "emlrt_fir_counts_ok"),
        *("fir.c", "call->n_out % channels == 0 &&", ""),
        "signal_filters_fir_part_of_an_output",
    ),
    Row(
        *("fir_phase", "fir", "each run of a stream starts with a step"),
        *("emlrt_fir_counts_ok", "fir.c", "(rest == 0 ||", "(1 ||"),
        "signal_filters_fir_kept_odd_step",
    ),
    Row(
        *("fir_reach", "fir", "32 bits hold how far taps reach", "emlrt_fir_reach_ok"),
        *("fir.c", "emlrt_take_floats(&left, taps - 1u, stride) &&", ""),
        "signal_filters_fir_reaches_far",
    ),
    Row(
        *("fir_finite", "fir", FINITE, F, "fir.c"),
        "!emlrt_finite(emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_fir)), taps)",
        *("0", "signal_filters_fir_nan"),
    ),
    Row(
        *("moving_size", "moving_*", "the payload is an emlrt_moving"),
        *("emlrt_moving_ok", "moving.h", "call->size == EMLRT_OCTETS(emlrt_moving) &&"),
        *("", "signal_filters_mean_short", "moving_mean.c"),
    ),
    Row(
        *("moving_counts", "moving_*", COUNTS, "emlrt_moving_ok", "moving.h"),
        *("call->n_in == call->n_out &&", "", "signal_filters_mean_more_outputs"),
        "moving_mean.c",
    ),
    Row(
        *("moving_width", "moving_*", "there is a sample", "emlrt_moving_ok"),
        *("moving.h", "EMLRT_MOVING16(call, width) != 0 &&", ""),
        *("signal_filters_mean_no_width", "moving_mean.c"),
    ),
    Row(
        *("median_odd", "moving_median", "there is a middle one"),
        *("emlrt_check_moving_median", "moving_median.c", "(width & 1u) == 0 ||", ""),
        "signal_filters_median_4",
    ),
    Row(
        *("median_one", "moving_median", "samples are held"),
        *("emlrt_check_moving_median", "moving_median.c", "width == 1 ||", ""),
        "signal_filters_median_1",
    ),
    Row(
        *("median_most", "moving_median", "keys have room on the stack"),
        *("emlrt_check_moving_median", "moving_median.c"),
        *("|| width > EMLRT_MEDIAN_MAX", "", "signal_filters_median_11"),
    ),
    Row(
        *("exponential_size", "exponential_mean", "the payload is right", E),
        *("exponential_mean.c", "call->size != EMLRT_OCTETS(emlrt_exponential_mean)"),
        *("0", "signal_filters_exponential_short"),
    ),
    Row(
        *("exponential_counts", "exponential_mean", "outputs are as flags say", E),
        *("exponential_mean.c", "call->n_out != n_out ||", ""),
        "signal_filters_exponential_both_fewer",
    ),
    Row(
        *("exponential_flags", "exponential_mean", "flags are known", E),
        *("exponential_mean.c", "flags > EMLRT_EXPONENTIAL_ALL ||", ""),
        "signal_filters_exponential_flags",
    ),
    Row(
        *("exponential_finite", "exponential_mean", FINITE, E, "exponential_mean.c"),
        "!emlrt_finite(\n"
        "          emlrt_rom_at(call->payload, EMLRT_AT(emlrt_exponential_mean,"
        " alpha)),\n          1)",
        *("0", "signal_filters_exponential_nan"),
    ),
)

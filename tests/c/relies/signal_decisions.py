# SPDX-License-Identifier: MIT
"""What decisions rely on."""

from .row import Row

V, T, D = "emlrt_check_vote", "emlrt_check_threshold", "emlrt_check_debounce"
COUNTS = "as many are written as read"
ROOM = "what is kept is in the state"

ROWS = (
    Row(
        *("vote_size", "vote", "the payload is an emlrt_vote", V, "vote.c"),
        *("call->size != EMLRT_OCTETS(emlrt_vote)", "0"),
        "signal_decisions_vote_short",
    ),
    Row(
        *("vote_flags", "vote", "flags are known, and so what is kept", V, "vote.c"),
        *("flags > EMLRT_VOTE_MEAN ||", "", "signal_decisions_vote_flags"),
    ),
    Row(
        *("vote_counts", "vote", COUNTS, V, "vote.c"),
        *("call->n_in != call->n_out ||", "", "signal_decisions_vote_more_outputs"),
    ),
    Row(
        *("vote_width", "vote", "an answer is kept", V, "vote.c"),
        *("width == 0 ||", "", "signal_decisions_vote_no_width"),
    ),
    Row(
        *("vote_kept", "vote", "something is kept", V, "vote.c"),
        *("at == EMLRT_AT_REST ||", "", "signal_decisions_vote_kept_at_rest"),
    ),
    Row(
        *("vote_room", "vote", ROOM, V, "vote.c"),
        *("!emlrt_past_ok(call, at, width, columns)", "0"),
        "signal_decisions_vote_wide",
    ),
    Row(
        *("threshold_head", "threshold", "the head lies in the payload", T),
        *("threshold.c", "if (left < EMLRT_OCTETS(emlrt_threshold))", "if (0)"),
        "signal_decisions_threshold_half_a_head",
    ),
    Row(
        *("threshold_limits", "threshold", "limits of all classes are there", T),
        *("threshold.c", "!emlrt_take_floats(&left, 2, n) || left != 0", "0"),
        "signal_decisions_threshold_short",
    ),
    Row(
        *("threshold_other", "threshold", "the other answer is one", T),
        *("threshold.c", "other <= n &&", "", "signal_decisions_threshold_other"),
    ),
    Row(
        *("threshold_counts", "threshold", "all answers are written", T),
        *("threshold.c", "call->n_out == n + (other == n) &&", ""),
        "signal_decisions_threshold_other_and_as_many",
    ),
    Row(
        *("threshold_room", "threshold", ROOM, T, "threshold.c"),
        *("emlrt_state_ok(call, EMLRT_THRESHOLD32(call, state), 4)", "1"),
        "signal_decisions_threshold_kept_beyond",
    ),
    Row(
        *("threshold_finite", "threshold", "limits are numbers", T, "threshold.c"),
        "emlrt_finite(\n"
        "                     emlrt_rom_at(call->payload,"
        " EMLRT_OCTETS(emlrt_threshold)),\n                     2 * n)",
        *("1", "signal_decisions_threshold_nan_5"),
    ),
    Row(
        *("debounce_size", "debounce", "the payload is an emlrt_debounce", D),
        *("debounce.c", "call->size == EMLRT_OCTETS(emlrt_debounce) &&", ""),
        "signal_decisions_debounce_short",
    ),
    Row(
        *("debounce_counts", "debounce", COUNTS, D, "debounce.c"),
        *("call->n_in == call->n_out &&", ""),
        "signal_decisions_debounce_more_outputs",
    ),
    Row(
        *("debounce_count", "debounce", "a number of windows in a row is at least 1"),
        *(D, "debounce.c", "EMLRT_DEBOUNCE32(call, count) != 0 &&", ""),
        "signal_decisions_debounce_no_count",
    ),
    Row(
        *("debounce_room", "debounce", ROOM, D, "debounce.c"),
        *("emlrt_state_ok(call, EMLRT_DEBOUNCE32(call, state), 12)", "1"),
        "signal_decisions_debounce_kept_one_too_far",
    ),
)

# SPDX-License-Identifier: MIT
"""What programs that keep state rely on, and the ops that keep windows in it."""

from .row import Row

STREAM = "emlrt_stream_open emlrt_stream_push_as"

ROWS = (
    Row(
        *("state_opened", "emlrt_run_as emlrt_classify_as emlrt_proba_as"),
        *("the program keeps no state, which only a stream has", "emlrt_open_with"),
        *("open.c", "return EMLRT_ERR_STATE", "(void)0", "signal_stream_frame"),
    ),
    Row(
        *("state_span", STREAM, "a span of state ends in it", "emlrt_open_with"),
        *("open.c", "sizes[EMLRT_SPACE_STATE] = state", "sizes[3] = UINT32_MAX"),
        "signal_stream_state_shorter_than_the_window",
    ),
    Row(
        *("state_declared", STREAM, "there is a state of whole numbers of 8 bytes"),
        *("emlrt_open_any", "open.c", "? EMLRT_ERR_STAGE : status", "? 0 : status"),
        "signal_stream_state_of_nothing",
    ),
    Row(
        *("state_size", STREAM, "its size is a multiple of 8", "emlrt_state_bytes"),
        *("state_bytes.c", "(bytes & 7u) == 0 &&", "", "signal_stream_state_29"),
    ),
    Row(
        *("state_most", STREAM, "its size and others add up to 32 bits"),
        *("emlrt_state_bytes", "state_bytes.c", "&& bytes >> 28 == 0", ""),
        "signal_stream_state_10000000",
    ),
    Row(
        *("frame_payload", "frame_*", "the payload is an emlrt_frame"),
        *("emlrt_check_frame", "frame.c", "call->size != EMLRT_OCTETS(emlrt_frame)"),
        *("0", "signal_stream_frame_f32_short"),
    ),
    Row(
        *("frame_first", "frame_*", "a first window comes", "emlrt_check_frame"),
        *("frame.c", "first != 0 &&", "", "signal_stream_frame_f32_no_first"),
    ),
    Row(
        *("frame_every", "frame_*", "others follow it", "emlrt_check_frame"),
        *("frame.c", "every != 0 &&", "", "signal_stream_frame_f32_no_every"),
    ),
    Row(
        *("frame_bits", "frame_*", "runs are counted in 31 bits", "emlrt_check_frame"),
        *("frame.c", "((first | every) & EMLRT_SINCE_FIRST) == 0 &&", ""),
        "signal_stream_frame_f32_first_31",
    ),
    Row(
        *("frame_window", "frame_*", "a window has what a run brings"),
        *("emlrt_check_frame", "frame.c", "call->n_out >= call->n_in &&", ""),
        "signal_stream_frame_f32_shorter_than_in",
    ),
    Row(
        *("state_aligned", "frame_*", "numbers of the state are aligned"),
        *("emlrt_state_ok", "state.h", "(at & 3u) == 0 &&", ""),
        *("signal_stream_frame_f32_count_between", "frame.c"),
    ),
    Row(
        *("state_held", "frame_*", "its first number says whether a run is held"),
        *("emlrt_state_ok", "state.h", "at >= 4 &&", ""),
        *("signal_stream_frame_f32_count_at_0", "frame.c"),
    ),
    Row(
        *("state_start", "frame_*", "numbers start in the state"),
        *("emlrt_state_ok", "state.h", "at <= call->u.state_size &&", ""),
        *("signal_stream_frame_f32_count_far", "frame.c"),
    ),
    Row(
        *("state_end", "frame_*", "numbers end in the state", "emlrt_state_ok"),
        *("state.h", "bytes <= call->u.state_size - at", "1"),
        *("signal_stream_frame_f32_count_beyond", "frame.c"),
    ),
)

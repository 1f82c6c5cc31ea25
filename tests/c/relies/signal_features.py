# SPDX-License-Identifier: MIT
"""What the runs of features of windows rely on."""

from .row import Row

CODED = "moments extrema crossings hjorth peaks"
FEATURES = f"{CODED} quantiles autocorrelation"
ALL = f"{FEATURES} correlation detrend magnitude tilt"
HEAD = "the head lies in the payload"
COUNTS = "there is a number for each feature of each channel"

ROWS = (
    Row(
        *("samples_head", ALL, HEAD, "emlrt_samples_ok", "samples.c"),
        *("if (call->size < head) return 0;", "", "signal_features_moments_empty"),
    ),
    Row(
        *("samples_inputs", ALL, "all samples are read, and no others"),
        *("emlrt_samples_ok", "samples.c"),
        *("length * channels == call->n_in", "1", "signal_features_moments_inputs"),
    ),
    Row(
        *("features_outputs", FEATURES, COUNTS, "emlrt_features_ok", "samples.c"),
        *("n * channels + memory != call->n_out", "0"),
        "signal_features_moments_outputs",
    ),
    Row(
        *("features_size", FEATURES, "there is an item for each feature"),
        *("emlrt_features_ok", "samples.c"),
        "call->size !=\n"
        "          emlrt_pad4((uint32_t)EMLRT_OCTETS(emlrt_features) + n * width)",
        *("0", "signal_features_moments_short"),
    ),
    Row(
        *("features_constant", FEATURES, "the constant is finite, or one NaN"),
        *("emlrt_features_ok", "samples.c"),
        *("!emlrt_is_number(EMLRT_FEATURES32(call, constant))", "0"),
        "signal_features_hjorth_other_nan",
    ),
    Row(
        *("features_bounds", "crossings peaks", "bounds are finite"),
        *("emlrt_features_ok", "samples.c"),
        "!emlrt_finite(\n"
        "          emlrt_rom_at(call->payload, EMLRT_AT(emlrt_features, low)), 2)",
        *("0", "signal_features_crossings_low_infinite"),
    ),
    Row(
        *("features_code", CODED, "a code has a feature", "emlrt_features_ok"),
        *("samples.c", "0) >= end) return 0;", "0) > end) return 0;"),
        "signal_features_moments_code",
    ),
    Row(
        *("moments_ddof", "moments", "the divisor is above 0", "emlrt_check_moments"),
        *("moments.c", ">= EMLRT_FEATURES16(call, length)", "== 0xFFFF"),
        "signal_features_moments_ddof",
    ),
    Row(
        *("quantile_rank", "quantiles", "some sample has the rank"),
        *("emlrt_quantile_ok", "quantiles.c"),
        *("rank < EMLRT_FEATURES16(call, length) &&", ""),
        "signal_features_quantiles_rank",
    ),
    Row(
        *("quantile_next", "quantiles", "there is a next rank", "emlrt_quantile_ok"),
        *("quantiles.c", "if (fraction != 0) rank++;", ""),
        "signal_features_quantiles_next",
    ),
    Row(
        *("quantile_fraction", "quantiles", "a fraction is below 1"),
        *("emlrt_quantile_ok", "quantiles.c"),
        *("if (fraction >= UINT32_C(0x3F800000)) return 0;", ""),
        "signal_features_quantiles_nan",
    ),
    Row(
        *("quantile_kind", "quantiles", "the kind is known", "emlrt_quantile_ok"),
        *("quantiles.c", "EMLRT_QUANTILE_DEVIATION;\n}", "3;\n}"),
        "signal_features_quantiles_kind",
    ),
    Row(
        *("quantile_work", "quantiles", "passes are charged"),
        *("emlrt_check_quantiles", "quantiles.c"),
        *("emlrt_charge(call, EMLRT_QUANTILE_PASSES, call->n_in);\n    if", "if"),
        "signal_features_quantiles_many",
    ),
    Row(
        *("crossing_bounds", "crossings", "bounds have no sign"),
        *("emlrt_check_crossings", "crossings.c"),
        *(
            "EMLRT_SIGN_BIT) != 0)\n    return EMLRT_ERR_PAYLOAD",
            "0u) != 0)\n    return 1",
        ),
        "signal_features_crossings_low_negative",
    ),
    Row(
        *("crossing_work", "crossings", "passes are charged", "emlrt_check_crossings"),
        *("crossings.c", "emlrt_charge(call, 2, call->n_in);", ";"),
        "signal_features_crossings_many",
    ),
    Row(
        *("lag_length", "autocorrelation", "a lag is within the window"),
        *("emlrt_check_autocorrelation", "autocorrelation.c"),
        *("0) >=\n        EMLRT_FEATURES16(call, length))", "0) >\n        0xFFFFu)"),
        "signal_features_autocorrelation_lag",
    ),
    Row(
        *("lag_work", "autocorrelation", "passes are charged"),
        *("emlrt_check_autocorrelation", "autocorrelation.c"),
        *("emlrt_charge(call, 1, call->n_in);", ";", "signal_features_lags_many"),
    ),
    Row(
        *("hjorth_length", "hjorth", "there are differences of second order"),
        *("emlrt_check_hjorth", "hjorth.c"),
        *("EMLRT_FEATURES16(call, length) < 3", "0"),
        "signal_features_hjorth_two_samples",
    ),
    Row(
        *("peak_head", "peaks", HEAD, "emlrt_check_peaks", "peaks.c"),
        *("!emlrt_samples_ok(call, EMLRT_OCTETS(emlrt_features)) ||", ""),
        "signal_features_peaks_empty",
    ),
    Row(
        *("peak_distance", "peaks", "a distance is above 0", "emlrt_check_peaks"),
        *("peaks.c", "distance == 0 ||", "", "signal_features_peaks_no_distance"),
    ),
    Row(
        *("peak_prominence", "peaks", "a prominence has no sign"),
        *("emlrt_check_peaks", "peaks.c"),
        *("(EMLRT_FEATURES32(call, high) & EMLRT_SIGN_BIT) != 0", "0"),
        "signal_features_peaks_prominence",
    ),
    Row(
        *("peak_most", "peaks", "so many passes can be charged", "emlrt_check_peaks"),
        *("peaks.c", "if (n > EMLRT_PEAKS_MOST) return EMLRT_ERR_PAYLOAD;", ""),
        "signal_features_peaks_many",
    ),
    Row(
        *("peak_work", "peaks", "passes are charged", "emlrt_check_peaks"),
        *("peaks.c", "+ (n + 2) / 3, call->n_in", ", call->n_in"),
        "signal_features_peaks_near",
    ),
    Row(
        *("pair_outputs", "correlation", "there is a number for each pair"),
        *("emlrt_check_correlation", "correlation.c", "n != call->n_out ||", ""),
        "signal_features_correlation_outputs",
    ),
    Row(
        *("pair_size", "correlation", "there is a pair for each number"),
        *("emlrt_check_correlation", "correlation.c"),
        "call->size !=\n"
        "          emlrt_pad4((uint32_t)EMLRT_OCTETS(emlrt_features) + n * 2u)",
        *("0", "signal_features_correlation_short"),
    ),
    Row(
        *("pair_constant", "correlation", "the constant is finite, or one NaN"),
        *("emlrt_check_correlation", "correlation.c"),
        *("!emlrt_is_number(EMLRT_FEATURES32(call, constant))", "0"),
        "signal_features_correlation_other_nan",
    ),
    Row(
        *("pair_bounds", "correlation", "floats of the head are finite"),
        *("emlrt_check_correlation", "correlation.c"),
        "!emlrt_finite(\n"
        "          emlrt_rom_at(call->payload, EMLRT_AT(emlrt_features, low)), 2)",
        *("0", "signal_features_correlation_low_infinite"),
    ),
    Row(
        *("pair_first", "correlation", "the first is a channel"),
        *("emlrt_check_correlation", "correlation.c"),
        *("(pair & 0xFFu) >= channels ||", "", "signal_features_correlation_channel_0"),
    ),
    Row(
        *("pair_second", "correlation", "the second is a channel"),
        *("emlrt_check_correlation", "correlation.c"),
        *("|| pair >> 8 >= channels", "", "signal_features_correlation_channel_1"),
    ),
    Row(
        *("detrend_size", "detrend", "nothing is behind the head"),
        *("emlrt_check_detrend", "detrend.c"),
        *("call->size != EMLRT_OCTETS(emlrt_channels) ||", ""),
        "signal_features_detrend_long",
    ),
    Row(
        *("detrend_outputs", "detrend", "as many are written as read"),
        *("emlrt_check_detrend", "detrend.c", "call->n_out != call->n_in ||", ""),
        "signal_features_detrend_outputs",
    ),
    Row(
        *("detrend_kind", "detrend", "the flags are known", "emlrt_check_detrend"),
        *("detrend.c", "(EMLRT_DETREND_LINE | EMLRT_DETREND_STANDARDIZE) ||", "9 ||"),
        "signal_features_detrend_kind",
    ),
    Row(
        *("detrend_ddof", "detrend", "the divisor is above 0", "emlrt_check_detrend"),
        *("detrend.c", ">= EMLRT_CHANNELS16(call, length))", "== 0xFFFF)"),
        "signal_features_detrend_ddof",
    ),
    Row(
        *("magnitude_size", "magnitude", "nothing is behind the head"),
        *("emlrt_check_magnitude", "magnitude.c"),
        *("call->size != EMLRT_OCTETS(emlrt_channels) ||", ""),
        "signal_features_magnitude_long",
    ),
    Row(
        *("magnitude_outputs", "magnitude", "there is a number for each time"),
        *("emlrt_check_magnitude", "magnitude.c"),
        *("call->n_out != EMLRT_FEATURES16(call, length) ||", ""),
        "signal_features_magnitude_outputs",
    ),
    Row(
        *("magnitude_option", "magnitude", "fields without a use are zero"),
        *(
            "emlrt_check_magnitude",
            "magnitude.c",
            " != 0)\n    return",
            " > 9)\n    return",
        ),
        "signal_features_magnitude_option",
    ),
    Row(
        *("magnitude_kind", "magnitude", "the norm is known", "emlrt_check_magnitude"),
        *("magnitude.c", "|| kind > EMLRT_MAGNITUDE_SQUARES", ""),
        "signal_features_magnitude_kind_4",
    ),
    Row(
        *("tilt_size", "tilt", "nothing is behind the head", "emlrt_check_tilt"),
        *("tilt.c", "call->size != EMLRT_OCTETS(emlrt_tilt) ||", ""),
        "signal_features_tilt_long",
    ),
    Row(
        *("tilt_outputs", "tilt", "there are two numbers for each time"),
        *("emlrt_check_tilt", "tilt.c"),
        "call->n_out != 2u * (uint32_t)EMLRT_TILT16(call, length)",
        *("0", "signal_features_tilt_outputs"),
    ),
    *(
        Row(
            *(f"tilt_axis_{axis}", "tilt", f"{axis} is a channel", "emlrt_check_tilt"),
            *("tilt.c", f"EMLRT_TILT16(call, axis_{axis}) >= channels ||", ""),
            f"signal_features_tilt_axis_{i}",
        )
        for i, axis in enumerate("xyz")
    ),
    Row(
        *("tilt_reserved", "tilt", "fields without a use are zero"),
        *("emlrt_check_tilt", "tilt.c"),
        *("EMLRT_TILT16(call, reserved) != 0", "0", "signal_features_tilt_axis_3"),
    ),
)

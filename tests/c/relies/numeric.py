# SPDX-License-Identifier: MIT
"""What the runs of affine ops, functions, spans and tables rely on."""

from .row import Row

MAPS = (
    "cos erf exp expm1 log log1p logistic tanh sqrt ndtri abs square reciprocal "
    "softplus softsign silu gelu gelu_tanh softmax"
)
HEAD = "the head lies in the payload"
COUNTS = "as many are written as read"
FINITE = "the payload's numbers are finite"

AFFINE = (
    Row(
        *("floats_rows", "*", "numbers lie in the payload", "emlrt_take_floats"),
        *("numeric.c", "if (columns * 4 > *left) return 0;", "", "affine_dense_short"),
    ),
    Row(
        *("finite", "*", FINITE, "emlrt_finite", "numeric.c"),
        *("return 0;\n  return 1;", "return 1;\n  return 1;", "affine_dense_bias_nan"),
    ),
    Row(
        *("dense_head", "dense emlrt_host_run", HEAD, "emlrt_check_dense", "dense.c"),
        *("if (left < EMLRT_OCTETS(emlrt_dense))", "if (0)", "affine_dense_empty"),
    ),
    Row(
        *("dense_biases", "dense emlrt_host_run", "there is a bias an output"),
        *("emlrt_check_dense", "dense.c"),
        *("UINT32_C(1) + call->n_in", "call->n_in", "relies_dense_no_biases"),
    ),
    Row(
        *("dense_inputs", "dense emlrt_host_run", "there is a weight for each pair"),
        *("emlrt_check_dense", "dense.c"),
        "!emlrt_take_floats(&left, call->n_out, UINT32_C(1) + call->n_in) ||",
        *("(left = 0) ||", "affine_dense_short"),
    ),
    Row(
        *("dense_left", "dense", "numbers are all that stands there"),
        *("emlrt_check_dense", "dense.c", "|| left != 0", "", "affine_dense_long"),
    ),
    Row(
        *("dense_finite", "dense", FINITE, "emlrt_check_dense", "dense.c"),
        *("!emlrt_finite(EMLRT_WEIGHTS(call), floats)", "0", "affine_dense_weight_nan"),
    ),
    Row(
        *("affine_head", "affine", HEAD, "emlrt_check_affine", "affine.c"),
        *("left < EMLRT_OCTETS(emlrt_affine) || ", "", "affine_affine_empty"),
    ),
    Row(
        *("affine_counts", "affine", COUNTS, "emlrt_check_affine", "affine.c"),
        *("|| call->n_in != call->n_out", "", "affine_affine_fewer_outputs"),
    ),
    Row(
        *("affine_flags", "affine", "each flag has its numbers", "emlrt_check_affine"),
        *("affine.c", "|| flags > EMLRT_AFFINE_ALL", "", "affine_affine_unknown_flag"),
    ),
    Row(
        *("affine_numbers", "affine", "numbers lie in the payload"),
        *("emlrt_check_affine", "affine.c"),
        *("!emlrt_take_floats(&left, 1, call->n_in)", "(left = 0)"),
        "affine_affine_short",
    ),
    Row(
        *("affine_finite", "affine", FINITE, "emlrt_check_affine", "affine.c"),
        *(
            "!emlrt_finite(emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_affine)),",
            "!(1 ||",
        ),
        "affine_affine_nan",
    ),
    Row(
        *("gather_index", "gather", "an index is an input", "emlrt_check_gather"),
        *("gather.c", ">= call->n_in)", "> call->n_in)", "affine_gather_beyond"),
    ),
    Row(
        *("gather_size", "gather", "there is an index an output", "emlrt_check_gather"),
        *("gather.c", "call->size != emlrt_pad4(need)", "0", "affine_gather_short"),
    ),
    Row(
        *("gather_short", "gather", "16 bits hold every index", "emlrt_gather_short"),
        *("gather.c", "n_in <= EMLRT_GATHER_SHORT", "n_in <= EMLRT_GATHER_SHORT + 1u"),
        "affine_gather_wide_short",
    ),
    Row(
        *("cast_counts", "cast_*", COUNTS, "emlrt_check_cast", "cast.c"),
        *("call->size == 0 && call->n_in == call->n_out", "1", "affine_cast_u8_counts"),
    ),
    Row(
        *(
            "shares_size",
            "votes_to_proba",
            "the total is there",
            "emlrt_check_votes_to_proba",
            "cast.c",
        ),
        *("call->size != 4 ||", "", "affine_shares_empty"),
    ),
    Row(
        *("shares_counts", "votes_to_proba", COUNTS, "emlrt_check_votes_to_proba"),
        "cast.c",
        *(" || call->n_in != call->n_out)", ")", "affine_shares_counts"),
    ),
    Row(
        *("shares_total", "votes_to_proba", "the divisor is not 0"),
        "emlrt_check_votes_to_proba",
        *("cast.c", "total >= UINT32_C(0x00800000) &&", "", "affine_shares_zero"),
    ),
)

FUNCTIONS = (
    Row(
        *("map_counts", MAPS, COUNTS, "emlrt_check_elementwise", "elementwise.c"),
        *("call->size == 0 && call->n_in == call->n_out", "call->size == 0"),
        "maths_logistic_more_outputs",
    ),
    Row(
        *("exp_range", "exp", "shifts are below 32", "emlrt_exp", "maths_exp.c"),
        "int32_t e;\n  if (size >= EMLRT_EXP_END) {\n"
        "    if (size > EMLRT_INFINITY_BITS) return EMLRT_NAN_BITS;\n"
        "    return x == size",
        "int32_t e;\n  if (0) {\n    return x == size",
        "maths_valid_exp",
    ),
    Row(
        *("expm1_range", "expm1 elu power gelu_tanh", "shifts are below 32"),
        *("emlrt_expm1", "maths_exp.c"),
        "int32_t e;\n  if (size >= EMLRT_EXP_END) {\n"
        "    if (size > EMLRT_INFINITY_BITS) return EMLRT_NAN_BITS;\n    return sign",
        "int32_t e;\n  if (0) {\n    return sign",
        "maths_valid_expm1",
    ),
    Row(
        *("logistic_range", "logistic pairwise_coupling", "shifts are below 32"),
        "emlrt_logistic",
        *("maths_logistic.c", "if ((x & ~EMLRT_SIGN_BIT) >= UINT32_C(0x42D00000))"),
        *("if (0)", "maths_valid_logistic"),
    ),
    Row(
        *("tanh_range", "tanh kernel_tanh gelu_tanh", "shifts are below 32"),
        *("emlrt_tanh", "maths_logistic.c"),
        *("if (size >= UINT32_C(0x41200000)) return sign | UINT32_C(0x3F800000);", ""),
        "maths_valid_tanh",
    ),
    Row(
        *("log_zero", "log logsumexp", "shifting up ends", "emlrt_log", "maths_log.c"),
        "if ((x & ~EMLRT_SIGN_BIT) == 0) return EMLRT_SIGN_BIT | EMLRT_INFINITY_BITS;",
        *("", "maths_valid_log"),
    ),
    Row(
        *(
            "log1p_below",
            "log1p power",
            "1 + x is above 0",
            "emlrt_log1p",
            "maths_log.c",
        ),
        *(" || x > UINT32_C(0xBF800000))", ")", "maths_valid_log1p"),
    ),
    Row(
        *("sqrt_zero", "sqrt kernel_matern normalize neighbor_*", "shifting up ends"),
        *("emlrt_sqrt", "maths_sqrt.c", "(x & ~EMLRT_SIGN_BIT) == 0 ||", "0 ||"),
        "maths_valid_sqrt",
    ),
    Row(
        *("ndtri_above", "ndtri ndtri_two_sided", "shifts are not below 0"),
        "emlrt_ndtri",
        *("maths_ndtri.c", "if (x >= UINT32_C(0x3F800000))", "if (0)"),
        "maths_valid_ndtri",
    ),
    Row(
        *("erf_range", "erf gelu", "places in the table are in it", "emlrt_erf"),
        "maths_erf.c",
        "if (size >= UINT32_C(0x40800000)) return sign | UINT32_C(0x3F800000);",
        *("", "maths_valid_erf"),
    ),
    Row(
        *(
            "cos_range",
            "cos",
            "places in the table are in it",
            "emlrt_cos",
            "maths_cos.c",
        ),
        "if (size < UINT32_C(0x39000000)) return UINT32_C(0x3F800000);",
        *("", "maths_valid_cos"),
    ),
    Row(
        *("elu_size", "elu", "both numbers are there", "emlrt_check_elu"),
        "elementwise_elu.c",
        *("call->size == EMLRT_OCTETS(emlrt_elu) &&", "", "maths_elu_empty"),
    ),
    Row(
        *("elu_counts", "elu", COUNTS, "emlrt_check_elu", "elementwise_elu.c"),
        *(" && call->n_in == call->n_out &&", " &&", "maths_elu_more_outputs"),
    ),
    Row(
        *("elu_finite", "elu", FINITE, "emlrt_check_elu", "elementwise_elu.c"),
        *("emlrt_finite(call->payload, 2)", "1", "maths_elu_nan_0"),
    ),
    Row(
        *("relu_size", "relu", "its numbers are there", "emlrt_check_relu"),
        *(
            "elementwise_relu.c",
            "call->size != EMLRT_OCTETS(emlrt_relu) ||",
            "",
            "maths_relu_empty",
        ),
    ),
    Row(
        *("relu_counts", "relu", COUNTS, "emlrt_check_relu", "elementwise_relu.c"),
        *("(emlrt_relu) || call->n_in != call->n_out)", "(emlrt_relu))"),
        "maths_relu_more_outputs",
    ),
    Row(
        *("relu_finite", "relu", FINITE, "emlrt_check_relu", "elementwise_relu.c"),
        "!emlrt_finite(emlrt_rom_at(call->payload, EMLRT_AT(emlrt_relu, slope)), 3)",
        *("0", "maths_relu_nan_4"),
    ),
    Row(
        *("clip_size", "clip", "both numbers are there", "emlrt_check_clip"),
        *(
            "elementwise_relu.c",
            "call->size != EMLRT_OCTETS(emlrt_clip) ||",
            "",
            "maths_clip_empty",
        ),
    ),
    Row(
        *("clip_counts", "clip", COUNTS, "emlrt_check_clip", "elementwise_relu.c"),
        *("(emlrt_clip) || call->n_in != call->n_out ||", "(emlrt_clip) ||"),
        "maths_clip_more_outputs",
    ),
    Row(
        *("clip_finite", "clip", FINITE, "emlrt_check_clip", "elementwise_relu.c"),
        *("!emlrt_finite(at, 2) ||", "", "maths_clip_nan_0"),
    ),
    Row(
        *("clip_crossed", "clip", "low is not above high", "emlrt_check_clip"),
        "elementwise_relu.c",
        "emlrt_sort_key_u32(emlrt_r32(at, EMLRT_AT(emlrt_clip, low))) >",
        *("0u >", "maths_clip_crossed"),
    ),
    Row(
        *("step_counts", "step", COUNTS, "emlrt_check_step", "elementwise_relu.c"),
        *("if (call->n_in != call->n_out || !emlrt_take", "if (!emlrt_take"),
        "maths_step_more_outputs",
    ),
    Row(
        *("step_numbers", "step", "there is a threshold an input", "emlrt_check_step"),
        *(
            "elementwise_relu.c",
            "!emlrt_take_floats(&left, 1, call->n_in) ||",
            "(left = 0) ||",
        ),
        "maths_step_short",
    ),
    Row(
        *("step_finite", "step", FINITE, "emlrt_check_step", "elementwise_relu.c"),
        *("!emlrt_finite(call->payload, call->n_in)", "0", "maths_step_nan_0"),
    ),
    Row(
        *("power_head", "power", HEAD, "emlrt_check_power", "elementwise_power.c"),
        *("left < EMLRT_OCTETS(emlrt_power) ||", "", "maths_power_empty"),
    ),
    Row(
        *("power_counts", "power", COUNTS, "emlrt_check_power", "elementwise_power.c"),
        *(" || call->n_in != call->n_out)", ")", "maths_power_more_outputs"),
    ),
    Row(
        *("power_numbers", "power", "there are powers for each input"),
        *("emlrt_check_power", "elementwise_power.c"),
        *("!emlrt_take_floats(&left, flags + 1, call->n_in) ||", "(left = 0) ||"),
        "maths_power_short",
    ),
    Row(
        *("power_finite", "power", FINITE, "emlrt_check_power", "elementwise_power.c"),
        *("!emlrt_finite(EMLRT_POWERS(call), floats)", "0", "maths_power_nan_4"),
    ),
)

SPANS = (
    Row(
        *("logsumexp_outputs", "logsumexp", "there is one output"),
        *("emlrt_check_logsumexp", "vector_softmax.c"),
        *("call->size == 0 && call->n_out == 1", "call->size == 0"),
        "maths_logsumexp_outputs",
    ),
    Row(
        *("normalize_size", "normalize", HEAD, "emlrt_check_normalize"),
        *("vector_normalize.c", "call->size != EMLRT_OCTETS(emlrt_normalize) ||", ""),
        "maths_normalize_empty",
    ),
    Row(
        *("normalize_counts", "normalize", COUNTS, "emlrt_check_normalize"),
        *("vector_normalize.c", " || call->n_in != call->n_out)", ")"),
        "maths_normalize_more_outputs",
    ),
    Row(
        *("normalize_norm", "normalize", "the norm is known", "emlrt_check_normalize"),
        *("vector_normalize.c", "norm < EMLRT_NORM_L1 || norm > EMLRT_NORM_SUM ||", ""),
        "maths_normalize_norm",
    ),
    Row(
        *("winner_counts", "onehot_argmax", COUNTS, "emlrt_check_onehot_argmax"),
        "vector_argmax.c",
        *(" || call->n_in != call->n_out)", ")", "maths_winner_outputs"),
    ),
    Row(
        *("winner_group", "onehot_argmax", "a group has an element: the loops end"),
        *("emlrt_check_onehot_argmax", "vector_argmax.c"),
        *("if (group == 0) return EMLRT_ERR_PAYLOAD;", "", "maths_winner_0"),
    ),
    Row(
        *("winner_left", "onehot_argmax", "groups end with the span"),
        "emlrt_check_onehot_argmax",
        *("vector_argmax.c", "return left == 0 ?", "return 1 ?", "maths_winner_3"),
    ),
    Row(
        *("both_outputs", "complement", "there are two outputs an input"),
        "emlrt_check_complement",
        *("vector_argmax.c", "call->n_out / 2 == call->n_in", "1", "maths_both_2"),
    ),
    Row(
        *("mix_left", "weighted_sum", "spans of n_out elements fill the input"),
        *("emlrt_check_weighted_sum", "weighted_sum.c", "return left == 0 &&"),
        "return",
        "affine_mix_remainder",
    ),
    Row(
        *("mix_size", "weighted_sum", "there is a factor a span"),
        "emlrt_check_weighted_sum",
        "weighted_sum.c",
        *("if (left < call->n_out) return EMLRT_ERR_PAYLOAD;", "", "affine_mix_long"),
    ),
)

PREP = (
    Row(
        *("impute_head", "impute", HEAD, "emlrt_check_impute", "impute.c"),
        *("left < EMLRT_OCTETS(emlrt_impute) ||", "", "prep_impute_empty"),
    ),
    Row(
        *("impute_counts", "impute", COUNTS, "emlrt_check_impute", "impute.c"),
        *(" || call->n_in != call->n_out)", ")", "relies_impute_outputs"),
    ),
    Row(
        *(
            "impute_numbers",
            "impute",
            "there is a value an input",
            "emlrt_check_impute",
        ),
        *("impute.c", "!emlrt_take_floats(&left, 1, call->n_in) ||", "(left = 0) ||"),
        "prep_impute_short",
    ),
    Row(
        *("impute_finite", "impute", FINITE, "emlrt_check_impute", "impute.c"),
        *("!emlrt_finite(EMLRT_FILL(call), call->n_in)", "0", "prep_impute_to_nan"),
    ),
    Row(
        *("tails_counts", "ndtri_two_sided", COUNTS, "emlrt_check_ndtri_two_sided"),
        "ndtri_two_sided.c",
        *("call->n_in != call->n_out || ", "", "prep_tails_counts"),
    ),
    Row(
        *("tails_size", "ndtri_two_sided", "the limit is there"),
        "emlrt_check_ndtri_two_sided",
        "ndtri_two_sided.c",
        *("call->size != 4 ||", "", "prep_tails_empty"),
    ),
    Row(
        *("lookup_head", "map_values", HEAD, "emlrt_check_map_values", "map_values.c"),
        *("left < EMLRT_OCTETS(emlrt_map_values) ||", "", "prep_lookup_empty"),
    ),
    Row(
        *("lookup_counts", "map_values", COUNTS, "emlrt_check_map_values"),
        "map_values.c",
        *(" || call->n_in != call->n_out ||", " ||", "relies_lookup_outputs"),
    ),
    Row(
        *("lookup_table", "map_values", "there is a table an input"),
        "emlrt_check_map_values",
        "map_values.c",
        "if (left < EMLRT_OCTETS(emlrt_value_map)) return EMLRT_ERR_PAYLOAD;",
        *("", "prep_lookup_head_only"),
    ),
    Row(
        *("lookup_keys", "map_values", "keys and values lie in the payload"),
        *("emlrt_check_map_values", "map_values.c"),
        *("!emlrt_take_floats(&left, n, 2)", "(left = 0)", "prep_lookup_short"),
    ),
    Row(
        *("lookup_rise", "map_values", "keys are sorted", "emlrt_check_map_values"),
        "map_values.c",
        *("if (!emlrt_keys_rise(at, n)) return EMLRT_ERR_PAYLOAD;", ""),
        "prep_lookup_keys_falling",
    ),
    Row(
        *("keys_rise", "map_values interpolate", "keys rise strictly"),
        "emlrt_keys_rise",
        *("keys.c", "|| order < least", "", "prep_interpolate_equal"),
    ),
    Row(
        *("equals_size", "one_hot", "there is an entry an output"),
        "emlrt_check_one_hot",
        *("one_hot.c", "!emlrt_take_floats(&left, call->n_out, 2) || left != 0", "0"),
        "prep_equals_short",
    ),
    Row(
        *("equals_element", "one_hot", "an element is an input", "emlrt_check_one_hot"),
        *("one_hot.c", ">= call->n_in ||", "> call->n_in ||", "prep_equals_beyond"),
    ),
    Row(
        *("products_size", "polynomial", "there are numbers for each output"),
        *("emlrt_check_polynomial", "polynomial.c"),
        "!emlrt_take_floats(&left, call->n_out, is_short ? 1 : 2) || left != 0",
        *("0", "prep_products_short"),
    ),
    Row(
        *("products_base", "polynomial", "a base has been written before"),
        *("emlrt_check_polynomial", "polynomial.c"),
        *("is_short) > j ||", "is_short) > j + 1u ||", "prep_products_later_base"),
    ),
    Row(
        *(
            "products_factor",
            "polynomial",
            "a factor is an input",
            "emlrt_check_polynomial",
        ),
        *("polynomial.c", "is_short) > call->n_in)", "is_short) > call->n_in + 1u)"),
        "prep_products_factor",
    ),
    Row(
        *("products_wide", "polynomial", "16 bits hold both numbers"),
        *("emlrt_polynomial_short", "polynomial.c"),
        "n_in <= EMLRT_POLYNOMIAL_SHORT &&",
        "n_in <= EMLRT_POLYNOMIAL_SHORT + 1u &&",
        "prep_products_wide_short",
    ),
    Row(
        *("interpolate_counts", "interpolate", COUNTS, "emlrt_check_interpolate"),
        *("interpolate.c", "if (call->n_in != call->n_out) return EMLRT_ERR_PAYLOAD;"),
        *("", "relies_interpolate_outputs"),
    ),
    Row(
        *("interpolate_head", "interpolate", "there is a curve an input"),
        *("emlrt_check_interpolate", "interpolate.c"),
        "if (left < EMLRT_OCTETS(emlrt_curve)) return EMLRT_ERR_PAYLOAD;",
        *("", "prep_interpolate_empty"),
    ),
    Row(
        *("interpolate_none", "interpolate", "a curve has a point"),
        *("emlrt_check_interpolate", "interpolate.c", "n == 0 ||", ""),
        "relies_interpolate_none",
    ),
    Row(
        *("interpolate_numbers", "interpolate", "keys and values lie in the payload"),
        *("emlrt_check_interpolate", "interpolate.c"),
        *("!emlrt_take_floats(&left, n, 2) ||", "(left = 0) ||"),
        "prep_interpolate_short",
    ),
    Row(
        *("interpolate_finite", "interpolate", FINITE, "emlrt_check_interpolate"),
        *("interpolate.c", "!emlrt_finite(at, n + n)", "0"),
        "prep_interpolate_value_nan",
    ),
)

TABLES = (
    Row(
        *("table_counts", "table_sum", "counts lie in the payload"),
        "emlrt_check_table_sum",
        "table_sum.c",
        "if (!emlrt_take_floats(&left, 1, call->n_in)) return EMLRT_ERR_PAYLOAD;",
        *("", "relies_table_row_less"),
    ),
    Row(
        *("table_starts", "table_sum", "starts lie in the payload"),
        "emlrt_check_table_sum",
        "table_sum.c",
        "if (!emlrt_take_floats(&left, 1, call->n_out)) return EMLRT_ERR_PAYLOAD;",
        *("", "relies_table_row_less"),
    ),
    Row(
        *("table_rows", "table_sum", "rows lie in the payload"),
        "emlrt_check_table_sum",
        *("table_sum.c", "!emlrt_take_floats(&left, count, call->n_out)", "(left = 0)"),
        "table_short",
    ),
    Row(
        *("table_left", "table_sum", "rows are all that stands there"),
        "emlrt_check_table_sum",
        *("table_sum.c", "left != 0 ||", "", "table_long"),
    ),
    Row(
        *("table_finite", "table_sum", FINITE, "emlrt_check_table_sum", "table_sum.c"),
        *("!emlrt_finite(at, floats)", "0", "table_nan_at_7"),
    ),
)

ROWS = AFFINE + FUNCTIONS + SPANS + PREP + TABLES

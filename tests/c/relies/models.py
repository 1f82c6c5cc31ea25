# SPDX-License-Identifier: MIT
"""What the runs of gaussians, neighbours and kernel machines rely on."""

from .row import Row

HEAD = "the head lies in the payload"
FINITE = "the payload's numbers are finite"
LABELS = "neighbor_votes neighbor_shares emlrt_items_classify"


def gauss(name: str) -> tuple[Row, ...]:
    op, check, file = f"gauss_{name}", f"emlrt_check_gauss_{name}", f"gauss_{name}.c"
    return (
        Row(
            *(f"{name}_head", op, HEAD, check, file),
            *("if (left < EMLRT_OCTETS(emlrt_gauss)) return EMLRT_ERR_PAYLOAD;", ""),
            f"gauss_{name}_empty",
        ),
        Row(
            *(f"{name}_constants", op, "there is a constant an output", check, file),
            *("!emlrt_take_floats(&left, 1, call->n_out) ||", ""),
            f"relies_{name}_no_constants",
        ),
        Row(
            *(f"{name}_means", op, "there are means for each output", check, file),
            "call->n_out) ||\n"
            "      !emlrt_take_floats(&left, call->n_out, call->n_in) ||",
            *("call->n_out) ||", f"relies_{name}_no_means"),
        ),
        Row(
            *(f"{name}_low", op, "so are their low parts", check, file),
            *("((flags & EMLRT_GAUSS_LOW) != 0 &&", "(0 &&"),
            f"gauss_{name}_3x2_0_low",
        ),
        Row(
            *(f"{name}_finite", op, FINITE, check, file),
            *(f"!emlrt_finite(EMLRT_GAUSS_{name.upper()}_AT(call), floats)", "0"),
            f"gauss_{name}_3x2_0_nan_4",
        ),
    )


DIAG = ("emlrt_check_gauss_diag", "gauss_diag.c")
GAUSSIANS = (
    *(row for row in gauss("diag") if row.bug in ("diag_head", "diag_finite")),
    *gauss("full"),
    Row(
        *("diag_constants", "gauss_diag", "there is a constant an output", *DIAG),
        *("UINT32_C(1) + call->n_in;", "call->n_in;", "relies_diag_no_constants"),
    ),
    Row(
        *("diag_means", "gauss_diag", "there are means for each output", *DIAG),
        *("UINT32_C(1) + call->n_in;", "1;", "relies_diag_no_means"),
    ),
    Row(
        *("diag_low", "gauss_diag", "so are their low parts", *DIAG),
        *("if ((flags & EMLRT_GAUSS_LOW) != 0) each", "if (0) each"),
        "gauss_diag_3x2_0_low",
    ),
    Row(
        *("diag_factors", "gauss_diag", "there are factors", *DIAG),
        *("!emlrt_take_floats(&left, call->n_out, each) ||", "(left = 0) ||"),
        "gauss_diag_3x2_0_short",
    ),
    Row(
        *("full_factors", "gauss_full", "there are factors", "emlrt_check_gauss_full"),
        "gauss_full.c",
        "if (!emlrt_take_floats(&left, 1, i)) return EMLRT_ERR_PAYLOAD;",
        *("left = 0;", "gauss_full_3x2_0_short"),
    ),
)

WORK = (
    Row(
        *("work_full", "gauss_full", "a shared factor is paid for by each output"),
        *("emlrt_check_gauss_full", "gauss_full.c"),
        *("if (k != call->n_out) emlrt_charge", "if (0) emlrt_charge"),
        "work_full_shared",
    ),
    Row(
        *("work_couple", "pairwise_coupling", "rounds are paid for"),
        "emlrt_check_pairwise_coupling",
        *("pairwise_coupling.c", "emlrt_charge(call, n, call->n_in);", ""),
        "work_couple",
    ),
)

DISTANCES = (
    Row(
        *("distances_head", "distances", HEAD, "emlrt_check_distances", "distance.c"),
        *("if (left < EMLRT_OCTETS(emlrt_distances)) return EMLRT_ERR_PAYLOAD;", ""),
        "neighbors_distances_empty",
    ),
    Row(
        *("distances_items", "distances", "there is an item an output"),
        *("emlrt_check_distances", "distance.c"),
        *("!emlrt_take_floats(&left, call->n_out, call->n_in) ||", "(left = 0) ||"),
        "neighbors_distances_short",
    ),
    Row(
        *("distances_finite", "distances", FINITE, "emlrt_check_distances"),
        "distance.c",
        "!emlrt_finite(emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_distances)),",
        *("!(1 ||", "neighbors_distances_nan"),
    ),
    Row(
        *("bisect_head", "bisecting_kmeans", HEAD, "emlrt_check_bisecting_kmeans"),
        "bisecting_kmeans.c",
        "if (left < EMLRT_OCTETS(emlrt_bisecting_kmeans)) return EMLRT_ERR_PAYLOAD;",
        "",
        "neighbors_bisect_empty",
    ),
    Row(
        *("bisect_items", "bisecting_kmeans", "there are two items a fork"),
        "emlrt_check_bisecting_kmeans",
        "bisecting_kmeans.c",
        "!emlrt_take_floats(&left, n, call->n_in) || left != 0 ||",
        *("(left = 0) ||", "neighbors_bisect_short"),
    ),
    Row(
        *("bisect_back", "bisecting_kmeans"),
        "a fork leads to a later one: the way ends",
        *("emlrt_leads_on", "bisecting_kmeans.c", "? to > fork :", "? 1 :"),
        "neighbors_bisect_back",
    ),
    Row(
        *("bisect_output", "bisecting_kmeans", "the way ends at an output"),
        "emlrt_leads_on",
        *("bisecting_kmeans.c", ": to - n < call->n_out;", ": 1;"),
        "neighbors_bisect_beyond",
    ),
    Row(
        *("nearest_head", "nearest", HEAD, "emlrt_check_nearest", "nearest.c"),
        *("if (left < EMLRT_OCTETS(emlrt_nearest)) return EMLRT_ERR_PAYLOAD;", ""),
        "neighbors_nearest_empty",
    ),
    Row(
        *("nearest_outputs", "nearest", "the list has k distances and indices"),
        *("emlrt_check_nearest", "nearest.c", "call->n_out != 2 * k ||", ""),
        "neighbors_nearest_outputs_odd",
    ),
    Row(
        *("nearest_k", "nearest emlrt_items_classify", "the list is full in the end"),
        *("emlrt_check_nearest", "nearest.c", "k > n_items ||", ""),
        "neighbors_nearest_k_above_items",
    ),
    Row(
        *("nearest_most", "nearest", "an item moves few others", "emlrt_check_nearest"),
        *("nearest.c", "k > EMLRT_NEIGHBORS_MAX ||", "", "relies_nearest_k_most"),
    ),
    Row(
        *(
            "nearest_items",
            "nearest",
            "items lie in the payload",
            "emlrt_check_nearest",
        ),
        *("nearest.c", "!emlrt_take_floats(&left, n_items, call->n_in) ||"),
        *("(left = 0) ||", "neighbors_nearest_short"),
    ),
    Row(
        *("power_head_of", "nearest_power", HEAD, "emlrt_check_nearest_power"),
        "nearest_power.c",
        "if (left < EMLRT_OCTETS(emlrt_nearest_power)) return EMLRT_ERR_PAYLOAD;",
        *("", "neighbors_power_empty"),
    ),
    Row(
        *("power_outputs", "nearest_power", "the list has k distances and indices"),
        *("emlrt_check_nearest_power", "nearest_power.c"),
        *("call->n_out != 2 * k ||", "", "relies_power_outputs"),
    ),
    Row(
        *("power_k", "nearest_power", "the list is full in the end"),
        *("emlrt_check_nearest_power", "nearest_power.c", "k > n_items ||", ""),
        "neighbors_power_k_many",
    ),
    Row(
        *("power_whole", "nearest_power", "a number takes few products"),
        *("emlrt_check_nearest_power", "nearest_power.c"),
        *("whole > EMLRT_POWER_WHOLE_MAX ||", "", "neighbors_power_whole"),
    ),
    Row(
        *("power_items", "nearest_power", "items lie in the payload"),
        *("emlrt_check_nearest_power", "nearest_power.c"),
        *("!emlrt_take_floats(&left, n_items, call->n_in) ||", "(left = 0) ||"),
        "neighbors_power_short",
    ),
    Row(
        *("i16_head", "nearest_i16", HEAD, "emlrt_check_nearest_i16", "nearest_i16.c"),
        "if (call->size < EMLRT_OCTETS(emlrt_nearest_i16)) return EMLRT_ERR_PAYLOAD;",
        *("", "neighbors_i16_empty"),
    ),
    Row(
        *("i16_width", "nearest_i16", "a number has 1 byte or 2"),
        *("emlrt_check_nearest_i16", "nearest_i16.c"),
        *("width == 0 || width > 2 ||", "width == 0 ||", "relies_i16_width_three"),
    ),
    Row(
        *("i16_k", "nearest_i16 emlrt_items_classify", "the list is full in the end"),
        *("emlrt_check_nearest_i16", "nearest_i16.c", "|| k > n ||", "||"),
        "neighbors_i16_k_many",
    ),
    Row(
        *("i16_base", "nearest_i16", "a number fits 16 bits: squares fit 32"),
        *("emlrt_check_nearest_i16", "nearest_i16.c", "EMLRT_NEAREST_BASE_MAX ||"),
        *("65535 ||", "neighbors_i16_base"),
    ),
    Row(
        *("i16_outputs", "nearest_i16", "the list has k of three numbers"),
        *("emlrt_check_nearest_i16", "nearest_i16.c", "call->n_out != 3 * k ||", ""),
        "neighbors_i16_outputs",
    ),
    Row(
        *("i16_items", "nearest_i16", "items lie in the payload"),
        *("emlrt_check_nearest_i16", "nearest_i16.c"),
        "!emlrt_rows_fit(call, EMLRT_OCTETS(emlrt_nearest_i16), n,\n"
        "                      call->n_in * (uint32_t)width)",
        *("0", "neighbors_i16_short"),
    ),
)

NEIGHBORS = (
    Row(
        *("labels_head", LABELS, HEAD, "emlrt_check_labels", "neighbor_votes.c"),
        "if (call->size < EMLRT_OCTETS(emlrt_neighbors)) return EMLRT_ERR_PAYLOAD;",
        *("", "neighbors_votes_empty"),
    ),
    Row(
        *("labels_rows", LABELS, "labels lie in the payload", "emlrt_check_labels"),
        "neighbor_votes.c",
        "!emlrt_rows_fit(call, EMLRT_OCTETS(emlrt_neighbors), i,\n"
        "                      n << (has & EMLRT_NEIGHBORS_WIDE))",
        *("0", "neighbors_votes_short"),
    ),
    Row(
        *("labels_score", LABELS, "a label is a score", "emlrt_check_labels"),
        *("neighbor_votes.c", ">= call->n_out) return", "> call->n_out) return"),
        "neighbors_votes_beyond",
    ),
    Row(
        *("work_neighbors", LABELS, "a list is no longer than items pay for"),
        *("emlrt_check_labels", "neighbor_votes.c", "|| k > i ||", "||"),
        "work_neighbors_votes",
    ),
    Row(
        *("work_shares", "neighbor_shares", "a list is no longer than items pay for"),
        *("emlrt_check_neighbor_shares", "neighbor_means.c"),
        *("call->n_in / 2);\n  if", "0);\n  if", "work_neighbors_shares"),
    ),
    Row(
        *("work_means", "neighbor_means", "a list is no longer than items pay for"),
        *("emlrt_check_neighbor_means", "neighbor_means.c"),
        "(flags != 0 ? call->n_in / 2 : call->n_in) >\n"
        "          EMLRT_NEIGHBORS_ITEMS(call)",
        *("0", "work_neighbors_means"),
    ),
    Row(
        *("votes_index", "neighbor_votes", "an index, of whatever stage, is an item's"),
        *("emlrt_run_neighbor_votes", "neighbor_votes.c"),
        *("if (*x < EMLRT_NEIGHBORS_ITEMS(call))", "if (1)", "relies_votes_index"),
    ),
    Row(
        *("average_index", "neighbor_shares neighbor_means"),
        *("an index, of whatever stage, is an item's", "emlrt_average"),
        *("neighbor_means.c", "if (item >= EMLRT_NEIGHBORS_ITEMS(call)) continue;", ""),
        "relies_means_index",
    ),
    Row(
        *("shares_odd", "neighbor_shares", "half of the list are indices"),
        *("emlrt_check_neighbor_shares", "neighbor_means.c"),
        *("return (call->n_in & 1u) == 0 &&", "return", "neighbors_shares_odd"),
    ),
    Row(
        *("shares_weighted", "neighbor_shares", "the list has distances"),
        *("emlrt_check_neighbor_shares", "neighbor_means.c"),
        "(EMLRT_NEIGHBORS16(call, flags) &\n"
        "                                    EMLRT_NEIGHBORS_WEIGHTED) != 0",
        *("1", "neighbors_shares_unweighted"),
    ),
    Row(
        *("means_head", "neighbor_means", HEAD, "emlrt_check_neighbor_means"),
        "neighbor_means.c",
        "if (left < EMLRT_OCTETS(emlrt_neighbors)) return EMLRT_ERR_PAYLOAD;",
        *("", "neighbors_means_empty"),
    ),
    Row(
        *("means_values", "neighbor_means", "an item has a target an output"),
        *("emlrt_check_neighbor_means", "neighbor_means.c"),
        *("EMLRT_NEIGHBORS16(call, n_values) != call->n_out ||", ""),
        "neighbors_means_values",
    ),
    Row(
        *("means_items", "neighbor_means", "targets lie in the payload"),
        *("emlrt_check_neighbor_means", "neighbor_means.c"),
        "!emlrt_take_floats(&left, EMLRT_NEIGHBORS_ITEMS(call), call->n_out) ||",
        *("(left = 0) ||", "neighbors_means_short"),
    ),
    Row(
        *("density_head", "neighbor_density", HEAD, "emlrt_check_neighbor_density"),
        "neighbor_density.c",
        "if (left < EMLRT_OCTETS(emlrt_density)) return EMLRT_ERR_PAYLOAD;",
        *("", "neighbors_density_empty"),
    ),
    Row(
        *("density_outputs", "neighbor_density", "there is one output"),
        *("emlrt_check_neighbor_density", "neighbor_density.c"),
        *("call->n_out != 1 ||", "", "neighbors_density_outputs"),
    ),
    Row(
        *("density_items", "neighbor_density", "there are two numbers an item"),
        *("emlrt_check_neighbor_density", "neighbor_density.c"),
        "!emlrt_take_floats(&left, EMLRT_DENSITY32(call, n_items), 2) ||",
        *("(left = 0) ||", "neighbors_density_short"),
    ),
    Row(
        *(
            "density_index",
            "neighbor_density",
            "an index, of whatever stage, is an item's",
        ),
        *("emlrt_run_neighbor_density", "neighbor_density.c"),
        *("if (list[k + i] >= n) continue;", "", "relies_density_index"),
    ),
)

KERNELS = (
    Row(
        *("kernel_head", "kernel_*", HEAD, "emlrt_check_kernel", "kernel.c"),
        *("if (left < EMLRT_OCTETS(emlrt_kernels)) return EMLRT_ERR_PAYLOAD;", ""),
        "kernels_dot_empty",
    ),
    Row(
        *(
            "kernel_degree",
            "kernel_*",
            "the degree has a meaning",
            "emlrt_check_kernel",
        ),
        *("kernel.c", "degree < least || degree > most ||", "", "kernels_rbf_degree"),
    ),
    Row(
        *(
            "kernel_odd",
            "kernel_*",
            "half of the outputs are sums",
            "emlrt_check_kernel",
        ),
        *("kernel.c", "(call->n_out != 1 && (call->n_out & 1u) != 0) ||", ""),
        "relies_kernel_odd",
    ),
    Row(
        *("kernel_pairs", "kernel_*", "a coefficient's sum is there"),
        *("emlrt_check_kernel", "kernel.c"),
        *("(sections != 1 && !emlrt_are_pairs(sums, sections)) ||", ""),
        "relies_kernel_sections",
    ),
    Row(
        *("kernel_counts", "kernel_*", "counts lie in the payload"),
        *("emlrt_check_kernel", "kernel.c"),
        "degree > most ||\n      (call->n_out != 1 && (call->n_out & 1u) != 0) ||\n"
        "      (sections != 1 && !emlrt_are_pairs(sums, sections)) ||\n"
        "      !emlrt_take_floats(&left, 1, sections))",
        "degree > most ||\n      (sections != 1 && !emlrt_are_pairs(sums, sections)))",
        "relies_kernel_no_counts",
    ),
    Row(
        *("kernel_factor", "kernel_*", "the factor is there", "emlrt_check_kernel"),
        *("kernel.c", "if (!emlrt_take_floats(&left, 1, 1) || ", "if ("),
        "kernels_dot_no_start",
    ),
    Row(
        *("kernel_starts", "kernel_*", "there is a start a sum", "emlrt_check_kernel"),
        *("kernel.c", " || !emlrt_take_floats(&left, 1, sums))", ")"),
        "kernels_dot_no_start",
    ),
    Row(
        *("kernel_rows", "kernel_*", "rows lie in the payload", "emlrt_check_kernel"),
        *("kernel.c", "!emlrt_take_floats(&left, rows, columns))", "(left = 0))"),
        "kernels_dot_short",
    ),
    Row(
        *("kernel_finite", "kernel_*", FINITE, "emlrt_check_kernel", "kernel.c"),
        *("left == 0 && emlrt_finite(at, floats)", "left == 0", "kernels_dot_nan_7"),
    ),
    Row(
        *("ovo_size", "ovo", "the head is the payload", "emlrt_check_ovo", "ovo.c"),
        *("if (call->size != EMLRT_OCTETS(emlrt_ovo)) return EMLRT_ERR_PAYLOAD;", ""),
        "kernels_ovo_empty",
    ),
    Row(
        *("ovo_pairs", "ovo", "there is a decision a pair", "emlrt_check_ovo", "ovo.c"),
        *("!emlrt_are_pairs(call->n_in, classes) ||", "", "relies_ovo_pairs"),
    ),
    Row(
        *("ovo_parts", "ovo", "outputs are written", "emlrt_check_ovo", "ovo.c"),
        *("parts > (EMLRT_OVO_VOTES | EMLRT_OVO_DECISIONS)", "0", "kernels_ovo_part"),
    ),
    Row(
        *("ovo_outputs", "ovo", "there are outputs for each part", "emlrt_check_ovo"),
        *("ovo.c", "return call->n_out == classes ?", "return 1 ?", "kernels_ovo_half"),
    ),
    Row(
        *("pairs_few", "ovo pairwise_coupling", "there are two classes"),
        "emlrt_are_pairs",
        *("kernel.c", "k >= 2 &&", "", "kernels_ovo_classes_0"),
    ),
    Row(
        *("pairs_many", "ovo pairwise_coupling kernel_*"),
        "products of classes do not wrap",
        *("emlrt_are_pairs", "kernel.c", "k <= UINT16_MAX &&", ""),
        "kernels_ovo_classes_65539",
    ),
    Row(
        *("couple_head", "pairwise_coupling", HEAD, "emlrt_check_pairwise_coupling"),
        "pairwise_coupling.c",
        "if (left < EMLRT_OCTETS(emlrt_pairwise_coupling)) return EMLRT_ERR_PAYLOAD;",
        "",
        "kernels_couple_empty",
    ),
    Row(
        *("couple_pairs", "pairwise_coupling", "there is a decision a pair"),
        "emlrt_check_pairwise_coupling",
        *("pairwise_coupling.c", "!emlrt_are_pairs(call->n_in, classes) ||", ""),
        "relies_couple_pairs",
    ),
    Row(
        *("couple_numbers", "pairwise_coupling", "there are numbers for each pair"),
        *("emlrt_check_pairwise_coupling", "pairwise_coupling.c"),
        *("!emlrt_take_floats(&left, 2, call->n_in) ||", "(left = 0) ||"),
        "kernels_couple_short",
    ),
    Row(
        *("couple_outputs", "pairwise_coupling", "outputs hold the working memory"),
        *(
            "emlrt_check_pairwise_coupling",
            "pairwise_coupling.c",
            "n != call->n_out ||",
        ),
        "",
        "kernels_couple_no_work",
    ),
)

ROWS = GAUSSIANS + WORK + DISTANCES + NEIGHBORS + KERNELS

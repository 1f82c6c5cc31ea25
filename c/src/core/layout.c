/* SPDX-License-Identifier: MIT
 *
 * Compile-time proof that this compiler lays the format's structures out as
 * SPEC.md has them. Emits no code. Made by docs/ops.py: run `make ops`.
 */
#include <emlrt/format.h>
#include <emlrt/port.h>

#define EMLRT_SAME(name, a, b) \
  typedef char emlrt_layout_##name[(a) == (b) ? 1 : -1]
#define EMLRT_SIZE(type, bytes) \
  EMLRT_SAME(type##_bytes_all, EMLRT_OCTETS(emlrt_##type), bytes)
#define EMLRT_FIELD(type, field, byte) \
  EMLRT_SAME(type##_at_##field, EMLRT_AT(emlrt_##type, field), byte)

EMLRT_SIZE(header, 48);
EMLRT_FIELD(header, magic, 0);
EMLRT_FIELD(header, version, 4);
EMLRT_FIELD(header, flags, 6);
EMLRT_FIELD(header, total_size, 8);
EMLRT_FIELD(header, crc32, 12);
EMLRT_FIELD(header, body_size, 16);
EMLRT_FIELD(header, input_size, 20);
EMLRT_FIELD(header, arena_size, 24);
EMLRT_FIELD(header, score_size, 28);
EMLRT_FIELD(header, work, 32);
EMLRT_FIELD(header, vote_total, 36);
EMLRT_FIELD(header, n_outputs, 40);
EMLRT_FIELD(header, n_stages, 42);
EMLRT_FIELD(header, input, 44);
EMLRT_FIELD(header, output, 46);

EMLRT_SIZE(stage, 28);
EMLRT_FIELD(stage, size, 0);
EMLRT_FIELD(stage, op, 4);
EMLRT_FIELD(stage, in_offset, 8);
EMLRT_FIELD(stage, in_count, 12);
EMLRT_FIELD(stage, out_offset, 16);
EMLRT_FIELD(stage, out_count, 20);
EMLRT_FIELD(stage, in_space, 24);
EMLRT_FIELD(stage, out_space, 26);

EMLRT_SIZE(state, 4);
EMLRT_FIELD(state, size, 0);

EMLRT_SIZE(trees, 20);
EMLRT_FIELD(trees, n_trees, 0);
EMLRT_FIELD(trees, leaves, 4);
EMLRT_FIELD(trees, n_items, 8);
EMLRT_FIELD(trees, unit, 12);
EMLRT_FIELD(trees, leaf_shift, 16);
EMLRT_FIELD(trees, item, 18);

EMLRT_SIZE(trees_sets, 20);
EMLRT_FIELD(trees_sets, n_trees, 0);
EMLRT_FIELD(trees_sets, leaves, 4);
EMLRT_FIELD(trees_sets, n_words, 8);
EMLRT_FIELD(trees_sets, first_category, 12);
EMLRT_FIELD(trees_sets, leaf_shift, 16);
EMLRT_FIELD(trees_sets, reserved, 18);

EMLRT_SIZE(tree, 8);
EMLRT_FIELD(tree, size, 0);
EMLRT_FIELD(tree, base, 4);

EMLRT_SIZE(record4, 4);
EMLRT_FIELD(record4, split, 0);
EMLRT_FIELD(record4, link, 2);

EMLRT_SIZE(record6, 6);
EMLRT_FIELD(record6, split, 0);
EMLRT_FIELD(record6, threshold, 2);
EMLRT_FIELD(record6, link, 4);

EMLRT_SIZE(record8, 8);
EMLRT_FIELD(record8, threshold, 0);
EMLRT_FIELD(record8, split, 4);
EMLRT_FIELD(record8, link, 6);

EMLRT_SIZE(record12, 12);
EMLRT_FIELD(record12, threshold, 0);
EMLRT_FIELD(record12, split, 4);
EMLRT_FIELD(record12, link, 8);

EMLRT_SIZE(oblivious, 8);
EMLRT_FIELD(oblivious, n_trees, 0);
EMLRT_FIELD(oblivious, leaf_shift, 4);

EMLRT_SIZE(oblivious_tree, 4);
EMLRT_FIELD(oblivious_tree, depth, 0);

EMLRT_SIZE(question, 4);
EMLRT_FIELD(question, feature, 0);
EMLRT_FIELD(question, threshold, 2);

EMLRT_SIZE(dense, 4);
EMLRT_FIELD(dense, flags, 0);

EMLRT_SIZE(affine, 4);
EMLRT_FIELD(affine, flags, 0);

EMLRT_SIZE(relu, 16);
EMLRT_FIELD(relu, flags, 0);
EMLRT_FIELD(relu, slope, 4);
EMLRT_FIELD(relu, threshold, 8);
EMLRT_FIELD(relu, max, 12);

EMLRT_SIZE(elu, 8);
EMLRT_FIELD(elu, alpha, 0);
EMLRT_FIELD(elu, scale, 4);

EMLRT_SIZE(clip, 8);
EMLRT_FIELD(clip, low, 0);
EMLRT_FIELD(clip, high, 4);

EMLRT_SIZE(power, 4);
EMLRT_FIELD(power, flags, 0);

EMLRT_SIZE(normalize, 4);
EMLRT_FIELD(normalize, norm, 0);
EMLRT_FIELD(normalize, flags, 2);

EMLRT_SIZE(gauss, 4);
EMLRT_FIELD(gauss, flags, 0);

EMLRT_SIZE(distances, 4);
EMLRT_FIELD(distances, metric, 0);
EMLRT_FIELD(distances, flags, 2);

EMLRT_SIZE(nearest, 8);
EMLRT_FIELD(nearest, n_items, 0);
EMLRT_FIELD(nearest, k, 4);
EMLRT_FIELD(nearest, metric, 6);

EMLRT_SIZE(nearest_i16, 12);
EMLRT_FIELD(nearest_i16, n_items, 0);
EMLRT_FIELD(nearest_i16, k, 4);
EMLRT_FIELD(nearest_i16, metric, 6);
EMLRT_FIELD(nearest_i16, width, 8);
EMLRT_FIELD(nearest_i16, base, 10);

EMLRT_SIZE(neighbors, 8);
EMLRT_FIELD(neighbors, n_items, 0);
EMLRT_FIELD(neighbors, n_values, 4);
EMLRT_FIELD(neighbors, flags, 6);

EMLRT_SIZE(nearest_power, 16);
EMLRT_FIELD(nearest_power, n_items, 0);
EMLRT_FIELD(nearest_power, k, 4);
EMLRT_FIELD(nearest_power, whole, 6);
EMLRT_FIELD(nearest_power, fraction, 8);
EMLRT_FIELD(nearest_power, inverse, 12);

EMLRT_SIZE(density, 16);
EMLRT_FIELD(density, n_items, 0);
EMLRT_FIELD(density, flags, 4);
EMLRT_FIELD(density, offset, 8);
EMLRT_FIELD(density, floor, 12);

EMLRT_SIZE(bisecting_kmeans, 4);
EMLRT_FIELD(bisecting_kmeans, n_forks, 0);

EMLRT_SIZE(fork, 8);
EMLRT_FIELD(fork, first, 0);
EMLRT_FIELD(fork, second, 4);

EMLRT_SIZE(kernels, 8);
EMLRT_FIELD(kernels, n_sections, 0);
EMLRT_FIELD(kernels, degree, 4);

EMLRT_SIZE(ovo, 8);
EMLRT_FIELD(ovo, n_classes, 0);
EMLRT_FIELD(ovo, parts, 4);

EMLRT_SIZE(pairwise_coupling, 4);
EMLRT_FIELD(pairwise_coupling, n_classes, 0);

EMLRT_SIZE(impute, 4);
EMLRT_FIELD(impute, missing, 0);

EMLRT_SIZE(map_values, 4);
EMLRT_FIELD(map_values, flags, 0);

EMLRT_SIZE(value_map, 8);
EMLRT_FIELD(value_map, n, 0);
EMLRT_FIELD(value_map, other, 4);

EMLRT_SIZE(one_hot, 8);
EMLRT_FIELD(one_hot, element, 0);
EMLRT_FIELD(one_hot, value, 4);

EMLRT_SIZE(curve, 4);
EMLRT_FIELD(curve, n, 0);

EMLRT_SIZE(bucketize, 8);
EMLRT_FIELD(bucketize, source, 0);
EMLRT_FIELD(bucketize, count, 4);
EMLRT_FIELD(bucketize, missing, 6);

EMLRT_SIZE(frame, 12);
EMLRT_FIELD(frame, state, 0);
EMLRT_FIELD(frame, first, 4);
EMLRT_FIELD(frame, every, 8);

EMLRT_SIZE(features, 20);
EMLRT_FIELD(features, length, 0);
EMLRT_FIELD(features, channels, 2);
EMLRT_FIELD(features, n_codes, 4);
EMLRT_FIELD(features, option, 6);
EMLRT_FIELD(features, constant, 8);
EMLRT_FIELD(features, low, 12);
EMLRT_FIELD(features, high, 16);

EMLRT_SIZE(quantile, 8);
EMLRT_FIELD(quantile, kind, 0);
EMLRT_FIELD(quantile, rank, 2);
EMLRT_FIELD(quantile, fraction, 4);

EMLRT_SIZE(channels, 8);
EMLRT_FIELD(channels, length, 0);
EMLRT_FIELD(channels, channels, 2);
EMLRT_FIELD(channels, kind, 4);
EMLRT_FIELD(channels, option, 6);

EMLRT_SIZE(tilt, 12);
EMLRT_FIELD(tilt, length, 0);
EMLRT_FIELD(tilt, channels, 2);
EMLRT_FIELD(tilt, axis_x, 4);
EMLRT_FIELD(tilt, axis_y, 6);
EMLRT_FIELD(tilt, axis_z, 8);
EMLRT_FIELD(tilt, reserved, 10);

EMLRT_SIZE(biquads, 8);
EMLRT_FIELD(biquads, state, 0);
EMLRT_FIELD(biquads, channels, 4);
EMLRT_FIELD(biquads, flags, 6);

EMLRT_SIZE(biquad, 24);
EMLRT_FIELD(biquad, form, 0);
EMLRT_FIELD(biquad, p, 4);
EMLRT_FIELD(biquad, q, 8);
EMLRT_FIELD(biquad, b, 12);
EMLRT_FIELD(biquad, r, 16);
EMLRT_FIELD(biquad, s, 20);

EMLRT_SIZE(fir, 12);
EMLRT_FIELD(fir, state, 0);
EMLRT_FIELD(fir, channels, 4);
EMLRT_FIELD(fir, flags, 6);
EMLRT_FIELD(fir, step, 8);
EMLRT_FIELD(fir, spacing, 10);

EMLRT_SIZE(moving, 8);
EMLRT_FIELD(moving, state, 0);
EMLRT_FIELD(moving, channels, 4);
EMLRT_FIELD(moving, width, 6);

EMLRT_SIZE(exponential_mean, 12);
EMLRT_FIELD(exponential_mean, state, 0);
EMLRT_FIELD(exponential_mean, channels, 4);
EMLRT_FIELD(exponential_mean, flags, 6);
EMLRT_FIELD(exponential_mean, alpha, 8);

EMLRT_SIZE(vote, 8);
EMLRT_FIELD(vote, state, 0);
EMLRT_FIELD(vote, width, 4);
EMLRT_FIELD(vote, flags, 6);

EMLRT_SIZE(threshold, 8);
EMLRT_FIELD(threshold, state, 0);
EMLRT_FIELD(threshold, other, 4);

EMLRT_SIZE(debounce, 8);
EMLRT_FIELD(debounce, state, 0);
EMLRT_FIELD(debounce, count, 4);

EMLRT_SIZE(stft, 28);
EMLRT_FIELD(stft, n_frames, 0);
EMLRT_FIELD(stft, hop, 4);
EMLRT_FIELD(stft, before, 8);
EMLRT_FIELD(stft, n_fft, 12);
EMLRT_FIELD(stft, length, 14);
EMLRT_FIELD(stft, lead, 16);
EMLRT_FIELD(stft, kind, 18);
EMLRT_FIELD(stft, flags, 20);
EMLRT_FIELD(stft, channels, 22);
EMLRT_FIELD(stft, first, 24);
EMLRT_FIELD(stft, n_channels, 26);

EMLRT_SIZE(log_bands, 20);
EMLRT_FIELD(log_bands, length, 0);
EMLRT_FIELD(log_bands, channels, 4);
EMLRT_FIELD(log_bands, hop, 6);
EMLRT_FIELD(log_bands, n_frames, 8);
EMLRT_FIELD(log_bands, frame, 10);
EMLRT_FIELD(log_bands, bits, 12);
EMLRT_FIELD(log_bands, n_bands, 14);
EMLRT_FIELD(log_bands, reserved, 16);

EMLRT_SIZE(band, 8);
EMLRT_FIELD(band, first, 0);
EMLRT_FIELD(band, count, 2);
EMLRT_FIELD(band, offset, 4);

EMLRT_SIZE(time_features, 8);
EMLRT_FIELD(time_features, length, 0);
EMLRT_FIELD(time_features, channels, 2);
EMLRT_FIELD(time_features, n_features, 4);
EMLRT_FIELD(time_features, reserved, 6);

EMLRT_SIZE(micro_frontend, 36);
EMLRT_FIELD(micro_frontend, state, 0);
EMLRT_FIELD(micro_frontend, hop, 4);
EMLRT_FIELD(micro_frontend, n_frames, 6);
EMLRT_FIELD(micro_frontend, frame, 8);
EMLRT_FIELD(micro_frontend, bits, 10);
EMLRT_FIELD(micro_frontend, n_bands, 12);
EMLRT_FIELD(micro_frontend, first, 14);
EMLRT_FIELD(micro_frontend, even, 16);
EMLRT_FIELD(micro_frontend, odd, 18);
EMLRT_FIELD(micro_frontend, least, 20);
EMLRT_FIELD(micro_frontend, smoothing, 22);
EMLRT_FIELD(micro_frontend, gain, 24);
EMLRT_FIELD(micro_frontend, up, 26);
EMLRT_FIELD(micro_frontend, down, 28);
EMLRT_FIELD(micro_frontend, scale, 30);
EMLRT_FIELD(micro_frontend, reserved, 32);

EMLRT_SIZE(bands, 12);
EMLRT_FIELD(bands, rows, 0);
EMLRT_FIELD(bands, width, 4);
EMLRT_FIELD(bands, stride, 6);
EMLRT_FIELD(bands, n_bands, 8);
EMLRT_FIELD(bands, flags, 10);

EMLRT_SIZE(bands_span, 8);
EMLRT_FIELD(bands_span, start, 0);
EMLRT_FIELD(bands_span, length, 2);
EMLRT_FIELD(bands_span, weight, 4);

EMLRT_SIZE(decibels, 16);
EMLRT_FIELD(decibels, floor, 0);
EMLRT_FIELD(decibels, scale, 4);
EMLRT_FIELD(decibels, offset, 8);
EMLRT_FIELD(decibels, top, 12);

EMLRT_SIZE(pcen, 36);
EMLRT_FIELD(pcen, n_bands, 0);
EMLRT_FIELD(pcen, rate, 4);
EMLRT_FIELD(pcen, level, 8);
EMLRT_FIELD(pcen, per_eps, 12);
EMLRT_FIELD(pcen, log_eps, 16);
EMLRT_FIELD(pcen, gain, 20);
EMLRT_FIELD(pcen, bias, 24);
EMLRT_FIELD(pcen, power, 28);
EMLRT_FIELD(pcen, scale, 32);

EMLRT_SIZE(spectral, 12);
EMLRT_FIELD(spectral, rows, 0);
EMLRT_FIELD(spectral, width, 4);
EMLRT_FIELD(spectral, n_features, 6);
EMLRT_FIELD(spectral, step, 8);

EMLRT_SIZE(spectral_feature, 12);
EMLRT_FIELD(spectral_feature, kind, 0);
EMLRT_FIELD(spectral_feature, start, 2);
EMLRT_FIELD(spectral_feature, length, 4);
EMLRT_FIELD(spectral_feature, reserved, 6);
EMLRT_FIELD(spectral_feature, number, 8);

EMLRT_SIZE(meta, 8);
EMLRT_FIELD(meta, tag, 0);
EMLRT_FIELD(meta, size, 4);

EMLRT_SIZE(input, 12);
EMLRT_FIELD(input, offset_low, 0);
EMLRT_FIELD(input, offset_high, 4);
EMLRT_FIELD(input, scale, 8);

EMLRT_SIZE(window, 12);
EMLRT_FIELD(window, length, 0);
EMLRT_FIELD(window, hop, 4);
EMLRT_FIELD(window, channels, 8);

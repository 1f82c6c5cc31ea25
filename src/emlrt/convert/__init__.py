# SPDX-License-Identifier: MIT
"""Converters: from a trained model to the program of a blob.

One folder per source library (sklearn, keras, xgboost, lightgbm, catboost, treelite,
onnx). They share readers/ (files that may be anybody's), trees/ and numeric/ (payloads
of stages), rounding/ (float32 thresholds for float64 numbers) and ir/ (the graph, and
the planner that makes a program of it).
"""

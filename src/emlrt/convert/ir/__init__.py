# SPDX-License-Identifier: MIT
"""The graph that a model becomes, and the planner that makes a program of it."""

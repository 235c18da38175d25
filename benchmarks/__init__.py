"""Benchmarks: ratios and percentiles taken in one run, as JSON, a table and a plot."""

"""Measurements of the program: ``python -m benchmarks NAME``; each prints what it measured, and under which seed."""

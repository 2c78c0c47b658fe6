"""Vectors from peers' test suites and from running peers, against our statistics: ``python -m tests.oracles DIR``.

`vectors` reads the format, `runner` compares, `adapters` has one module a folder that turns a peer's call into ours.
"""

"""One module a folder of vectors, by its name: ``FUNCTIONS`` by the peer's function, ``SKIPS`` by our convention.

An adapter translates names, units and the form of a result. It computes nothing that our statistics are asked for.
"""

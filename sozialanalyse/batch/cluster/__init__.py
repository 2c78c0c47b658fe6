"""Runs that the workers of a dask cluster carry out; all else of a batch stays with the process that was started.

That process (:mod:`.runner`) looks whether each worker would make the same pages (:mod:`.likeness`), sends it the Release of the one
audience, and then one finding after the other (:mod:`.parcels`). On a worker dask calls plain functions of :mod:`.tasks`; what a
batch has there is a :class:`~.site.Site`, which runs notebooks as on the machine of the batch, each in a process of its own.
"""

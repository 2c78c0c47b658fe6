"""Runs of notebooks that are forked from one warm process, without a socket and without the start of a kernel.

A *template* (:mod:`.template`) has imported everything and holds the Release; each run is a fork of it, which finds all that in
its memory and shares with no other run what it changes there. The parts, from the inside out: :mod:`.kernel` is a Jupyter kernel
whose messages stay in the process, :mod:`.streams` catches what a notebook prints, :mod:`.client` is papermill's client for such a
kernel, :mod:`.registered` the engine that papermill knows by name, :mod:`.limits` what a run may use, :mod:`.jobs` what a run does,
:mod:`.template` the process that forks, and :mod:`.forked` its other end in the process of the batch. :mod:`.plain` is the way for
systems that cannot fork: papermill with a kernel, each run in a process of its own.
"""

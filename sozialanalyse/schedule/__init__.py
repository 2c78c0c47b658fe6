"""Unattended runs: a unit for the scheduler of the machine, a watch on deliveries, and what a run says of itself afterwards.

The record of a run is what its report page, its mail and its hook are made of. Nothing here analyses or publishes.
"""

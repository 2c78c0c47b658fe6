"""Indices of pysal's segregation, of one group and of several; ours are own formulas."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sozialanalyse.statistics import group_segregation, multigroup_segregation
from tests.oracles.runner import Answer, Function

if TYPE_CHECKING:
    from tests.oracles.vectors import Call

ONE_GROUP = {
    "Dissim": "dissimilarity",
    "Isolation": "isolation",
    "Interaction": "interaction",
    "Entropy": "entropy",
    "Gini": "gini",
    "CorrelationR": "correlation_ratio",
    "Atkinson": "atkinson",
    "ConProf": "concentration_profile",
}
SEVERAL_GROUPS = {
    "MultiDissim": "dissimilarity",
    "MultiGini": "gini",
    "MultiInfoTheory": "information_theory",
    "MultiNormExposure": "normalised_exposure",
    "MultiRelativeDiversity": "relative_diversity",
    "MultiDiversity": "diversity",
    "SimpsonsInteraction": "simpson_interaction",
    "SimpsonsConcentration": "simpson_concentration",
}


def _one_group(call: Call, *, index: str) -> Answer:
    group, total = call.numbers(str(call.options["group"])), call.numbers(str(call.options["total"]))
    town = group_segregation(group, total, shape=float(call.options.get("b", 0.5)))
    return lambda wanted: {"statistic": getattr(town, index)}[wanted.statistic]


def _several_groups(call: Call, *, index: str) -> Answer:
    town = multigroup_segregation(np.stack([call.numbers(name) for name in call.options["groups"]], axis=-1))
    return lambda wanted: {"statistic": getattr(town, index)}[wanted.statistic]


FUNCTIONS = {
    **{
        f"segregation.singlegroup.{name}": Function(
            partial(_one_group, index=index),
            frozenset({"group", "total", "b"} if name == "Atkinson" else {"group", "total"}),
        )
        for name, index in ONE_GROUP.items()
    },
    **{
        f"segregation.multigroup.{name}": Function(partial(_several_groups, index=index), frozenset({"groups"}))
        for name, index in SEVERAL_GROUPS.items()
    },
}

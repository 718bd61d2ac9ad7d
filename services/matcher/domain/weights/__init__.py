"""Matching weights: modes and weights of criteria, the dial, the floor, promises, closeness tables."""

from services.matcher.domain.weights.as_json import faults_in_json, weights_from_json, weights_to_json
from services.matcher.domain.weights.catalogue import (
    code_label,
    criteria_that,
    criterion_data,
    criterion_label,
    criterion_names,
)
from services.matcher.domain.weights.faults import WeightsFault
from services.matcher.domain.weights.presets import preset_names, preset_weights
from services.matcher.domain.weights.validate import validate
from services.matcher.domain.weights.values import Mode, Setting, Weights, default_setting, default_weights

__all__ = [
    "Mode",
    "Setting",
    "Weights",
    "WeightsFault",
    "code_label",
    "criteria_that",
    "criterion_data",
    "criterion_label",
    "criterion_names",
    "default_setting",
    "default_weights",
    "faults_in_json",
    "preset_names",
    "preset_weights",
    "validate",
    "weights_from_json",
    "weights_to_json",
]

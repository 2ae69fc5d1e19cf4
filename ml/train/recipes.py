"""All recipes by name, as `evenkeel train list` prints them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ml.train import keel, mobilenet, resnet50, vgg16, vgg19
from ml.train.recipe import Recipe

RECIPES: Final[Mapping[str, Recipe]] = {
    recipe.name: recipe
    for recipe in (
        keel.CPU,
        keel.TAUGHT,
        keel.FURTHER,
        keel.FURTHER_44,
        keel.GPU,
        *(recipe for module in (vgg16, vgg19, mobilenet, resnet50) for recipe in (module.CPU, module.GPU)),
    )
}

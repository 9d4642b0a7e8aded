"""The models that can be installed by name."""

from collections.abc import Mapping

from model.card import Description
from model.errors import BundleMissing
from model.sources.nsfwjs_description import INCEPTION_V3, MOBILENET_V2, MOBILENET_V2_MID
from model.sources.open_nsfw_description import OPEN_NSFW

DESCRIPTIONS: Mapping[str, Description] = {
    description.name: description
    for description in (MOBILENET_V2_MID, MOBILENET_V2, INCEPTION_V3, OPEN_NSFW)
}


def describe(name: str) -> Description:
    """Return what is known of a model.

    Raises:
        BundleMissing: No model has that name.
    """
    if name not in DESCRIPTIONS:
        known = ", ".join(DESCRIPTIONS)
        raise BundleMissing(f"There is no importer for {name}; there is one for: {known}.")
    return DESCRIPTIONS[name]

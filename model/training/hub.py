"""torchvision's ImageNet weights from PyTorch's server, where it can be reached."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import torch

from model.errors import TrainingRefused
from model.training.networks import NETWORKS, torchvision_network


def fetched(network: str, *, say: Callable[[str], None]) -> Path:
    """Return the file of a network's ImageNet weights; fetch it unless it is there.

    It is kept in torch.hub's folder, `$TORCH_HOME/hub/checkpoints`, and checked by the hash in its
    name. Its licence is not torchvision's: see the terms of ImageNet.

    Args:
        network: One of torchvision's in `NETWORKS`.
        say: Takes a line of progress.

    Raises:
        TrainingRefused: No weights of that name are published, or they cannot be had.
    """
    builder = NETWORKS[network].torchvision if network in NETWORKS else ""
    if not builder:
        raise TrainingRefused(f"PyTorch publishes no weights of {network}: leave --weights out.")
    torchvision_network(builder)  # says so if torchvision is not installed
    from model.vision import torchvision  # noqa: PLC0415 - optional, and slow to import

    weights = torchvision.models.get_model_weights(builder).DEFAULT
    file = Path(torch.hub.get_dir(), "checkpoints", Path(urlsplit(weights.url).path).name)
    if not file.exists():
        say(f"Fetching {weights.url}")
        _fetch(weights.url, file)
    return file


def _fetch(address: str, file: Path) -> None:
    digest = file.stem.rpartition("-")[2]
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        torch.hub.download_url_to_file(address, str(file), hash_prefix=digest, progress=False)
    except (OSError, RuntimeError) as error:
        raise TrainingRefused(
            f"{address} cannot be had: {error}. Fetch the file elsewhere and name it with "
            "--weights FILE, or begin with an installed model: --start nsfwjs-mobilenet-v2-mid."
        ) from error

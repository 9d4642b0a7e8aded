"""What others publish about their classifiers; every figure is theirs or a third party's."""

from typing import NamedTuple


class Peer(NamedTuple):
    """One classifier that cannot be installed here, or not under its licence."""

    name: str
    licence: str
    network: str
    figure: str
    reported: str


PEERS = (
    Peer(
        "Falconsai/nsfw_image_detection",
        "Apache-2.0",
        "ViT-B/16, 85.8 M, 224 px",
        "accuracy 98.04 % on a private set; F1 89.3 %",
        "author; third party (viddexa)",
    ),
    Peer(
        "Marqo/nsfw-image-detection-384",
        "Apache-2.0",
        "ViT-Ti/16, 5.6 M, 384 px",
        "accuracy 98.56 % on 20,000 private pictures",
        "author",
    ),
    Peer(
        "AdamCodd/vit-base-nsfw-detector",
        "Apache-2.0",
        "ViT-B/16, 86.1 M, 384 px",
        "accuracy 96.54 %, AUC 0.9948; 86.0 % on generated pictures",
        "author",
    ),
    Peer(
        "Freepik/nsfw_image_detector",
        "MIT",
        "EVA-02-B/14, 86 M, 448 px",
        "97.0 to 99.9 % by severity, on an internal set",
        "author",
    ),
    Peer(
        "LAION CLIP-based detector",
        "MIT",
        "MLP on CLIP",
        "accuracy 98 %; F1 0.78 on photographs, 0.68 on generated pictures",
        "author; third party (UnsafeBench)",
    ),
    Peer(
        "bumble-tech/private-detector",
        "Apache-2.0",
        "EfficientNetV2-M, 480 px",
        "above 98 %; 76.2 % of pornography, 99.2 % of neutral pictures",
        "author; third party (NsfwSpy)",
    ),
    Peer(
        "NudeNet 3.4",
        "AGPL-3.0",
        "YOLOv8n detector, 3.0 M, 320 px",
        "37.8 % of 10,000 pictures flagged at 0.5",
        "third party (a user)",
    ),
)

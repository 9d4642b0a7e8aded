"""What is known about the models in the npm package nsfwjs; facts, no code."""

from model.card import Description, Input, Licence, Package, PublishedFigure

NSFWJS = Package(
    registry="npm",
    name="nsfwjs",
    version="4.4.0",
    file="nsfwjs-4.4.0.tgz",
    size=24_973_068,
    sha256="585cd178f3b994337c4d10a87b080d342fc52f8b9bf0085c4d1f345a3a1c5382",
)

MIT_TEXT = """\
MIT License

Copyright (c) 2019 Infinite Red, Inc.

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""

LICENCE = Licence(
    spdx="MIT",
    chain=(
        "The npm package carries one MIT licence (Infinite Red, 2019) and none apart for weights.",
        (
            "The maintainer of GantMan/nsfw_model, where the weights were trained, states that "
            "all in that repository is MIT: https://github.com/GantMan/nsfw_model/issues/142"
        ),
    ),
    text=MIT_TEXT,
)

LABELS = ("drawing", "hentai", "neutral", "porn", "sexy")

VERIFIED = (
    "The package and every file read from it match pinned hashes.",
    "Scores equal nsfwjs' own under Node to 1e-4 on the golden pictures (`lookout model verify`).",
)

NOT_VERIFIED = (
    "Recall and precision: this project keeps no explicit pictures and has measured neither.",
    "What the publisher's uint8 quantisation of the weights costs; published figures precede it.",
)

CAVEATS = (
    (
        "The training pictures were scraped from link lists without consent; the list's own "
        "README warns against using it for a production model "
        "(https://github.com/alex000kim/nsfw_data_scraper)."
    ),
    "`sexy` includes pictures that are not explicit; the default rule leaves it out.",
    "No audit by skin tone or gender has been published.",
    (
        "False alarms reported to the publisher include birds, fruit, hens, faces and manga "
        "(https://github.com/infinitered/nsfwjs/issues/478, /824, /324 and /588)."
    ),
    "Resizing is antialiased here, unlike in nsfwjs, as in the training of the Mid weights.",
)


def _input(size: int) -> Input:
    description = (
        f"uint8 RGB (N, H, W, 3) of any size; resized to {size} x {size} without keeping the "
        "aspect ratio, bilinear with antialiasing, divided by 255"
    )
    return Input(size=size, preprocessing="p1", description=description)


_FOLDER = "package/dist/models"

MOBILENET_V2_MID = Description(
    name="nsfwjs-mobilenet-v2-mid",
    title="nsfwjs MobileNetV2Mid",
    package=NSFWJS,
    members={
        f"{_FOLDER}/mobilenet_v2_mid/model.min.js": (
            "a7a9e701491e2449b221dab7c424957f853e700602b5575da33cfd745616f964"
        ),
        f"{_FOLDER}/mobilenet_v2_mid/group1-shard1of2.min.js": (
            "f2e79a209e44d668220ec5f1533a98f2be954e3953685bf074d201b82fefc29a"
        ),
        f"{_FOLDER}/mobilenet_v2_mid/group1-shard2of2.min.js": (
            "f291df992a0131741372506a6072fb9f1645bff7c973c983fd6276f5f9625d5e"
        ),
    },
    licence=LICENCE,
    architecture="MobileNetV2 1.4, batch normalisation folded, one dense layer",
    parameters=4_300_773,
    labels=LABELS,
    input=_input(224),
    published_figures=(
        PublishedFigure(
            metric="accuracy, five classes",
            value="about 93 %",
            reported_by="the author (nsfwjs README)",
            measured_on="a private split of the scraped training set",
        ),
    ),
    verified=VERIFIED,
    not_verified=NOT_VERIFIED,
    caveats=CAVEATS,
)

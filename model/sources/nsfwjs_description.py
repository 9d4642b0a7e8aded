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
    "Resizing is antialiased here, unlike in nsfwjs, which a crafted grid of pixels can deceive.",
)


_FOLDER = "package/dist/models"


def _input(size: int, *, scaled_to: str) -> Input:
    description = (
        f"uint8 RGB (N, H, W, 3) of any size; resized to {size} x {size} without keeping the "
        f"aspect ratio, bilinear with antialiasing, scaled to {scaled_to}"
    )
    return Input(size=size, preprocessing="p1", description=description)


def _author(accuracy: str) -> PublishedFigure:
    return PublishedFigure(
        metric="accuracy, five classes",
        value=accuracy,
        reported_by="the author (nsfwjs README)",
        measured_on="a private split of the scraped training set",
    )


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
    input=_input(224, scaled_to="-1..1"),
    published_figures=(_author("about 93 %"),),
    verified=VERIFIED,
    not_verified=NOT_VERIFIED,
    caveats=(*CAVEATS, "The resize is that of the training, which nsfwjs' own is not."),
)

MOBILENET_V2 = Description(
    name="nsfwjs-mobilenet-v2",
    title="nsfwjs MobileNetV2",
    package=NSFWJS,
    members={
        f"{_FOLDER}/mobilenet_v2/model.min.js": (
            "c32f104fd562b08cdff5ed69dfe1209643afa47e792fb12751d2949aa61a397a"
        ),
        f"{_FOLDER}/mobilenet_v2/group1-shard1of1.min.js": (
            "ef2e0a63f7d2c4960b37b024b669313f65d3c45cd59e9042636c55b39de53517"
        ),
    },
    licence=LICENCE,
    architecture="MobileNetV2 1.0, batch normalisation folded, three dense layers",
    parameters=2_568_293,
    labels=LABELS,
    input=_input(224, scaled_to="0..1"),
    published_figures=(_author("about 90 %"),),
    verified=VERIFIED,
    not_verified=NOT_VERIFIED,
    caveats=(*CAVEATS, "The most sensitive of the three to how a picture is resized."),
)

INCEPTION_V3 = Description(
    name="nsfwjs-inception-v3",
    title="nsfwjs InceptionV3",
    package=NSFWJS,
    members={
        f"{_FOLDER}/inception_v3/model.min.js": (
            "8c2b793b9d277840fc757725bf3b135c96d5a54ec020e2b4ab569fc3df6b3848"
        ),
        f"{_FOLDER}/inception_v3/group1-shard1of6.min.js": (
            "e9316ac20ff634f990e483062050afe9a4826885c3a212d676ce2cfda93a4884"
        ),
        f"{_FOLDER}/inception_v3/group1-shard2of6.min.js": (
            "467b33d62b4c470edf8acd3da554e331f2d49f3f93ddd718f944f595c516cd82"
        ),
        f"{_FOLDER}/inception_v3/group1-shard3of6.min.js": (
            "075300e057ca7e9fd2e282afbc3a6596a0404288c94bf781e9b20658cbeee664"
        ),
        f"{_FOLDER}/inception_v3/group1-shard4of6.min.js": (
            "b51ee46e062e752e81c28761a56369432671bfb3d59f4f062f5bd4dd58ff5303"
        ),
        f"{_FOLDER}/inception_v3/group1-shard5of6.min.js": (
            "d4149969b3c61e0d4dde1d4f555f5b00f4fc87f6bab1a4cd4967b24f62725de6"
        ),
        f"{_FOLDER}/inception_v3/group1-shard6of6.min.js": (
            "b684762a7d7c39b80183d260bdab6f072321349300f9f2ff144a085a382acfc4"
        ),
    },
    licence=LICENCE,
    architecture="InceptionV3, batch normalisation folded, three dense layers",
    parameters=22_326_437,
    labels=LABELS,
    input=_input(299, scaled_to="0..1"),
    published_figures=(
        _author("93 %"),
        PublishedFigure(
            metric="false negatives / false positives, float weights",
            value="5.9 % / 7.5 %",
            reported_by="a third party (LAION-SAFETY)",
            measured_on="4,900 hand-checked LAION pictures",
        ),
        PublishedFigure(
            metric="flagged of porn / sexy / hentai; false positives, float weights",
            value="93.7 / 92.2 / 90.5 %; 7.3 %",
            reported_by="a third party (NsfwSpy)",
            measured_on="about 10,000 pictures per class of its own",
        ),
    ),
    verified=VERIFIED,
    not_verified=NOT_VERIFIED,
    caveats=CAVEATS,
)

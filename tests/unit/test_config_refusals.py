"""What config.yaml may not say, and the words in which it is told so."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.config import Settings
from bot.configfile import load
from bot.errors import ConfigInvalid
from support.configs import read, refusal
from support.properties import PATIENT


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


def test_a_refusal_names_every_problem_with_its_line(file: Path) -> None:
    text = """\
# a comment

media:
  stills: 0
  thumbnail_width: 640
rules:
  - name: drawn
    labels: [drawing]
    at_least:
      image: 2
"""
    assert refusal(file, text).splitlines() == [
        "config.yaml was refused:",
        "  line 5, media.thumbnail_width: Input should be 250, 330, 500, 960 or 1280, but is 640",
        "  line 4, media.stills: should be from 1 to 60, but is 0",
        "  line 10, rules[1].at_least.image: should be from 0 to 1, but is 2",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("medai: {}\n", "line 1, medai: unknown key; did you mean media?"),
        ("media:\n  still: 5\n", "line 2, media.still: unknown key; did you mean stills?"),
        (
            "rules:\n  - {name: a, labels: [b], atleast: {}}\n",
            "line 2, rules[1].atleast: unknown key; did you mean at_least?",
        ),
        (
            "rules: [{name: a, labels: [b], at_least: {imago: 1}}]",
            "rules[1].at_least.imago: unknown key; did you mean image?",
        ),
        ("model: {zzz: 1}\n", "line 1, model.zzz: unknown key; known keys here: name, threads"),
    ],
)
def test_an_unknown_key_names_the_nearest_known_one(file: Path, text: str, words: str) -> None:
    assert words in refusal(file, text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("media: {stills: 5}\nmedia: {stills: 6}\n", "line 2: media stands here a second time"),
        ("media:\n  stills: 5\n  stills: 6\n", "line 3: stills stands here a second time"),
        ("rules:\n  - name: a\n    name: b\n", "line 3: name stands here a second time"),
    ],
)
def test_a_key_may_stand_once(file: Path, text: str, words: str) -> None:
    assert words in refusal(file, text)


def test_a_rule_lacking_a_name_is_told_so(file: Path) -> None:
    message = refusal(file, "rules:\n  - labels: [porn]\n")
    assert "line 2, rules[1].name: Field required" in message


# YAML 1.1 reads some plain words as something else; none of that may pass unnoticed.


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("on: {}\n", "line 1: YAML takes the key on for no plain word"),
        ("media:\n  5: 5\n", "line 2: YAML takes the key 5 for no plain word"),
        ("2026-11-22: 1\n", "line 1: YAML takes the key 2026-11-22 for no plain word"),
        ("? [a]\n: 1\n", "line 1: YAML takes the key"),
        ("publish:\n  mode: off\n", "line 2, publish.mode: Input should be"),
        ("stream: {wiki: no}\n", "stream.wiki: Input should be a valid string, but is False"),
        ("retry: {lease_seconds: 1e2}\n", "retry.lease_seconds: Input should be a valid integer"),
        ("wiki: {timeout_seconds: 1e1}\n", "should be a valid number, but is '1e1'"),
        ("retry: {lease_seconds: 010}\n", "line 1: YAML takes 010 for octal or base 60"),
        ("retry:\n  lease_seconds: 2:00\n", "line 2: YAML takes 2:00 for octal or base 60"),
        ("wiki: {timeout_seconds: 1:30.5}\n", "YAML takes 1:30.5 for octal or base 60"),
        ("media: {stills: 5.0}\n", "media.stills: Input should be a valid integer"),
        ("media: {stills: '5'}\n", "media.stills: Input should be a valid integer"),
        ("media: {stills: true}\n", "media.stills: Input should be a valid integer"),
        ("wiki: &w {}\nmodel: *w\n", "line 1: & and * are not for this file"),
        ("a: &a [*a]\n", "line 1: & and * are not for this file"),
        ("model: !!python/object:os.system {}\n", "is not valid YAML: could not determine"),
        ("wiki: {contact: 2026-99-99}\n", "is not valid YAML: month must be in 1..12"),
        ("media: [\n", "is not valid YAML: while parsing"),
        ("a: 1\n---\nb: 2\n", "is not valid YAML: expected a single document"),
        ("[" * 3000, "is not valid YAML: maximum recursion depth exceeded"),
        ("just text\n", "should hold `key: value` lines, but is 'just text'"),
        ("- a list\n", "should hold `key: value` lines"),
    ],
)
def test_what_yaml_would_misread_is_refused_with_the_reason(
    file: Path, text: str, words: str
) -> None:
    assert words in refusal(file, text)


def test_plain_numbers_are_read_as_written(file: Path) -> None:
    text = "wiki: {timeout_seconds: 0.5}\nmedia: {decode_seconds: 10}\nretry: {fresh_seconds: 0}\n"
    accepted = read(file, text)
    assert accepted.wiki.timeout_seconds == 0.5
    assert accepted.media.decode_seconds == 10
    assert accepted.retry.fresh_seconds == 0


def test_a_file_that_is_not_there_is_named_with_what_to_do(file: Path) -> None:
    with pytest.raises(ConfigInvalid, match=r"does not exist\. Name another file with --config"):
        load(file, {})


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"media: \x80\n"])
def test_a_file_that_is_no_text_is_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(ConfigInvalid, match="cannot be read"):
        load(file, {})


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalid, match="cannot be read"):
        load(tmp_path, {})


# Every example writes the whole file anew, so one folder serves them all.
ONE_FILE_SERVES_ALL = HealthCheck.function_scoped_fixture
WORDS = st.sampled_from(
    [*Settings.model_fields, "stills", "name", "labels", "on", "<<", "&a", "*a"]
)
SYMBOLS = st.sampled_from([": ", ":\n  ", "\n", "- ", "[", "]", "{", "}", ", ", "'", "!!", "? "])
PIECES = WORDS | SYMBOLS | st.text(max_size=3) | st.integers().map(str)


@given(st.lists(PIECES, max_size=12).map("".join))
@example("rules: !!set {a, b}")
@example("wiki: {contact: !!binary aGk=}")
@example('wiki: {contact: "\\ud800"}')
@example("0b_: 1")
@example("media: {stills: 0b_}")
@settings(PATIENT, suppress_health_check=[*PATIENT.suppress_health_check, ONE_FILE_SERVES_ALL])
def test_no_text_raises_anything_but_config_invalid(file: Path, text: str) -> None:
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        accepted = load(file, {})
    except ConfigInvalid:
        accepted = Settings()
    assert isinstance(accepted, Settings)

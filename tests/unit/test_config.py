"""config.yaml: the project's own file tells the truth, and every key has its bounds."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from bot.config import Settings
from bot.configfile import load
from bot.settings.credentials import Secrets
from bot.settings.rules import DEFAULT_RULES
from support.configs import read, refusal

PROJECT_FILE = Path(__file__).parents[2] / "config.yaml"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


def test_the_projects_file_is_the_defaults() -> None:
    assert load(PROJECT_FILE, {}) == Settings()


def keys(value: Any, place: str = "") -> Iterator[str]:
    """Yield the dotted place of every key; items of a list share a place."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{place}.{key}"
            yield from keys(inner, f"{place}.{key}")
    elif isinstance(value, list):
        for item in value:
            yield from keys(item, place)


def test_the_projects_file_shows_every_key_there_is() -> None:
    shown = set(keys(yaml.safe_load(PROJECT_FILE.read_text(encoding="utf-8"))))
    assert shown == set(keys(Settings().model_dump(mode="json")))


def test_what_is_not_named_keeps_its_default(file: Path) -> None:
    changed = read(file, "media: {stills: 7}\n")
    assert changed.media.stills == 7
    assert changed.model_copy(update={"media": Settings().media}) == Settings()


def test_a_file_of_comments_alone_is_the_defaults(file: Path) -> None:
    assert read(file, "# nothing yet\n") == Settings()


@pytest.mark.parametrize("text", ["", "  \n\n"])
def test_an_empty_file_is_refused_because_an_editor_may_be_saving(file: Path, text: str) -> None:
    assert refusal(file, text) == "config.yaml is empty"


# The last value accepted, and the first that is not.
BOUNDS = [
    ("stream.url", "http://127.0.0.1:8080/stream", "127.0.0.1:8080"),
    ("stream.url", "https://[::1]/stream", "https://[::1/stream"),
    ("stream.url", "https://host:65535/", "https://host:65536/"),
    ("stream.wiki", "d", ""),
    ("stream.overlap_seconds", 0, -1),
    ("stream.overlap_seconds", 86_400, 86_401),
    ("stream.silence_seconds", 1, 0),
    ("stream.silence_seconds", 900, 901),
    ("stream.hole_seconds", 1, 0),
    ("stream.hole_seconds", 86_400, 86_401),
    ("stream.check_hours", 0, -0.1),
    ("stream.check_hours", 168, 168.1),
    ("wiki.api", "https://commons.wikimedia.org/w/api.php", "ftp://commons.wikimedia.org"),
    ("wiki.file_hosts", ["127.0.0.1:8080"], []),
    ("wiki.file_hosts", ["upload.wikimedia.org"], ["https://upload.wikimedia.org"]),
    ("wiki.contact", "", None),
    ("wiki.timeout_seconds", 0.001, 0),
    ("wiki.timeout_seconds", 300, 300.1),
    ("media.thumbnail_width", 250, 249),
    ("media.thumbnail_width", 1280, 640),
    ("media.max_mebibytes", 1, 0),
    ("media.max_mebibytes", 512, 513),
    ("media.concurrent_fetches", 1, 0),
    ("media.concurrent_fetches", 8, 9),
    ("media.stills", 1, 0),
    ("media.stills", 60, 61),
    ("media.frames", 1, 0),
    ("media.frames", 256, 257),
    ("media.timeout_seconds", 0.001, 0),
    ("media.timeout_seconds", 300, 300.1),
    ("media.decode_seconds", 0.001, 0),
    ("media.decode_seconds", 300, 300.1),
    ("video.sources", ["stills"], []),
    ("video.sources", ["original", "stills"], ["stills", "stills"]),
    ("video.transcode_height", 120, 119),
    ("video.transcode_height", 1080, 1081),
    ("video.requests", 10, 9),
    ("video.requests", 1000, 1001),
    ("video.max_mebibytes", 1, 0),
    ("video.max_mebibytes", 4096, 4097),
    ("video.seconds", 1, 0.9),
    ("video.seconds", 3600, 3601),
    ("video.frames", 4, 3),
    ("video.frames", 4096, 4097),
    ("video.gap_seconds", 0.1, 0.09),
    ("video.gap_seconds", 60, 61),
    ("document.pages", 2, 1),
    ("document.pages", 5000, 5001),
    ("document.seconds", 1, 0.9),
    ("document.seconds", 3600, 3601),
    ("model.name", "a.b-c_1", "../elsewhere"),
    ("model.name", "0", ""),
    ("model.precision", "bf16", "int8"),
    ("model.threads", 1, 0),
    ("model.threads", 64, 65),
    ("retry.attempts", 1, 0),
    ("retry.attempts", 50, 51),
    ("retry.crashes", 1, 0),
    ("retry.crashes", 50, 51),
    ("retry.give_up_hours", 0.01, 0),
    ("retry.give_up_hours", 720, 721),
    ("retry.first_pause_seconds", 0.001, 0),
    ("retry.first_pause_seconds", 3600, 3601),
    ("retry.longest_pause_seconds", 0.001, 0),
    ("retry.longest_pause_seconds", 86_400, 86_401),
    ("retry.fresh_seconds", 0, -1),
    ("retry.fresh_seconds", 3600, 3601),
    ("retry.lease_seconds", 5, 4),
    ("retry.lease_seconds", 3600, 3601),
    ("publish.mode", "dry-run", "dry run"),
    ("publish.page_prefix", "U", ""),
    ("publish.page_prefix", "U" * 200, "U" * 201),
    ("publish.interval_seconds", 0.1, 0.05),
    ("publish.interval_seconds", 3600, 3601),
    ("publish.put_off_seconds", 1, 0),
    ("publish.put_off_seconds", 86_400, 86_401),
    ("publish.model_card", "", None),
    ("publish.false_positives", "", None),
    ("publish.assert_right", "user", "sysop"),
    ("publish.log_page", {"send": "none"}, {"send": "never"}),
    ("publish.log_page", {"max_kilobytes": 10}, {"max_kilobytes": 9}),
    ("publish.log_page", {"max_kilobytes": 1000}, {"max_kilobytes": 1001}),
    ("publish.log_page", {"max_entries": 10}, {"max_entries": 9}),
    ("publish.log_page", {"max_entries": 2000}, {"max_entries": 2001}),
    ("publish.log_page", {"gallery": True}, {"gallery": "collapsed"}),
    ("publish.category", {"send": "dry-run"}, {"send": "yes"}),
    ("publish.category", {"name": "N" * 200}, {"name": "N" * 201}),
    ("publish.category", {"name": "A b"}, {"name": "A]]b"}),
    ("publish.category", {"per_minute": 1}, {"per_minute": 0}),
    ("publish.category", {"per_minute": 600}, {"per_minute": 601}),
    ("publish.tag", {"send": "live"}, {"send": True}),
    ("publish.tag", {"name": "t" * 100}, {"name": "t" * 101}),
    ("publish.tag", {"name": "a-b"}, {"name": "a,b"}),
    ("publish.status_page", {"send": "none"}, {"send": ""}),
    ("publish.status_page", {"title": "U"}, {"title": ""}),
    ("publish.status_page", {"minutes": 1}, {"minutes": 0}),
    ("publish.status_page", {"minutes": 1440}, {"minutes": 1441}),
    ("publish.statistics_page", {"send": "live"}, {"send": "on"}),
    ("publish.statistics_page", {"title": "U"}, {"title": ""}),
    ("publish.statistics_page", {"minutes": 1}, {"minutes": 0}),
    ("publish.statistics_page", {"minutes": 1440}, {"minutes": 1441}),
    ("publish.edits_per_day", 0, -1),
    ("publish.edits_per_day", 100_000, 100_001),
    ("publish.flags_per_day", 0, -1),
    ("publish.flags_per_day", 100_000, 100_001),
    ("watch.host", "0.0.0.0", "http://localhost"),  # noqa: S104 - a value to parse
    ("watch.port", 0, -1),
    ("watch.port", 65_535, 65_536),
    ("watch.stalled_seconds", 10, 9),
    ("watch.stalled_seconds", 3600, 3601),
    ("watch.baseline_days", 3, 2),
    ("watch.baseline_days", 90, 91),
    ("watch.baseline_deviations", 1, 0.9),
    ("watch.baseline_deviations", 100, 101),
    ("reviews.sources", ["page", "kept"], ["talk"]),
    ("reviews.interval_seconds", 0.1, 0.05),
    ("reviews.interval_seconds", 3600, 3601),
    ("reviews.days", 1, 0),
    ("reviews.days", 365, 366),
    ("reviews.reviewer_groups", [], "sysop"),
    ("reviews.exclude_uploader", False, "no"),
    ("reviews.exclude_bots", False, 1),
    ("reviews.exclude_users", ["Somebody"], "Somebody"),
    ("reviews.consensus", "agreeing", "last"),
    ("reviews.agreeing", 1, 0),
    ("reviews.agreeing", 20, 21),
    ("reviews.near_duplicate_bits", 0, -1),
    ("reviews.near_duplicate_bits", 16, 17),
    ("reviews.audit_rate", 0, -0.1),
    ("reviews.audit_rate", 1, 1.1),
    ("reviews.audit_seed", "s" * 100, ""),
    ("reviews.audit_prefix", "U" * 200, "U" * 201),
    ("reviews.audit_prefix", "U", ""),
    ("control.run_page", "", None),
    ("control.run_page", "U" * 200, "U" * 201),
    ("control.opt_out_page", "", None),
    ("control.opt_out_page", "U" * 200, "U" * 201),
    ("control.check_seconds", 0.1, 0.05),
    ("control.check_seconds", 3600, 3601),
    ("ledger.url", "sqlite:////data/ledger.sqlite", "/data/ledger.sqlite"),
    ("serve.host", "192.0.2.1", ""),
    ("serve.port", 0, -1),
    ("serve.port", 65_535, 65_536),
    ("serve.max_mebibytes", 1, 0),
    ("serve.max_mebibytes", 512, 513),
    ("serve.held_mebibytes", 1, 0),
    ("serve.held_mebibytes", 4096, 4097),
    ("serve.max_files", 1, 0),
    ("serve.max_files", 100, 101),
    ("serve.queue", 1, 0),
    ("serve.queue", 4096, 4097),
    ("serve.video_jobs", 1, 0),
    ("serve.video_jobs", 100, 101),
    ("serve.small_video_mebibytes", 0, -1),
    ("serve.small_video_mebibytes", 512, 513),
    ("serve.decoders", 1, 0),
    ("serve.decoders", 32, 33),
    ("serve.batch", 1, 0),
    ("serve.batch", 64, 65),
    ("serve.alone_threads", 1, 0),
    ("serve.alone_threads", 64, 65),
    ("serve.seconds", 0.001, 0),
    ("serve.seconds", 600, 600.1),
    ("serve.body_seconds", 0.001, 0),
    ("serve.body_seconds", 600, 600.1),
    ("serve.per_minute", 0, -1),
    ("serve.per_minute", 100_000, 100_001),
    ("serve.trusted_proxies", ["192.168.0.0/16", "::1"], ["192.168.0.1/16"]),
    ("serve.trusted_proxies", [], ["proxy.example"]),
    ("serve.origins", [], ["commons.wikimedia.org"]),
    ("serve.public_read", False, "no"),
    ("serve.explicit", ["nsfw"], []),
    ("signin.client_id", "c" * 200, "c" * 201),
    ("signin.address", "https://tools.example.org/lookout/", "https://tools.example.org/?a"),
    ("signin.address", "", "tools.example.org"),
    ("signin.oauth", "https://wiki.example.org/w/rest.php/oauth2", "wiki.example.org"),
    ("signin.hours", 0.01, 0),
    ("signin.hours", 720, 720.1),
    ("backfill.shard_files", 1, 0),
    ("backfill.shard_files", 500, 501),
    ("backfill.shards_ahead", 1, 0),
    ("backfill.shards_ahead", 1000, 1001),
    ("backfill.again_seconds", 5, 4),
    ("backfill.again_seconds", 3600, 3601),
    ("backfill.yield_seconds", 0, -1),
    ("backfill.yield_seconds", 3600, 3601),
    ("backfill.suggest", True, "yes"),
    ("fleet.redis", "unix:///run/redis.sock", "127.0.0.1:6379"),
    ("fleet.prefix", "a" * 64, "a" * 65),
    ("fleet.prefix", "s12345.k9", "a:b"),
    ("fleet.fetches_at_once", 1, 0),
    ("fleet.fetches_at_once", 64, 65),
    ("fleet.fetches_per_second", 1, 0),
    ("fleet.fetches_per_second", 1000, 1001),
    ("fleet.megabits_per_second", 1, 0),
    ("fleet.megabits_per_second", 10_000, 10_001),
    ("fleet.calls_per_second", 1, 0),
    ("fleet.calls_per_second", 1000, 1001),
]
RULE_BOUNDS = [
    ("name", "a" * 32, "a" * 33),
    ("name", "a-b_1", "Explicit"),
    ("labels", ["drawing"], []),
    ("labels", ["drawing", "porn"], ["porn", "porn"]),
    ("at_least", {"image": 0}, {"image": -0.01}),
    ("at_least", {"video": 1}, {"video": 1.01}),
    ("at_least", {"document": 0.5}, {"document": float("nan")}),
    ("when", {"media": ["image"]}, {"media": ["audio"]}),
    ("actions", ["log", "tag", "category"], ["delete"]),
    ("actions", ["log"], []),
    ("tier", "high", "urgent"),
    ("reason", "x" * 200, "x" * 201),
    ("reason", "plain words", "[[a link]]"),
    ("shadow", True, "yes"),
]


def nested(place: str, value: Any) -> str:
    section, _, key = place.partition(".")
    return yaml.safe_dump({section: {key: value}})


def valued(settings: Settings, place: str) -> Any:
    section, _, key = place.partition(".")
    return getattr(getattr(settings, section), key)


@pytest.mark.parametrize(("place", "good", "bad"), BOUNDS)
def test_each_key_is_accepted_up_to_its_bound_and_no_further(
    file: Path, place: str, good: Any, bad: Any
) -> None:
    accepted = valued(read(file, nested(place, good)), place)
    if isinstance(accepted, BaseModel):
        assert accepted == type(accepted)(**good)
    else:
        assert accepted == (tuple(good) if isinstance(good, list) else good)
    assert place in refusal(file, nested(place, bad))


def a_rule(**changes: Any) -> str:
    return yaml.safe_dump({"rules": [{"name": "drawn", "labels": ["drawing"], **changes}]})


@pytest.mark.parametrize(("key", "good", "bad"), RULE_BOUNDS)
def test_each_key_of_a_rule_is_accepted_up_to_its_bound_and_no_further(
    file: Path, key: str, good: Any, bad: Any
) -> None:
    assert len(read(file, a_rule(**{key: good})).rules) == 1
    message = refusal(file, a_rule(**{key: bad}))
    assert "rules[1]" in message
    assert key in message


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("name", "open-nsfw", "Open NSFW"),
        ("of", ["porn"], []),
        ("labels", ["nsfw"], []),
        ("low", 0.8, 0.81),  # not above high
        ("high", 1, 1.01),
    ],
)
def test_each_key_of_the_second_opinion_is_accepted_up_to_its_bound(
    file: Path, key: str, good: Any, bad: Any
) -> None:
    read(file, nested("model.second_opinion", {key: good}))
    assert key in refusal(file, nested("model.second_opinion", {key: bad}))


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("name", "mine-2026-11", "Mine"),
        ("name", "", Settings().model.name),  # the live model
        ("share", 1, 1.01),
        ("seconds", 0.1, 0.09),
        ("seconds", 60, 61),
    ],
)
def test_each_key_of_the_shadow_is_accepted_up_to_its_bound(
    file: Path, key: str, good: Any, bad: Any
) -> None:
    read(file, nested("model.shadow", {key: good}))
    assert "shadow" in refusal(file, nested("model.shadow", {key: bad}))


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("page", "User:Bot/Thresholds.json", "U" * 201),
        ("protection", ["sysop", "templateeditor"], []),
        ("lowest", 0.99, 0.991),  # not above highest
        ("highest", 1, 1.01),
    ],
)
def test_each_key_of_the_threshold_page_is_accepted_up_to_its_bound(
    file: Path, key: str, good: Any, bad: Any
) -> None:
    read(file, nested("control.thresholds", {key: good}))
    assert key in refusal(file, nested("control.thresholds", {key: bad}))


def test_the_bounds_above_are_those_of_every_key() -> None:
    tried = {place for place, _, _ in BOUNDS} | {f"rules.{key}" for key, _, _ in RULE_BOUNDS}
    fields = {name: info.annotation for name, info in Settings.model_fields.items()}
    expected = {
        f"{section}.{key}"
        for section, kind in fields.items()
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind is not Secrets
        for key in kind.model_fields
    } - {"model.second_opinion", "model.shadow", "control.thresholds"}
    assert tried == expected | {f"rules.{key}" for key in type(DEFAULT_RULES[0]).model_fields}


@pytest.mark.parametrize("number", [".nan", ".inf", "-.inf"])
def test_a_number_that_is_none_is_refused(file: Path, number: str) -> None:
    assert "wiki.timeout_seconds" in refusal(file, f"wiki: {{timeout_seconds: {number}}}")


@pytest.mark.parametrize(
    ("rules", "reason"),
    [("[]", "at least one is needed"), ("null", "rules: Input should be a valid array")],
)
def test_without_rules_nothing_would_ever_be_suggested(file: Path, rules: str, reason: str) -> None:
    assert reason in refusal(file, f"rules: {rules}\n")


def test_two_rules_of_one_name_are_refused(file: Path) -> None:
    twice = "rules:\n" + "  - {name: same, labels: [porn]}\n" * 2
    assert "each name may stand once, but found same, same" in refusal(file, twice)

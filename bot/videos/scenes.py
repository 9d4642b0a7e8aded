"""Scored scenes → the views that the rules judge, and that an entry points to."""

from collections.abc import Sequence

from bot.rules import View
from bot.rules.views import weight
from bot.settings.rules import Rule
from bot.videos.places import clock
from model.video.score import Scene, Scores, VideoScore, highest


def views_of(score: VideoScore, rules: Sequence[Rule]) -> list[View]:
    """Return for each scene and rule the mean of the moments that make its score, once.

    A view has the fingerprint of the highest of these, so that near-duplicates are recognised.

    What a rule weighs is a sum of labels, so that its weight in the mean is the mean of its
    weights, and its highest view is `model.video.score.aggregate`'s decision for that rule.
    """
    views = (_view(scene, rule) for scene in score.scenes for rule in rules)
    return list({(view.place, tuple(view.scores.items())): view for view in views}.values())


def _view(scene: Scene, rule: Rule) -> View:
    def weighed(scores: Scores) -> float:
        return weight(rule, scores)

    top = highest(scene.moments, weighed)
    labels = {label for moment in top for label in moment.scores}
    means = {
        label: sum(moment.scores.get(label, 0.0) for moment in top) / len(top)
        for label in sorted(labels)
    }
    return View(means, clock(top[0].time_s), top[0].fingerprint)

"""The troubles, by name. Each is over when its function returns, or passes by itself."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Literal

from bot.demo.eventstream import Refusal
from chaos.stage import Stage
from rig import answer

Trouble = Callable[[Stage], None]
LONGEST_S = 3.0
API = r"iiprop"
EDIT = r"action=edit"
PICTURE = r"/images/"
CUTS: tuple[Literal["close", "abort", "half", "half_clean"], ...] = (
    "close",
    "abort",
    "half",
    "half_clean",
)
LOOKS = 6  # of 30 s each, for an edit


def kill_bot(stage: Stage) -> None:
    """Kill the bot at whatever it does, and start it again."""
    stage.bot.kill()
    stage.bot.start()


def kill_bot_in_an_edit(stage: Stage) -> None:
    """Kill the bot while the wiki works on its edit, which is made all the same."""
    with stage.rig.hold(EDIT) as held:
        stage.uploader.upload_drawing()  # with nothing to publish there would be no edit
        for _ in range(LOOKS):
            with suppress(TimeoutError):
                held.wait_until_reached()
                break
            stage.keep_alive()
        else:
            raise TimeoutError("the bot makes no edit")
        stage.bot.kill()
    stage.bot.start()


def kill_database(stage: Stage) -> None:
    """Kill MariaDB, and start it again after a while."""
    if stage.database:
        stage.database.kill()
        stage.let_pass(LONGEST_S)
        stage.database.start()


def kill_web_server(stage: Stage) -> None:
    """Kill the wiki's web server in the midst of the bot's requests."""
    with stage.uploader.quiet():
        stage.rig.kill_web_server()
        stage.let_pass(LONGEST_S)
        stage.rig.start_web_server()


def fill_disk(stage: Stage) -> None:
    """Leave the ledger no room for a while."""
    if stage.disk:
        stage.disk.fill()
        stage.uploader.upload_drawing()
        stage.let_pass(LONGEST_S)
        stage.disk.free()


def cut_stream(stage: Stage) -> None:
    """End the stream's connection, in one of four ways."""
    stage.rig.stream.cut(stage.chance.choice(CUTS))


def stall_stream(stage: Stage) -> None:
    """Have nothing come over an open connection."""
    stage.rig.stream.faults.stall = True
    stage.let_pass(2 * LONGEST_S)
    stage.rig.stream.faults.stall = False


def double_stream(stage: Stage) -> None:
    """Send the next events twice."""
    stage.rig.stream.faults.duplicate = 20


def garble_stream(stage: Stage) -> None:
    """Send garbage before the next events."""
    stage.rig.stream.faults.garbage = 3


def refuse_stream(stage: Stage) -> None:
    """Refuse the next connection, after a cut."""
    stage.rig.stream.faults.refuse = Refusal(503, count=2, retry_after=1)
    stage.rig.stream.cut("abort")


def answer_status(stage: Stage, status: int, retry_after: int | None) -> None:
    """Have the API, the edits and the files answer so a few times."""
    stage.rig.http_faults(
        [answer(status, match, count=2, retry_after=retry_after) for match in (API, EDIT, PICTURE)]
    )


def lag(stage: Stage) -> None:
    """Let the wiki's replicas lag."""
    stage.rig.runtime(lag=20)
    stage.let_pass(LONGEST_S)
    stage.rig.runtime(lag=None)


def read_only(stage: Stage) -> None:
    """Let the wiki take no edits."""
    with stage.uploader.quiet():
        stage.rig.runtime(readOnly="maintenance")
        stage.let_pass(LONGEST_S)
        stage.rig.runtime(readOnly=None)


TROUBLES: Mapping[str, Trouble] = {
    "kill bot": kill_bot,
    "kill bot in an edit": kill_bot_in_an_edit,
    "kill database": kill_database,
    "kill web server": kill_web_server,
    "fill disk": fill_disk,
    "cut stream": cut_stream,
    "stall stream": stall_stream,
    "double stream": double_stream,
    "garble stream": garble_stream,
    "refuse stream": refuse_stream,
    "answer 429": partial(answer_status, status=429, retry_after=1),
    "answer 503": partial(answer_status, status=503, retry_after=1),
    "answer HTML": partial(answer_status, status=200, retry_after=None),
    "lag": lag,
    "read-only": read_only,
}


def possible(stage: Stage, name: str) -> bool:
    """Tell whether a stage has what a trouble needs."""
    needs = {"kill database": stage.database, "fill disk": stage.disk}
    return needs.get(name, stage) is not None

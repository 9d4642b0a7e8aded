"""A wiki, a database, a disk and the bot, set up to be troubled."""

import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from chaos.disk import Disk, mounted
from chaos.plan import Plan
from chaos.uploader import Uploader
from rig import MediaWikiRig
from support.bot import BotProcess
from support.deploy import rig_settings
from support.mariadb import MariaDb, roomy_folder

DATABASE = "lookout_chaos"
START_S = 300.0
PATIENT = {"attempts": 50, "crashes": 50}  # what the chaos breaks is no fault of the files


@dataclass
class Stage:
    """What a trouble can lay hands on."""

    rig: MediaWikiRig
    bot: BotProcess
    address: str
    uploader: Uploader
    chance: random.Random
    database: MariaDb | None
    disk: Disk | None
    done: Counter[str] = field(default_factory=Counter)
    ended: list[int] = field(default_factory=list)

    def keep_alive(self) -> None:
        """Start the bot again if it has ended by itself, as Toolforge does."""
        code = self.bot.exit_code
        if code is not None:
            self.ended.append(code)
            self.bot.start()

    def let_pass(self, longest_s: float) -> None:
        """Let some time pass, nobody knows how much."""
        time.sleep(self.chance.uniform(0.0, longest_s))
        self.keep_alive()


@contextmanager
def set_up(kind: str, plan: Plan, seed: int) -> Iterator[Stage]:
    """Lend a stage with a ledger of that kind, `sqlite` or `mariadb`; the bot is ready on it."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lookout-chaos-")))
        rig = stack.enter_context(MediaWikiRig(folder / "rig"))
        database = disk = None
        home, address = folder / "bot", f"sqlite:///{folder}/bot/ledger.sqlite"
        if kind == "mariadb":
            spare = folder / "mariadb"
            spare.mkdir()
            database = stack.enter_context(MariaDb(stack.enter_context(roomy_folder(spare))))
            database.admin(f"CREATE DATABASE {DATABASE}")
            address = database.address(DATABASE)
        elif disk := stack.enter_context(mounted(folder / "disk")):
            home, address = disk.folder / "bot", f"sqlite:///{disk.folder}/bot/ledger.sqlite"
        bot = _bot(rig, home, address, folder / "bot.log")
        stack.callback(bot.kill)
        uploader = Uploader(rig, plan.uploads)
        stage = Stage(rig, bot, address, uploader, random.Random(seed), database, disk)
        bot.start()
        bot.wait_for_log("patrol.ready", START_S)
        try:
            yield stage
        except BaseException:
            sys.stderr.write(bot.log_text()[-6000:])
            raise


def _bot(rig: MediaWikiRig, home: Path, address: str, log: Path) -> BotProcess:
    settings = rig_settings(rig)
    settings |= {"ledger": {"url": address}, "retry": settings["retry"] | PATIENT}
    name, password = rig.accounts["RigBot"].bot_login
    secrets = {"LOOKOUT_BOT_NAME": name, "LOOKOUT_BOT_PASSWORD": password}
    bot = BotProcess(home, settings, secrets)
    bot.log = log  # not on the disk that fills up
    return bot

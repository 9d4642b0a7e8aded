"""Pages by which people on the wiki control the bot.

run page         says `true`, or nothing is written to the wiki
opt-out page     uploaders whose files are not looked at
threshold page   moves thresholds of config.yaml, within its bounds
"""

from bot.control.adjustments import Adjustments
from bot.control.runpage import RunPage

__all__ = ["Adjustments", "RunPage"]

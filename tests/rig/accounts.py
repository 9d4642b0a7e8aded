"""Who exists on the wiki. The passwords guard nothing: the wiki listens on loopback only."""

from dataclasses import dataclass

PASSWORD = "rig"  # noqa: S105 (public, see above)
APP_PASSWORD = "0123456789abcdefghijklmnopqrstuv"  # noqa: S105 (public; MediaWiki wants 32 characters)


@dataclass(frozen=True)
class Account:
    """A user; `app_id` names the bot password, when there is one."""

    name: str
    groups: tuple[str, ...] = ()
    app_id: str | None = None
    grants: tuple[str, ...] = ()
    password: str = PASSWORD
    app_password: str = APP_PASSWORD

    @property
    def bot_login(self) -> tuple[str, str]:
        """Name and password for `action=login`."""
        return f"{self.name}@{self.app_id}", self.app_password


ACCOUNTS = {
    account.name: account
    for account in (
        Account("Admin", ("sysop", "interface-admin")),
        Account(
            "RigBot",
            ("bot",),
            app_id="pipeline",
            # Without `highvolume` edits are not marked as a bot's, and assert=bot fails.
            grants=("basic", "highvolume", "editpage", "editprotected", "createeditmovepage"),
        ),
        Account("Uploader"),
        Account("Reviewer", ("patroller",)),
    )
}

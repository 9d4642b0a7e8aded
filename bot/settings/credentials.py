"""Credentials, from the environment."""

from pydantic import BaseModel, ConfigDict, SecretStr


class Secrets(BaseModel):
    """Credentials, from environment variables only.

    Either `LOOKOUT_BOT_NAME` and `LOOKOUT_BOT_PASSWORD` (Special:BotPasswords), or the four
    `LOOKOUT_OAUTH_*` tokens of an owner-only OAuth 1.0a consumer. `LOOKOUT_API_TOKENS` are those
    of the REST API's clients, with commas or spaces between them. `LOOKOUT_SIGNIN_SECRET` belongs
    to the OAuth 2.0 consumer by which people sign in; `LOOKOUT_SESSION_KEY` signs their cookies.
    """

    model_config = ConfigDict(frozen=True)

    bot_name: str = ""
    bot_password: SecretStr = SecretStr("")
    oauth_consumer_token: SecretStr = SecretStr("")
    oauth_consumer_secret: SecretStr = SecretStr("")
    oauth_access_token: SecretStr = SecretStr("")
    oauth_access_secret: SecretStr = SecretStr("")
    api_tokens: SecretStr = SecretStr("")
    signin_secret: SecretStr = SecretStr("")
    session_key: SecretStr = SecretStr("")

    @property
    def oauth(self) -> tuple[str, str, str, str] | None:
        """The four OAuth tokens, or None unless all are set."""
        tokens = (
            self.oauth_consumer_token.get_secret_value(),
            self.oauth_consumer_secret.get_secret_value(),
            self.oauth_access_token.get_secret_value(),
            self.oauth_access_secret.get_secret_value(),
        )
        return tokens if all(tokens) else None

    @property
    def tokens(self) -> frozenset[str]:
        """What clients of the REST API may show; empty when they need to show nothing."""
        return frozenset(self.api_tokens.get_secret_value().replace(",", " ").split())

    @property
    def account(self) -> str:
        """The account of the bot password, empty without one."""
        return self.bot_name.partition("@")[0].replace("_", " ")

    @property
    def complete(self) -> bool:
        """Whether one way to log in is fully given."""
        return bool(self.oauth or (self.bot_name and self.bot_password.get_secret_value()))

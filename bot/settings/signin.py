"""How people sign in to decide about suggestions in the browser."""

from pydantic import Field

from bot.settings.values import Section, Url


class SignInSettings(Section):
    """OAuth 2.0 with the wiki: which consumer, and where people come back to."""

    client_id: str = Field("", max_length=200)  # empty: nobody signs in
    address: str = Field("", pattern=r"^(https?://[^/?#\s]+(/[^?#\s]*)?)?$")
    oauth: Url = "https://meta.wikimedia.org/w/rest.php/oauth2"
    hours: float = Field(12.0, gt=0, le=720)

    @property
    def callback(self) -> str:
        """Where the wiki sends people back to: registered with the consumer, to the letter."""
        return f"{self.address.rstrip('/')}/login/callback"

    def endpoint(self, path: str) -> str:
        """Return the address of one of the wiki's endpoints."""
        return f"{self.oauth.rstrip('/')}/{path}"

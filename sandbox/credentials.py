"""The fixed names and keys of a sandbox that somebody starts by hand."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an administrator would copy from the platform's console into the bot's settings."""

    corp_id: str
    secret: str
    agent_id: int
    token: str
    aes_key: str

    def environment(self, api_base: str) -> dict[str, str]:
        """The environment variables a bot needs to live on the platform at `api_base`."""
        return {
            "WECOM_API_BASE": api_base,
            "WECOM_AUTHORIZE_BASE": api_base,
            "WECOM_CORP_ID": self.corp_id,
            "WECOM_AGENT_ID": str(self.agent_id),
            "WECOM_SECRET": self.secret,
            "WECOM_CALLBACK_TOKEN": self.token,
            "WECOM_ENCODING_AES_KEY": self.aes_key,
        }


# Not secrets: they open nothing but a sandbox on the same machine.
DEMO = Credentials(
    corp_id="wwsandbox0000000001",
    secret="sandbox-secret-not-a-real-one",
    agent_id=1000002,
    token="sandboxtoken",
    aes_key="c2FuZGJveC1rZXktdGhhdC1vcGVucy1ub3RoaW5nISE",
)

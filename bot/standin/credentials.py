"""The three secrets of one installed app, made up for the stand-in. Not where they are checked."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Credentials:
    token: str = "xoxb-standin"  # noqa: S105 - opens nothing but this stand-in
    app_token: str = "xapp-standin"  # noqa: S105
    signing_secret: str = "standin-signing-secret"  # noqa: S105

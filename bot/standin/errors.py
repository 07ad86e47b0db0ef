"""How the stand-in says no: Slack's error code, and what Slack adds to it. Not when to say it."""

from bot.standin.records import Json


class Refusal(Exception):
    """An answer `{"ok": false, "error": code}`; `more` is added to it, `status` and `headers` are HTTP's."""

    def __init__(
        self,
        code: str,
        *messages: str,
        status: int = 200,
        headers: dict[str, str] | None = None,
        more: Json | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.messages = messages
        self.status = status
        self.headers = headers or {}
        self.more = more or {}

    def answer(self) -> Json:
        body: Json = {"ok": False, "error": self.code, **self.more}
        if self.messages:
            body["errors"] = list(self.messages)
            body["response_metadata"] = {"messages": [f"[ERROR] {message}" for message in self.messages]}
        return body

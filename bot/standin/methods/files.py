"""files.*: the two-step upload. An address for a promised length, the bytes, then the sharing."""

import mimetypes

from bot.standin import limits, posting, shown
from bot.standin.check import check_content
from bot.standin.errors import Refusal
from bot.standin.methods.call import Call, Method
from bot.standin.records import Content, File, Json
from bot.standin.workspace import Workspace


def get_upload_url(call: Call) -> Json:
    name = call.args.required("filename")
    length = call.args.whole("length", 0, limits.FILE_BYTES + 1)
    if length == 0:
        raise Refusal("invalid_arguments", "must be greater than 0 [json-pointer:/length]")
    if length > limits.FILE_BYTES:
        raise Refusal("file_upload_size_restricted")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    file = File(call.ws.new_id("F"), name, length, alt_text=call.args.text("alt_txt"), mimetype=kind)
    call.ws.files[file.id] = file
    return {"upload_url": f"{call.ws.address}/upload/v1/{file.id}", "file_id": file.id}


def receive(ws: Workspace, file_id: str, data: bytes) -> int:
    """The upload itself. Slack counts bytes, not characters, and takes no other number than was promised."""
    file = ws.files.get(file_id)
    if file is None or file.data is not None:
        raise Refusal("invalid_upload_url", status=404)
    if len(data) != file.length:
        raise Refusal("file_size_mismatch", status=400)
    file.data = data
    return len(data)


def complete_upload(call: Call) -> Json:
    entries = call.args.items("files")
    if not entries:
        raise Refusal("invalid_arguments", "missing required field: files")
    files = [_uploaded(call.ws, entry) for entry in entries]
    for place in _places(call):
        # Only ids: a name here is answered with channel_not_found, unlike in chat.postMessage.
        if place not in call.ws.channels and place not in call.ws.users:
            raise Refusal("channel_not_found")
        channel = posting.speakable(call.ws, place)
        thread_ts = posting.parent(call.ws, channel, call.args.text("thread_ts"))
        content = Content(call.args.text("initial_comment"), call.args.items("blocks"))
        if content.text or content.blocks:
            check_content(content)
            posting.name_blocks(content.blocks)
        message = call.ws.post(channel.id, call.ws.app.user_id, content, thread_ts)
        message.files = [file.id for file in files]
        for file in files:
            file.shared_in.append(channel.id)
    call.ws.changes.mark()
    return {"files": [shown.file(call.ws, file) for file in files]}


def _places(call: Call) -> list[str]:
    several = call.args.text("channels")
    if several:
        return several.split(",")
    one = call.args.text("channel_id")
    return [one] if one else []


def _uploaded(ws: Workspace, entry: Json) -> File:
    file = ws.files.get(str(entry.get("id")))
    if file is None or file.data is None:
        raise Refusal("file_not_found")
    file.title = str(entry.get("title") or file.name)
    return file


METHODS: dict[str, Method] = {
    "files.getUploadURLExternal": get_upload_url,
    "files.completeUploadExternal": complete_upload,
}

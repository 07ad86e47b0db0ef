"""views.*: modals opened with a trigger, updated, pushed on top; the app's home. Not submissions."""

import secrets
from typing import Any

from bot.standin import limits, posting, shown
from bot.standin.check import check_view
from bot.standin.errors import Refusal
from bot.standin.methods.call import Call, Method
from bot.standin.records import Json, Modal
from bot.standin.workspace import Workspace


def open_modal(call: Call) -> Json:
    view = _view(call, "modal")
    trigger = call.tickets.spend_trigger(call.args.required("trigger_id"))
    ws = call.ws
    # One stack of modals for each person: opening a new root replaces what was there.
    ws.modals = [modal for modal in ws.modals if modal.user != trigger.user]
    return {"view": shown.view(ws, show(ws, trigger.user, view))}


def push(call: Call) -> Json:
    view = _view(call, "modal")
    trigger = call.tickets.spend_trigger(call.args.required("trigger_id"))
    stack = [modal for modal in call.ws.modals if modal.user == trigger.user]
    if not stack:
        raise Refusal("not_found")
    if len(stack) >= limits.VIEWS_DEEP:
        raise Refusal("push_limit_reached")
    return {"view": shown.view(call.ws, show(call.ws, trigger.user, view, on_top_of=stack[-1]))}


def update(call: Call) -> Json:
    view_id, external_id = call.args.text("view_id"), call.args.text("external_id")
    shown_to_people = [*call.ws.modals, *call.ws.homes.values()]
    modal = next(
        (
            one
            for one in shown_to_people
            if one.id == view_id or (external_id and one.view.get("external_id") == external_id)
        ),
        None,
    )
    if modal is None:
        raise Refusal("not_found")
    view = _view(call, modal.view["type"], modal)
    if call.args.text("hash") not in ("", modal.hash):
        raise Refusal("hash_conflict")
    replace(call.ws, modal, view)
    return {"view": shown.view(call.ws, modal)}


def publish(call: Call) -> Json:
    user = call.args.required("user_id")
    if user not in call.ws.users:
        raise Refusal("invalid_arguments", "invalid `user_id`")
    if not call.ws.app.home_tab:
        raise Refusal("not_enabled")
    view = _view(call, "home")
    home = call.ws.homes.get(user)
    if home is not None and call.args.text("hash") not in ("", home.hash):
        raise Refusal("hash_conflict")
    view_id = home.id if home else call.ws.new_id("V")
    posting.name_blocks(view["blocks"])
    call.ws.homes[user] = Modal(view_id, user, view, _hash(call.ws), view_id)
    call.ws.changes.mark()
    return {"view": shown.view(call.ws, call.ws.homes[user])}


def show(ws: Workspace, user: str, view: Json, on_top_of: Modal | None = None) -> Modal:
    """Put a modal before a person: by views.open, views.push, or as the answer to a submission."""
    view_id = ws.new_id("V")
    posting.name_blocks(view["blocks"])
    root, previous = (on_top_of.root, on_top_of.id) if on_top_of else (view_id, None)
    modal = Modal(view_id, user, view, _hash(ws), root, previous)
    ws.modals.append(modal)
    ws.changes.mark()
    return modal


def replace(ws: Workspace, modal: Modal, view: Json) -> None:
    posting.name_blocks(view["blocks"])
    modal.view, modal.hash, modal.errors = view, _hash(ws), {}
    ws.changes.mark()


def _hash(ws: Workspace) -> str:
    return f"{ws.new_ts()}.{secrets.token_hex(4)}"


def _view(call: Call, kind: str, replacing: Modal | None = None) -> Json:
    view: Any = call.args.structure("view")
    if not isinstance(view, dict):
        raise Refusal("invalid_arguments", "missing required field: view")
    check_view(view, kind)
    external_id = view.get("external_id")
    for modal in [*call.ws.modals, *call.ws.homes.values()]:
        if external_id and modal is not replacing and modal.view.get("external_id") == external_id:
            raise Refusal("duplicate_external_id")
    return view


METHODS: dict[str, Method] = {
    "views.open": open_modal,
    "views.push": push,
    "views.update": update,
    "views.publish": publish,
}

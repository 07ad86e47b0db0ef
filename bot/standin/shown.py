"""How records look in Slack's JSON: messages, channels, users, files, views. Only shapes; decides nothing."""

from typing import Any

from bot.standin.records import Channel, Content, File, Json, Message, Modal, User, Usergroup
from bot.standin.workspace import Workspace


def message(ws: Workspace, m: Message) -> Json:
    shown: Json = {
        "type": "message",
        "user": m.user,
        "ts": m.ts,
        "team": ws.team_of(m.user),
        **content(m.content),
    }
    if shown["team"] != ws.seed.team_id:
        shown |= {"user_team": shown["team"], "source_team": shown["team"]}
    if m.user == ws.app.user_id:
        profile = {"id": ws.app.bot_id, "app_id": ws.app.app_id, "name": ws.app.name, "deleted": False}
        shown |= {"bot_id": ws.app.bot_id, "app_id": ws.app.app_id, "bot_profile": profile}
    if m.thread_ts:
        shown["thread_ts"] = m.thread_ts
        parent = ws.find(m.channel, m.thread_ts)
        if parent is not None:
            shown["parent_user_id"] = parent.user
        if m.broadcast:
            shown["subtype"] = "thread_broadcast"
    if m.edited_at:
        shown["edited"] = {"user": m.user, "ts": m.edited_at}
    if m.reactions:
        shown["reactions"] = [
            {"name": name, "users": users, "count": len(users)} for name, users in m.reactions.items()
        ]
    if m.files:
        shown["files"] = [file(ws, ws.files[file_id]) for file_id in m.files]
    replies = list(ws.replies(m.channel, m.ts))
    if replies:
        shown |= {
            "thread_ts": m.ts,
            "reply_count": len(replies),
            "reply_users": list(dict.fromkeys(reply.user for reply in replies)),
            "reply_users_count": len({reply.user for reply in replies}),
            "latest_reply": replies[-1].ts,
        }
    return shown


def content(c: Content) -> Json:
    shown: Json = {"text": c.text}
    if c.blocks:
        shown["blocks"] = c.blocks
    if c.attachments:
        shown["attachments"] = c.attachments
    if c.metadata is not None:
        shown["metadata"] = c.metadata
    return shown


def channel(ws: Workspace, c: Channel) -> Json:
    shown: Json = {
        "id": c.id,
        "is_im": c.is_im,
        "is_channel": not c.is_im,
        "is_group": False,
        "is_private": c.is_private or c.is_im,
        "is_archived": c.is_archived,
        "is_member": ws.app.user_id in c.members,
        "num_members": len(c.members),
        "context_team_id": ws.seed.team_id,
    }
    teams = ws.teams_of(c.id)
    if teams != [ws.seed.team_id]:
        shown |= {"is_shared": True, "is_ext_shared": True, "connected_team_ids": teams}
    if c.is_im:
        return shown | {"user": next(iter(c.members - {ws.app.user_id}), ws.app.user_id)}
    topic = {"value": c.topic, "creator": "", "last_set": 0}
    return shown | {"name": c.name, "name_normalized": c.name, "topic": topic, "purpose": topic}


def user(ws: Workspace, u: User) -> Json:
    profile: Json = {"real_name": u.real_name or u.name, "display_name": u.name, "title": u.title}
    if u.email:
        profile["email"] = u.email
    shown: Json = {
        "id": u.id,
        "team_id": ws.team_of(u.id),
        "name": u.name,
        "real_name": u.real_name or u.name,
        "deleted": u.deleted,
        "is_bot": u.is_bot,
        "is_restricted": u.is_restricted or u.is_ultra_restricted,
        "is_ultra_restricted": u.is_ultra_restricted,
        "tz": "Etc/UTC",
        "tz_offset": 0,
        "profile": profile,
    }
    if u.team_id:
        # Slack calls only those strangers who share no channel with the app; the others just have another team.
        shown["is_stranger"] = not any({u.id, ws.app.user_id} <= c.members for c in ws.channels.values())
    if u.is_bot:
        profile |= {"bot_id": ws.app.bot_id, "api_app_id": ws.app.app_id}
    return shown


def usergroup(ws: Workspace, g: Usergroup, with_users: bool) -> Json:
    shown: Json = {
        "id": g.id,
        "team_id": ws.seed.team_id,
        "is_usergroup": True,
        "name": g.name,
        "handle": g.handle,
        "user_count": len(g.users),
    }
    return shown | {"users": list(g.users)} if with_users else shown


def file(ws: Workspace, f: File) -> Json:
    return {
        "id": f.id,
        "name": f.name,
        "title": f.title or f.name,
        "mimetype": f.mimetype,
        "filetype": f.name.rpartition(".")[2].lower(),
        "size": f.length,
        "alt_txt": f.alt_text,
        "channels": list(f.shared_in),
        "permalink": f"{ws.address}/standin/files/{f.id}",
        "url_private": f"{ws.address}/standin/files/{f.id}",
    }


def view(ws: Workspace, m: Modal, values: dict[str, Any] | None = None) -> Json:
    usual: Json = {
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "close": None,
        "submit": None,
    }
    return {
        **usual,
        **m.view,
        "id": m.id,
        "team_id": ws.seed.team_id,
        "state": {"values": values or {}},
        "hash": m.hash,
        "root_view_id": m.root,
        "previous_view_id": m.previous,
        "app_id": ws.app.app_id,
        "app_installed_team_id": ws.seed.team_id,
        "bot_id": ws.app.bot_id,
        "clear_on_close": bool(m.view.get("clear_on_close")),
        "notify_on_close": bool(m.view.get("notify_on_close")),
    }

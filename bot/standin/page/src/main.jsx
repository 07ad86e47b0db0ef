// The page: channels to the left, messages, the thread to the right. Holds what is open; the rest is drawn elsewhere.
import "slack-blocks-to-jsx/dist/style.css";
import "./style.css";
import { useEffect, useMemo, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import { Block } from "./blocks.jsx";
import { Composer, Delivered } from "./composer.jsx";
import { Avatar, Messages } from "./messages.jsx";
import { Modal } from "./modal.jsx";
import { Directory } from "./richtext.jsx";
import { post, useWorkspace } from "./server.js";

const HOME = "home";
const byId = (records) => Object.fromEntries(records.map((record) => [record.id, record]));
const people = (state) => state.users.filter((user) => !user.is_bot && !user.deleted);

// /archives/C0PAYMENTS/p1234567890123456?thread_ts=...: where a permalink leads.
function linked() {
  const [, channel, digits] = location.pathname.match(/^\/archives\/([^/]+)(?:\/p(\d+))?/) ?? [];
  const thread = new URLSearchParams(location.search).get("thread_ts");
  return { channel, thread: thread ?? (digits && `${digits.slice(0, -6)}.${digits.slice(-6)}`) };
}

function useDark() {
  const query = useMemo(() => matchMedia("(prefers-color-scheme: dark)"), []);
  const [dark, setDark] = useState(query.matches);
  useEffect(() => {
    const change = () => setDark(query.matches);
    query.addEventListener("change", change);
    return () => query.removeEventListener("change", change);
  }, [query]);
  return dark;
}

function Sidebar({ state, channel, unread, go, me, setMe, shown, hide }) {
  const item = (id, label, mark) => (
    <li key={id}>
      <button type="button" className={unread.has(id) ? "unread" : ""} aria-current={id === channel ? "page" : undefined} onClick={() => go(id)}>
        <span className="mark" aria-hidden="true">{mark}</span>
        <span className="name">{label}</span>
        {unread.has(id) && <span className="dot" role="img" aria-label="unread" />}
      </button>
    </li>
  );
  const rooms = state.channels.filter((room) => !room.is_im);
  const direct = state.channels.filter((room) => room.is_im);
  return (
    <nav className={`sidebar ${shown ? "shown" : ""}`} aria-label="Workspace" onKeyDown={(event) => event.key === "Escape" && hide()}>
      <div className="team">
        <h1>{state.team.name}</h1>
        <p>A local stand-in for Slack</p>
      </div>
      <div className="lists">
        <h2>Channels</h2>
        <ul>{rooms.map((room) => item(room.id, room.name, room.is_private ? "🔒" : "#"))}</ul>
        <h2>Apps</h2>
        <ul>
          {state.app.home_tab && item(HOME, `${state.app.title} home`, "⌂")}
          {direct.map((room) => item(room.id, state.app.title, "@"))}
          {!direct.length && !state.app.home_tab && (
            <li className="app">
              <Avatar user={state.users.find((user) => user.is_bot)} small />
              {state.app.title}
            </li>
          )}
        </ul>
      </div>
      <label className="who">
        <Avatar user={state.users.find((user) => user.id === me)} small />
        <span className="sr">You are</span>
        <select value={me} onChange={(event) => setMe(event.target.value)}>
          {people(state).map((user) => (
            <option key={user.id} value={user.id}>
              {user.real_name}
            </option>
          ))}
        </select>
      </label>
    </nav>
  );
}

function Home({ view, trouble, press }) {
  return (
    <div className="home" role="region" aria-label="Home tab" tabIndex={0}>
      {trouble && <p className="delivered bad" role="status">{trouble}</p>}
      {!view && <p className="nothing">Nothing has been published here yet.</p>}
      {view?.blocks.map((block) => (
        <Block key={block.block_id} block={block} act={(element, value, pressed) => press(view.id, element, value, {}, pressed)} />
      ))}
    </div>
  );
}

function useUnread(state, current) {
  const seen = useRef({});
  if (!state) return new Set();
  const latest = (room) => room.messages.filter((message) => !message.deleted).at(-1)?.ts ?? "";
  for (const room of state.channels) {
    if (room.id === current || !(room.id in seen.current)) seen.current[room.id] = latest(room);
  }
  return new Set(state.channels.filter((room) => latest(room) > seen.current[room.id]).map((room) => room.id));
}

function App() {
  const dark = useDark();
  const start = useMemo(linked, []);
  const [me, setMe] = useState(() => new URLSearchParams(location.search).get("user") ?? "");
  const [channel, setChannel] = useState(start.channel ?? "");
  const [thread, setThread] = useState(start.thread ?? "");
  const [menu, setMenu] = useState(false);
  const [trouble, setTrouble] = useState("");
  const [asked, setAsked] = useState(null);
  const [state, away] = useWorkspace(me);
  const unread = useUnread(state, channel);

  const done = (answer) => {
    const failed = answer.delivery && answer.delivery.outcome !== "acknowledged";
    setTrouble(answer.ok ? (failed ? `${answer.delivery.about}: ${answer.delivery.outcome}` : "") : answer.error);
    return answer.delivery;
  };
  useEffect(() => {
    if (!state) return;
    if (!people(state).some((user) => user.id === me)) setMe(people(state)[0]?.id ?? "");
    if (channel !== HOME && !state.channels.some((room) => room.id === channel)) setChannel(state.channels[0]?.id ?? "");
  }, [state, me, channel]);

  // The app hears of it each time somebody comes to its home.
  const atHome = channel === HOME && people(state ?? { users: [] }).some((user) => user.id === me);
  useEffect(() => {
    if (atHome) post("home", { user: me }).then(done);
  }, [atHome, me]);

  const room = state?.channels.find((one) => one.id === channel);
  const roots = (room?.messages ?? []).filter((message) => !message.deleted || message.reply_count);
  const whispers = (state?.ephemerals ?? []).filter((whisper) => whisper.channel === channel);
  const root = roots.find((message) => message.ts === thread);
  // The answer to a command typed here opens by itself, where there is room for it beside the channel.
  const answered = asked && roots.findLast((message) => message.ts > asked && message.reply_count && message.user === state.app.user_id);
  useEffect(() => {
    if (answered && matchMedia("(min-width: 1000px)").matches) {
      setThread(answered.ts);
      setAsked(null);
    }
  }, [answered]);

  if (!state || (!room && channel !== HOME)) return <p className="loading">{away ? "The stand-in is away." : "Loading…"}</p>;

  const go = (id) => {
    setChannel(id);
    setThread("");
    setMenu(false);
    setTrouble("");
  };
  const say = (where) => (text) => {
    if (text.startsWith("/") && !where) setAsked(roots.at(-1)?.ts ?? "0");
    return post("command", { channel, user: me, text, ...(where && { thread_ts: where }) }).then(done);
  };
  const act = (message, element, value, block) =>
    post("click", { channel, user: me, ts: message.ts, action_id: element.action_id, block_id: block.block_id, value }).then(done);
  const inView = (view_id, element, value, values, block) =>
    post("click", { user: me, view_id, action_id: element.action_id, block_id: block.block_id, value, values }).then(done);
  const by = (a, b) => (a.ts < b.ts ? -1 : 1);
  const shown = [...roots, ...whispers.filter((whisper) => !whisper.thread_ts)].sort(by);
  const inThread = root && [root, ...[...root.thread, ...whispers.filter((whisper) => whisper.thread_ts === root.ts)].sort(by)];
  const modal = state.modals.at(-1);
  const delivery = state.deliveries.findLast((one) => one.kind === "slash_commands");
  const directory = {
    users: byId(state.users),
    channels: byId(state.channels),
    usergroups: byId(state.usergroups),
    me,
    go,
    theme: dark ? "dark" : "light",
  };
  const title = room?.is_im ? state.app.title : `#${room?.name ?? ""}`;

  return (
    <Directory.Provider value={directory}>
      <div className={`workspace ${root ? "with-thread" : ""}`}>
        <Sidebar state={state} channel={channel} unread={unread} go={go} me={me} setMe={setMe} shown={menu} hide={() => setMenu(false)} />
        {menu && <button type="button" className="veil" aria-label="Close the channel list" onClick={() => setMenu(false)} />}
        <main aria-label={channel === HOME ? "Home" : title}>
          <header className="bar">
            <button type="button" className="icon burger" aria-label="Channels" aria-expanded={menu} onClick={() => setMenu(!menu)}>
              ☰
            </button>
            <h2>{channel === HOME ? `${state.app.title} home` : title}</h2>
            <p className="topic">{room?.topic?.value}</p>
            {away && <p className="away" role="status">The stand-in is away; trying again</p>}
          </header>
          {channel === HOME ? (
            <Home view={state.homes[0]?.view} trouble={trouble} press={inView} />
          ) : (
            <>
              <Messages
                key={channel}
                messages={shown}
                label={`Messages in ${title}`}
                open={setThread}
                act={act}
                start={
                  <div className="beginning">
                    <h3>{title}</h3>
                    <p>This is the very beginning of {title}. Nothing here leaves this machine.</p>
                  </div>
                }
              />
              <Composer label={`Message ${title}`} commands={state.app.commands} send={say("")}>
                <Delivered delivery={delivery} trouble={trouble} />
              </Composer>
            </>
          )}
        </main>
        {root && (
          <aside className="thread" aria-label="Thread" onKeyDown={(event) => event.key === "Escape" && setThread("")}>
            <header className="bar">
              <h2>Thread</h2>
              <p className="topic">{title}</p>
              <button type="button" className="icon" aria-label="Close the thread" onClick={() => setThread("")}>
                ✕
              </button>
            </header>
            <Messages key={root.ts} messages={inThread} label="Messages in the thread" open={setThread} act={act} inThread />
            <Composer label="Reply…" commands={[]} send={say(root.ts)} />
          </aside>
        )}
        {modal && (
          <Modal
            key={modal.view.id + modal.view.hash}
            modal={modal}
            act={inView}
            submit={(view_id, values) => post("submit", { user: me, view_id, values }).then((answer) => answer.delivery)}
            close={(view_id) => post("close", { user: me, view_id })}
          />
        )}
      </div>
    </Directory.Provider>
  );
}

createRoot(document.getElementById("root")).render(<App />);

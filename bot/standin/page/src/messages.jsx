// Messages of a channel or a thread, as Slack groups them: by day, and by who speaks within five minutes.
import { useContext, useEffect, useRef } from "react";
import { Blocks } from "./blocks.jsx";
import { Emoji } from "./emoji.jsx";
import { Directory } from "./richtext.jsx";
import { at, clock, day, full } from "./time.js";

const TONES = ["plum", "teal", "amber", "blue", "rose", "green"];
const tone = (id) => TONES[[...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % TONES.length];

export function Avatar({ user, small = false }) {
  const name = user?.real_name ?? "?";
  if (user?.id === "USLACKBOT") return <span className={`avatar slackbot ${small ? "small" : ""}`} aria-hidden="true">♥</span>;
  if (user?.is_bot) {
    return (
      <span className={`avatar bot ${small ? "small" : ""}`} aria-hidden="true">
        <svg viewBox="0 0 20 20">
          <path d="M3 14.500 7.500 6l3 5.500L13 8l4 6.500z" />
          <circle cx="14.800" cy="4.800" r="1.700" />
        </svg>
      </span>
    );
  }
  return (
    <span className={`avatar ${tone(user?.id ?? "?")} ${small ? "small" : ""}`} aria-hidden="true">
      {name[0]?.toUpperCase()}
    </span>
  );
}

const SLACKBOT = { id: "USLACKBOT", real_name: "Slackbot", name: "slackbot", is_bot: false };
const who = (users, id) => (id === "USLACKBOT" ? SLACKBOT : users[id]);

function Files({ files }) {
  return files.map((file) =>
    file.mimetype.startsWith("image/") ? (
      <figure key={file.id} className="picture">
        <figcaption>{file.title}</figcaption>
        <a href={`/standin/files/${file.id}`} target="_blank" rel="noopener noreferrer">
          <img src={`/standin/files/${file.id}`} alt={file.alt_txt || file.title} />
        </a>
      </figure>
    ) : (
      <a key={file.id} className="file" href={`/standin/files/${file.id}`}>
        <span className="file-kind" aria-hidden="true">
          {file.filetype.slice(0, 4) || "file"}
        </span>
        <span>
          <strong>{file.title}</strong>
          <small>{file.size.toLocaleString("en-US")} bytes</small>
        </span>
      </a>
    ),
  );
}

function Replies({ message, open }) {
  const { users } = useContext(Directory);
  if (!message.reply_count) return null;
  const count = message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`;
  return (
    <button type="button" className="replies" onClick={() => open(message.ts)}>
      <span className="faces">
        {message.reply_users.slice(0, 3).map((id) => (
          <Avatar key={id} user={users[id]} small />
        ))}
      </span>
      <strong>{count}</strong>
      <span className="last">
        Last reply {day(message.latest_reply).toLowerCase()} at {clock(message.latest_reply)}
      </span>
    </button>
  );
}

function Message({ message, follows, open, act, inThread }) {
  const { users } = useContext(Directory);
  const user = who(users, message.user);
  const whisper = message.to !== undefined;
  const edits = message.history?.length ?? 0;
  return (
    <article className={`message ${follows ? "follows" : ""} ${whisper ? "whisper" : ""}`} data-ts={message.ts} aria-label={`${user?.real_name ?? message.user} at ${clock(message.ts)}`}>
      <div className="gutter">{follows ? <time>{clock(message.ts).replace(/ [AP]M/, "")}</time> : <Avatar user={user} />}</div>
      <div className="body">
        {whisper && <p className="only-you">Only visible to you</p>}
        {!follows && (
          <p className="byline">
            <strong>{user?.real_name ?? message.user}</strong>
            {user?.is_bot && <span className="badge">APP</span>}
            <time title={full(message.ts)}>{clock(message.ts)}</time>
          </p>
        )}
        {message.subtype === "thread_broadcast" && !inThread && (
          <button type="button" className="broadcast" onClick={() => open(message.thread_ts)}>
            replied to a thread
          </button>
        )}
        <div className="content">
          {message.deleted && <p className="tombstone">This message was deleted.</p>}
          {!message.deleted && (message.text || message.blocks || message.attachments) && (
            <Blocks content={message} act={(element, value, block) => act(message, element, value, block)} />
          )}
          {message.edited && (
            <span className="edited" title={`Edited ${edits === 1 ? "once" : `${edits} times`}, last ${full(message.edited.ts)}`}>
              (edited)
            </span>
          )}
        </div>
        {message.files && <Files files={message.files} />}
        {message.reactions && (
          <div className="reactions">
            {message.reactions.map((reaction) => (
              <span key={reaction.name} title={`:${reaction.name}:`}>
                <Emoji name={reaction.name} /> {reaction.count}
              </span>
            ))}
          </div>
        )}
        {!inThread && <Replies message={message} open={open} />}
      </div>
      {!inThread && !whisper && (
        <button type="button" className="hover" onClick={() => open(message.thread_ts ?? message.ts)}>
          Reply in thread
        </button>
      )}
    </article>
  );
}

const close = (earlier, later) =>
  earlier &&
  earlier.user === later.user &&
  (earlier.to === undefined) === (later.to === undefined) &&
  !earlier.reply_count &&
  at(later.ts) - at(earlier.ts) < 300_000;

export function Messages({ messages, label, open, act, inThread = false, start }) {
  const end = useRef(null);
  const box = useRef(null);
  const stuck = useRef(true);
  const newest = messages.map((message) => message.ts + (message.edited?.ts ?? "")).join();
  useEffect(() => {
    if (!stuck.current) return;
    // What does not fit is shown from its first line on, as a reader wants it.
    const last = end.current.previousElementSibling;
    if (last && last.offsetHeight > box.current.clientHeight) last.scrollIntoView({ block: "start" });
    else end.current.scrollIntoView({ block: "end" });
  }, [newest, label]);
  const scrolled = () => {
    const { scrollHeight, scrollTop, clientHeight } = box.current;
    stuck.current = scrollHeight - scrollTop - clientHeight < 80;
  };
  return (
    <div ref={box} className="messages" role="log" aria-label={label} tabIndex={0} onScroll={scrolled}>
      <div className="spring" />
      {start}
      {messages.map((message, index) => {
        const before = messages[index - 1];
        const newDay = !inThread && (!before || day(before.ts) !== day(message.ts));
        return (
          <div key={message.ts}>
            {newDay && (
              <div className="day">
                <span>{day(message.ts)}</span>
              </div>
            )}
            {inThread && index === 1 && (
              <div className="count">
                <span>{messages.length === 2 ? "1 reply" : `${messages.length - 1} replies`}</span>
              </div>
            )}
            <Message message={message} follows={!newDay && !(inThread && index <= 1) && close(before, message)} open={open} act={act} inThread={inThread} />
          </div>
        );
      })}
      <div ref={end} />
    </div>
  );
}

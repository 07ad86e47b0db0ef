// Draws rich_text elements: what a rich_text block holds, and what mrkdwn.js makes of mrkdwn.
import { createContext, useContext } from "react";
import { Emoji, WithEmoji } from "./emoji.jsx";
import { mrkdwn, plain } from "./mrkdwn.js";
import { dated, full } from "./time.js";

// Who is who: { users, channels, usergroups } by id, the viewer, and what a click on a channel does.
export const Directory = createContext({ users: {}, channels: {}, usergroups: {}, me: "", go: () => {} });

function Styled({ style = {}, children }) {
  let made = children;
  if (style.code) made = <code>{made}</code>;
  if (style.bold) made = <strong>{made}</strong>;
  if (style.italic) made = <em>{made}</em>;
  if (style.strike) made = <s>{made}</s>;
  if (style.underline) made = <u>{made}</u>;
  return made;
}

const safe = (url) => (/^(https?:|mailto:)/i.test(url ?? "") ? url : undefined);

export const Link = ({ url, children }) => (
  <a href={safe(url)} target="_blank" rel="noopener noreferrer">
    {children}
  </a>
);

const BROADCAST = { here: "@here", channel: "@channel", everyone: "@everyone" };

function Element({ element }) {
  const { users, channels, usergroups, me, go } = useContext(Directory);
  switch (element.type) {
    case "text":
      return element.style?.code ? element.text : <WithEmoji text={element.text} />;
    case "emoji":
      return <Emoji name={element.name} />;
    case "link":
      return <Link url={element.url}>{element.text || element.url}</Link>;
    case "user": {
      const name = users[element.user_id]?.name ?? element.user_id;
      return <span className={element.user_id === me ? "mention me" : "mention"}>@{name}</span>;
    }
    case "channel": {
      const id = element.channel_id;
      return (
        <button type="button" className="mention" onClick={() => go(id)}>
          #{channels[id]?.name ?? id}
        </button>
      );
    }
    case "usergroup":
      return <span className="mention">@{usergroups[element.usergroup_id]?.handle ?? element.usergroup_id}</span>;
    case "broadcast":
      return <span className="mention me">{BROADCAST[element.range] ?? `<!${element.range}>`}</span>;
    case "date": {
      const shown = dated(element.timestamp, element.format, element.fallback);
      const time = <time title={full(element.timestamp)}>{shown}</time>;
      return element.url ? <Link url={element.url}>{time}</Link> : time;
    }
    case "color":
      return <code>{element.value}</code>;
    default:
      return null;
  }
}

export function Inline({ elements }) {
  return elements.map((element, index) => (
    <Styled key={index} style={element.style}>
      <Element element={element} />
    </Styled>
  ));
}

function List({ block }) {
  const Tag = block.style === "ordered" ? "ol" : "ul";
  return (
    <Tag className={`list indent-${block.indent ?? 0}`} start={block.offset ? block.offset + 1 : undefined}>
      {block.elements.map((item, index) => (
        <li key={index}>
          <Inline elements={item.elements ?? []} />
        </li>
      ))}
    </Tag>
  );
}

export function RichText({ elements }) {
  return elements.map((block, index) => {
    if (block.type === "rich_text_list") return <List key={index} block={block} />;
    const inside = <Inline elements={block.elements} />;
    if (block.type === "rich_text_preformatted") return <pre key={index}>{inside}</pre>;
    if (block.type === "rich_text_quote") return <blockquote key={index}>{inside}</blockquote>;
    return (
      <p key={index} className="prose">
        {inside}
      </p>
    );
  });
}

export const Mrkdwn = ({ source, verbatim }) => <RichText elements={mrkdwn(source, verbatim)} />;

// A text object; `flat` where a paragraph would be one too many (buttons, labels).
export function Text({ object, flat = false }) {
  if (!object) return null;
  if (object.type === "mrkdwn") return <Mrkdwn source={object.text} verbatim={object.verbatim} />;
  const inside = <Inline elements={plain(object.text, object.emoji !== false)} />;
  return flat ? inside : <p className="prose">{inside}</p>;
}

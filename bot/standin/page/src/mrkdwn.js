// Slack's mrkdwn to rich_text elements. Knows Slack's escaping: &lt; never becomes markup, < always does.

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
export const unescape = (text) => text.replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity]);

// A mark opens after a non-letter and before a non-space, and closes the other way round. Between the two, code and
// <...> are skipped whole: the asterisk in *`map[string]*Order` grows* closes nothing.
const marked = (mark) => {
  const inside = `(?:\`[^\`\\n]+\`|<[^<>\\n]+>|(?!\`[^\`\\n]+\`)[^<${mark}\\n])*?`;
  return `(?<![\\p{L}\\p{N}${mark}])${mark}(?=\\S)(${inside}(?<=[^\\s]))${mark}(?![\\p{L}\\p{N}${mark}])`;
};
const INLINE = new RegExp(
  ["`([^`\\n]+)`", "<([^<>\\n]+)>", ":([a-z0-9_+'-]+):", marked("\\*"), marked("_"), marked("~")].join("|"),
  "gu",
);
const URL = /https?:\/\/[^\s<>|]*[^\s<>|.,;:!?)\]'"]/g;

const text = (value, style) => ({ type: "text", text: unescape(value), style });

function bare(value, style, verbatim) {
  if (verbatim) return value ? [text(value, style)] : [];
  const parts = [];
  let from = 0;
  for (const url of value.matchAll(URL)) {
    if (url.index > from) parts.push(text(value.slice(from, url.index), style));
    parts.push({ type: "link", url: unescape(url[0]), style });
    from = url.index + url[0].length;
  }
  if (from < value.length) parts.push(text(value.slice(from), style));
  return parts;
}

function angle(inside, style) {
  const [target, ...rest] = inside.split("|");
  const label = rest.join("|");
  if (target.startsWith("@")) return { type: "user", user_id: target.slice(1), style };
  if (target.startsWith("#")) return { type: "channel", channel_id: target.slice(1), style };
  if (target.startsWith("!subteam^")) return { type: "usergroup", usergroup_id: target.slice(9), style };
  if (target.startsWith("!date^")) {
    const [, timestamp, format, url] = target.split("^");
    return { type: "date", timestamp: Number(timestamp), format, url, fallback: unescape(label), style };
  }
  if (target.startsWith("!")) return { type: "broadcast", range: target.slice(1), style };
  if (/^(https?:|mailto:)/i.test(target)) {
    return { type: "link", url: unescape(target), text: label ? unescape(label) : undefined, style };
  }
  return text(`<${inside}>`, style);
}

export function inline(source, style = {}, verbatim = false) {
  const parts = [];
  let from = 0;
  for (const found of source.matchAll(INLINE)) {
    const [whole, code, inside, emoji, bold, italic, strike] = found;
    parts.push(...bare(source.slice(from, found.index), style, verbatim));
    from = found.index + whole.length;
    if (code !== undefined) parts.push(...spans(code, { ...style, code: true }));
    else if (inside !== undefined) parts.push(angle(inside, style));
    else if (emoji !== undefined) parts.push({ type: "emoji", name: emoji, style });
    else if (bold !== undefined) parts.push(...inline(bold, { ...style, bold: true }, verbatim));
    else if (italic !== undefined) parts.push(...inline(italic, { ...style, italic: true }, verbatim));
    else parts.push(...inline(strike, { ...style, strike: true }, verbatim));
  }
  parts.push(...bare(source.slice(from), style, verbatim));
  return parts;
}

// Inside code only <...> still means something.
function spans(source, style) {
  return source
    .split(/(<[^<>\n]+>)/)
    .filter(Boolean)
    .map((part) => (/^<.+>$/.test(part) ? angle(part.slice(1, -1), style) : text(part, style)));
}

const QUOTE = /^(?:&gt;|>) ?/;

function paragraphs(source, verbatim) {
  const blocks = [];
  const add = (type, line) => {
    const last = blocks.at(-1);
    if (last?.type === type) last.lines.push(line);
    else blocks.push({ type, lines: [line] });
  };
  const lines = source.split("\n");
  for (const [index, line] of lines.entries()) {
    if (/^(?:&gt;|>){3}/.test(line)) {
      const rest = [line.replace(/^(?:&gt;|>){3} ?/, ""), ...lines.slice(index + 1)];
      rest.forEach((quoted) => add("rich_text_quote", quoted));
      break;
    }
    if (QUOTE.test(line)) add("rich_text_quote", line.replace(QUOTE, ""));
    else add("rich_text_section", line);
  }
  return blocks.map(({ type, lines: own }) => ({ type, elements: inline(own.join("\n"), {}, verbatim) }));
}

export function mrkdwn(source, verbatim = false) {
  const blocks = [];
  source.split(/```\n?([\s\S]+?)\n?```/).forEach((part, index) => {
    if (index % 2) blocks.push({ type: "rich_text_preformatted", elements: spans(part, {}) });
    else if (part.trim()) {
      const trimmed = part.replace(index ? /^\n/ : /^$/, "").replace(/\n$/, "");
      blocks.push(...paragraphs(trimmed, verbatim));
    }
  });
  return blocks;
}

export function plain(source, withEmoji = true) {
  const parts = withEmoji ? source.split(/(:[a-z0-9_+'-]+:)/) : [source];
  return parts
    .filter(Boolean)
    .map((part) =>
      withEmoji && /^:[^:]+:$/.test(part) ? { type: "emoji", name: part.slice(1, -1) } : text(part),
    );
}

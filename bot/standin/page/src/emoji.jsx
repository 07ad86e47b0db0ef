// :names: and emoji characters, drawn without fetching anything: characters, and for those a bot is likely to use
// also pictures out of the bundle, since a bare Linux has no font with emoji in it.
import { get } from "node-emoji";
import names from "./pictures.json";
import drawn from "drawn-emoji";

// Slack's own names that node-emoji does not know.
const SLACK = {
  large_blue_circle: "🔵",
  large_green_circle: "🟢",
  large_orange_circle: "🟠",
  large_purple_circle: "🟣",
  large_yellow_circle: "🟡",
  large_brown_circle: "🟤",
  hammer_and_wrench: "🛠️",
  stopwatch: "⏱️",
  wastebasket: "🗑️",
  world_map: "🗺️",
};
const BARE = /\uFE0F/g;

export const character = (name) => SLACK[name] ?? get(name.replace(/::skin-tone-\d$/, "")) ?? `:${name}:`;

const byCharacter = new Map(
  Object.entries(names).map(([name, picture]) => [character(name).replace(BARE, ""), drawn[picture]]),
);
const known = [...byCharacter.keys()].filter((one) => !one.startsWith(":")).map((one) => `${one}\uFE0F?`);
const KNOWN = new RegExp(`(${known.join("|")})`, "u");

function Picture({ sign, label }) {
  const picture = byCharacter.get(sign.replace(BARE, ""));
  if (!picture) return <span className="emoji">{sign}</span>;
  return <img className="emoji" src={picture} alt={sign} title={label} />;
}

export const Emoji = ({ name }) => <Picture sign={character(name)} label={`:${name}:`} />;

// Text that may hold emoji characters of its own.
export function WithEmoji({ text }) {
  if (!KNOWN.test(text)) return text;
  return text.split(KNOWN).map((part, index) => (index % 2 ? <Picture key={index} sign={part} /> : part));
}

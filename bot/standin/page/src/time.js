// Times as Slack writes them. Knows formats; not where they stand.

const format = (options) => new Intl.DateTimeFormat("en-US", options);
const CLOCK = format({ hour: "numeric", minute: "2-digit" });
const SECONDS = format({ hour: "numeric", minute: "2-digit", second: "2-digit" });
const NUMBER = format({ year: "numeric", month: "2-digit", day: "2-digit" });
const SHORT = format({ month: "short", day: "numeric", year: "numeric" });
const LONG = format({ weekday: "long", month: "long", day: "numeric", year: "numeric" });
const DATE = format({ month: "long", day: "numeric", year: "numeric" });
const DAY = format({ weekday: "long", month: "long", day: "numeric" });

export const at = (ts) => new Date(Number(ts) * 1000);
export const clock = (ts) => CLOCK.format(at(ts));
export const full = (ts) => `${LONG.format(at(ts))} at ${SECONDS.format(at(ts))}`;

const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
const daysAgo = (date) => Math.round((midnight(new Date()) - midnight(date)) / 86_400_000);

function pretty(date, otherwise) {
  return { 0: "today", 1: "yesterday", [-1]: "tomorrow" }[daysAgo(date)] ?? otherwise.format(date);
}

export function day(ts) {
  const word = pretty(at(ts), DAY);
  return word[0].toUpperCase() + word.slice(1);
}

function ago(date) {
  const seconds = Math.round((Date.now() - date.getTime()) / 1000);
  const [size, unit] = [[86_400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]].find(
    ([length]) => Math.abs(seconds) >= length,
  ) ?? [1, "second"];
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(-Math.trunc(seconds / size), unit);
}

const TOKENS = {
  date_num: (date) => NUMBER.format(date),
  date: (date) => DATE.format(date),
  date_short: (date) => SHORT.format(date),
  date_long: (date) => LONG.format(date),
  date_pretty: (date) => pretty(date, DATE),
  date_short_pretty: (date) => pretty(date, SHORT),
  date_long_pretty: (date) => pretty(date, LONG),
  time: (date) => CLOCK.format(date),
  time_secs: (date) => SECONDS.format(date),
  ago,
};

// <!date^...>: every token must be known, else Slack shows the fallback.
export function dated(timestamp, pattern, fallback) {
  const date = at(timestamp);
  if (Number.isNaN(date.getTime())) return fallback;
  let known = true;
  const made = pattern.replace(/\{(\w+)\}/g, (_, name) => {
    if (!TOKENS[name]) known = false;
    return TOKENS[name]?.(date) ?? "";
  });
  return known ? made : fallback;
}

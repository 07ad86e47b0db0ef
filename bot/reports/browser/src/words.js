// What the page says: sentences stand in the template's flame-words, numbers look as those of bot/numbers.py.

const words = new Map();
for (const one of document.getElementById("flame-words")?.content.querySelectorAll("[data-word]") ?? [])
  words.set(one.dataset.word, one.textContent);

// Facts go in as text, once: a name that holds "{bytes}" stays as it is.
export function say(key, facts = {}) {
  if (!words.has(key)) throw new Error(`no words for ${key}`);
  return words.get(key).replace(/\{(\w+)\}/g, (slot, name) => (name in facts ? String(facts[name]) : slot));
}

export function inBytes(value) {
  if (value < 0) return `−${inBytes(-value)}`;
  const units = ["B", "KiB", "MiB", "GiB"];
  let at = 0;
  for (; at < 3 && value >= 1024; at++) value /= 1024;
  return `${value.toFixed(at === 0 || value >= 100 ? 0 : 1)} ${units[at]}`;
}

export function inShare(part, whole) {
  if (!whole || !part) return "0 %";
  const share = (100 * part) / whole;
  if (share < 0.1) return "under 0.1 %";
  const exact = share < 10 || (share >= 99.5 && share < 99.95); // what is missing to the whole stays visible
  return exact ? `${share.toFixed(1)} %` : `${Math.round(share)} %`;
}

export const signed = (value) => (value > 0 ? `+${inBytes(value)}` : inBytes(value));

export function ratio(now, then) {
  const percent = Math.round((100 * (now - then)) / then);
  if (percent >= 1000) return `× ${Math.round(now / then)}`;
  return `${percent < 0 ? "−" : "+"}${Math.abs(percent)} %`;
}

export const count = (number) => number.toLocaleString("en-US");

// A package's path says little in a frame of some pixels; the whole name stands beside the graph.
export const short = (name) => name.replace(/^[^\s([]*\//, "");

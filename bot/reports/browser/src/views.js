// The six pictures of one flame graph: bytes allocated or in use; since the start, in the window, against the snapshot
// before. Each says how wide a frame is, what it is compared with, and how it is painted. Knows no drawing.
import { increase, nameOf, PURPOSES } from "./data.js";

// Now over then, from which each paint is used; the legend in _flame.html.j2 names the same steps.
const STEPS = [
  [2, "more3"],
  [1.25, "more2"],
  [1.05, "more1"],
  [1 / 1.05, "same"],
  [0.8, "less1"],
  [0.5, "less2"],
  [0, "less3"],
];

// Why a view cannot be had, as a key of the words; null where it can.
export function missing(flame, basis, kind, time) {
  if (time === "window" && !flame.first) return "no-window";
  if (time === "before" && !flame.base) return `no-before-${basis}`;
  if (time === "before" && kind === "alloc_space" && basis !== "same_process") return "no-alloc-before";
  return null;
}

export function viewOf(flame, kind, time) {
  const now = flame.now[kind];
  if (time === "start") return byPurpose(now, flame.purpose[kind]);
  const then = (time === "window" ? flame.first : flame.base)[kind];
  if (time === "window" && kind === "alloc_space") return byPurpose(increase(flame, now, then), flame.purpose.window);
  return byChange(flame, now, then, flame.purpose[kind]);
}

function byPurpose(values, purpose) {
  return { values, then: null, purpose, paint: (node) => (values[node] ? PURPOSES[purpose[node]] : "value"), gone: [] };
}

function byChange(flame, now, then, purpose) {
  return { values: now, then, purpose, paint: (node) => step(now[node], then[node]), gone: goneOf(flame, now, then) };
}

function step(now, then) {
  const ratio = then > 0 ? now / then : Infinity;
  // A frame halved exactly is one of those that halved.
  return STEPS.find(([from, paint]) => (paint.startsWith("less") ? ratio > from : ratio >= from))?.[1] ?? "less3";
}

// Frames that have no bytes any more, the largest first; of a branch that has gone only where it began.
function goneOf(flame, now, then) {
  const gone = (node) => now[node] <= 0 && then[node] > 0;
  return now
    .map((_, node) => node)
    .filter((node) => gone(node) && !(node && gone(flame.parent[node])))
    .map((node) => ({ name: nameOf(flame, node), bytes: then[node] }))
    .sort((a, b) => b.bytes - a.bytes);
}

// The JSON of bot/reports/flame_codec.py to a tree: the columns of analyzers/flame.py, and an object for each node.

const VERSION = 2;
export const PURPOSES = ["growth", "sized", "clone", "value"];
export const KINDS = ["alloc_space", "inuse_space"];

export function flameOf(json) {
  if (json.version !== VERSION) throw new Error(`a flame graph of version ${json.version}`);
  const parent = json.up.map((way, node) => node - way);
  const nodes = parent.map((_, i) => ({ i, children: [] }));
  const now = readingOf(json.now, parent);
  // The same order in every view: who looks from one to the other finds a frame where it was.
  const byBytes = [...nodes].sort((a, b) => now.alloc_space[b.i] - now.alloc_space[a.i] || a.i - b.i);
  for (const node of byBytes) if (node.i) nodes[parent[node.i]].children.push(node);
  const hidden = new Set(json.hidden);
  return {
    root: nodes[0],
    parent,
    names: json.names.map(clean),
    name: json.name,
    purpose: { alloc_space: json.purpose[0], inuse_space: json.purpose[1], window: json.purpose[2] },
    hidden,
    now,
    first: json.first && readingOf(json.first, parent, now),
    base: json.base && readingOf(json.base, parent, now),
  };
}

export const nameOf = (flame, node) => flame.names[flame.name[node]];

// What came in between two readings, node by node: no part may be more than its whole, and sums stay sums.
export function increase(flame, now, then) {
  const own = now.map((bytes, node) => bytes - then[node]);
  const children = new Array(own.length).fill(0);
  for (let node = own.length - 1; node >= 0; node--) {
    own[node] = Math.max(own[node], children[node], 0);
    if (node) children[flame.parent[node]] += own[node];
  }
  return own;
}

function readingOf(columns, parent, now) {
  const reading = {};
  KINDS.forEach((kind, at) => {
    const bytes = [...columns[at]];
    for (let node = bytes.length - 1; node > 0; node--) bytes[parent[node]] += bytes[node];
    reading[kind] = now ? bytes.map((more, node) => more + now[kind][node]) : bytes;
  });
  return reading;
}

// As bot/words.py does: control, bidirectional and invisible characters say nothing and may lie.
const clean = (name) => name.replace(/\s/gu, " ").replace(/\p{C}/gu, "") || "?";

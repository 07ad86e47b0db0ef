// Which frames have a text in their names, and how much they hold together. Knows no drawing but to mark them.
import { count, inBytes, inShare, say } from "./words.js";

export function search(input, output, graph, flame, values) {
  function again() {
    const text = input.value.trim().toLowerCase();
    const matching = new Set();
    if (text) flame.names.forEach((name, at) => name.toLowerCase().includes(text) && matching.add(at));
    const found = new Set();
    const bytes = text ? among(graph.top(), matching, found) : 0;
    graph.place.classList.toggle("flame-searching", text !== "");
    graph.mark(found);
    const facts = { count: count(found.size), bytes: inBytes(bytes), share: inShare(bytes, values()[graph.top().data.i]) };
    output.textContent = text ? say(found.size > 1 ? "found" : found.size ? "found-one" : "found-none", facts) : "";
  }

  // The bytes of what matches; a match below another one counts once.
  function among(top, matching, found) {
    let bytes = 0;
    const rest = [[top, false]];
    while (rest.length) {
      const [d, below] = rest.pop();
      const { i } = d.data;
      if (!values()[i]) continue;
      const matches = matching.has(flame.name[i]);
      if (matches) found.add(i);
      if (matches && !below) bytes += values()[i];
      for (const child of d.children ?? []) rest.push([child, below || matches]);
    }
    return bytes;
  }

  input.addEventListener("input", again);
  return { again };
}

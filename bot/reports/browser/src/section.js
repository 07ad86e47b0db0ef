// The section around the drawing: which bytes of which time, why some cannot be had, the search, and what is said.
import { count as countOf, inBytes, inShare, ratio, say, short, signed } from "./words.js";
import { KINDS, nameOf, PURPOSES } from "./data.js";
import { missing, viewOf } from "./views.js";
import { cursor } from "./cursor.js";
import { byFinger, Graph } from "./graph.js";
import { search } from "./search.js";
import { tipOf } from "./tip.js";

const TIMES = ["start", "window", "before"];
const MOST_GONE = 5;
const by = (id) => document.getElementById(id);

export function section(place, flame) {
  const { basis } = place.dataset;
  const shown = { kind: "alloc_space", time: "start", view: null };
  const name = (node) => nameOf(flame, node);

  function facts(node) {
    const { values, then } = shown.view;
    const [bytes, part] = [inBytes(values[node]), inShare(values[node], values[graph.top().data.i])];
    const known = { bytes, part, share: inShare(values[node], values[0]) };
    const said = [say(then ? changed(values[node], then[node]) : graph.zoomed ? "share-zoomed" : "share", known)];
    function changed(now, before) {
      if (!before) return "new";
      if (Math.round(now) === Math.round(before)) return "same";
      Object.assign(known, { then: inBytes(before), change: signed(now - before), ratio: ratio(now, before) });
      return "changed";
    }
    const purpose = say(`purpose-${PURPOSES[shown.view.purpose[node]]}`);
    if (values[node]) said.push(flame.hidden.has(node) ? purpose : say("mostly", { purpose }));
    if (flame.hidden.has(node)) said.push(say("hidden"));
    return said.join(" · ");
  }

  // In a view of changes a wide frame says its change in figures, not in colour alone.
  function label(node) {
    const { values, then } = shown.view;
    const change = then?.[node] && Math.round(values[node]) !== Math.round(then[node]);
    return change ? `${ratio(values[node], then[node])} ${short(name(node))}` : short(name(node));
  }

  function tell(node) {
    by("flame-function").textContent = name(node);
    by("flame-facts").textContent = facts(node);
  }

  place.classList.toggle("flame-touch", byFinger());
  const tip = tipOf(by("flame-tip"), (node) => [name(node), facts(node)]);
  by("flame-controls").hidden = by("flame-tool").hidden = false; // a hidden place has no width
  const graph = new Graph(by("flame-graph"), flame, { label, full: name, tell, tip, changed: settled });
  const keys = cursor(graph, tell);
  const finder = search(by("flame-search"), by("flame-found"), graph, flame, () => shown.view.values);

  function settled() {
    keys.follow();
    finder.again();
    by("flame-reset").disabled = !graph.zoomed;
    describe();
  }

  function describe() {
    const { kind, time, view } = shown;
    const said = [say(`${kind}-${time}`)];
    if (time === "before" && basis === "restarted") said.push(say("another-process"));
    if (time === "before" && basis === "new_build") said.push(say("another-build"));
    const top = graph.top();
    if (graph.zoomed) said.push(say("zoomed", { name: name(top.data.i) }));
    const bytes = view.values[top.data.i];
    said.push(bytes ? say("total", { bytes: inBytes(bytes) }) : say(time === "window" ? "empty-window" : "empty"));
    const narrow = graph.narrow();
    if (narrow) said.push(say("narrow", { count: countOf(narrow) }));
    by("flame-says").textContent = said.join(" ");
  }

  function legends() {
    const changes = shown.view.then !== null;
    by("flame-purposes").hidden = changes;
    place.classList.toggle("flame-comparing", changes);
    by("flame-changes").hidden = !changes;
    for (const one of document.querySelectorAll(".flame-bytes"))
      one.hidden = one.dataset.bytes !== (shown.time === "window" ? "window" : shown.kind);
  }

  function gone() {
    const list = shown.view.gone;
    const bytes = inBytes(list.reduce((sum, one) => sum + one.bytes, 0));
    const [line, details] = [by("flame-gone"), by("flame-gone-list")];
    line.hidden = details.hidden = !list.length;
    line.textContent = list.length ? say(list.length > 1 ? "gone" : "gone-one", { count: countOf(list.length), bytes }) : "";
    const lines = list.slice(0, MOST_GONE).map((one) => say("gone-line", { name: one.name, bytes: inBytes(one.bytes) }));
    if (list.length > MOST_GONE) lines.push(say("gone-more", { count: countOf(list.length - MOST_GONE) }));
    details.replaceChildren(...lines.map(item));
  }

  function offer() {
    const why = new Set();
    for (const radio of place.querySelectorAll("[name=flame-time]")) {
      const key = missing(flame, basis, shown.kind, radio.value);
      radio.disabled = key !== null;
      if (key) why.add(say(key));
      radio.checked = radio.value === shown.time;
    }
    by("flame-why").hidden = !why.size;
    by("flame-why").replaceChildren(...[...why].map(item));
  }

  function show() {
    if (missing(flame, basis, shown.kind, shown.time)) shown.time = "start";
    offer();
    shown.view = viewOf(flame, shown.kind, shown.time);
    legends();
    graph.show(shown.view);
    place.querySelector(".flame-line").hidden = !shown.view.values[0];
    gone();
    settled();
    tell(keys.at());
  }

  place.addEventListener("change", ({ target }) => {
    if (target.name === "flame-bytes" && KINDS.includes(target.value)) shown.kind = target.value;
    else if (target.name === "flame-time" && TIMES.includes(target.value)) shown.time = target.value;
    else return;
    show();
  });
  by("flame-reset").addEventListener("click", () => {
    graph.zoom(graph.root);
    keys.focus();
  });
  show();
  performance.mark("flame-drawn");
  place.dataset.drawn = "";
}

function item(text) {
  const line = document.createElement("li");
  line.textContent = text;
  return line;
}

// Going through the drawing without a mouse: arrow keys, Enter and Escape; on a touchscreen the first tap reads a frame
// and the second one zooms. The drawing is one stop of the Tab key, and the frame that is meant is its active descendant.
import { say } from "./words.js";

export function cursor(graph, tell) {
  let at = 0;
  const ring = document.createElement("div");
  ring.className = "flame-ring";

  const node = () => graph.nodes.get(at);

  function follow() {
    if (!graph.svg.hasAttribute("tabindex")) prepare();
    let d = node();
    while (d.parent && !graph.isDrawn(d)) d = d.parent;
    at = d.data.i;
    const { x, y, width, height } = graph.box(d);
    Object.assign(ring.style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
    graph.svg.setAttribute("aria-activedescendant", `frame-${at}`);
  }

  function go(d) {
    if (!d) return;
    at = d.data.i;
    follow();
    tell(at);
    ring.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  function prepare() {
    const { svg } = graph;
    for (const [name, value] of [["tabindex", "0"], ["role", "tree"], ["aria-label", say("graph")]]) svg.setAttribute(name, value);
    svg.addEventListener("keydown", pressed);
    svg.addEventListener("focus", () => go(node()));
    graph.place.append(ring);
    byTouch(graph.place, () => at, go);
  }

  const KEYS = {
    ArrowUp: () => go(node().parent),
    ArrowDown: () => go(widest(graph, node())),
    ArrowLeft: () => go(beside(graph, node(), -1)),
    ArrowRight: () => go(beside(graph, node(), 1)),
    Home: () => go(graph.top()),
    End: () => go(deepest(graph, node())),
    Enter: () => graph.zoom(node()),
    " ": () => graph.zoom(node()),
    Escape: () => graph.zoomed && graph.zoom(graph.root),
  };

  function pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
    event.preventDefault();
    KEYS[event.key]();
  }

  function focus() {
    graph.svg.focus({ preventScroll: true });
  }

  return { follow, focus, at: () => at };
}

const drawnChildren = (graph, d) => (d.children ?? []).filter((child) => graph.isDrawn(child));

function widest(graph, d) {
  return drawnChildren(graph, d).reduce((best, child) => (best && best.value >= child.value ? best : child), null);
}

function deepest(graph, d) {
  for (let next = widest(graph, d); next; next = widest(graph, d)) d = next;
  return d;
}

// The next frame of the row, be it of another caller.
function beside(graph, d, way) {
  const row = graph.frames().filter((one) => one.depth === d.depth);
  row.sort((a, b) => a.x0 - b.x0);
  return row[row.indexOf(d) + way];
}

function byTouch(place, at, go) {
  let touched = false;
  place.addEventListener("pointerdown", (event) => (touched = event.pointerType === "touch"), true);
  place.addEventListener(
    "click",
    (event) => {
      const d = event.target.closest?.("g.frame")?.__data__;
      if (!d) return;
      const again = at() === d.data.i;
      go(d);
      if (touched && !again) event.stopPropagation(); // the library would zoom
    },
    true,
  );
}

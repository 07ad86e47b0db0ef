// The drawing, by d3-flame-graph. What that library leaves out is done after each of its updates: the height without
// its empty rows, what a frame is for whoever does not see it, dashed edges, and the cursor of the keyboard.
import { select } from "d3-selection";
import flamegraph from "d3-flame-graph";

const ROW = 20;
const ROW_BY_TOUCH = 28;
const NARROWEST = 2; // pixels: narrower frames are not drawn, 20,000 of them would take seconds
const MOVING = 250; // ms
const MOST_MOVING = 600; // frames; more would stutter

export const byFinger = () => matchMedia("(pointer: coarse)").matches;

export class Graph {
  // `tell` is called with a node's number while the pointer is over it, and with null when it has left.
  constructor(place, flame, { label, full, tell, tip, changed }) {
    this.place = place;
    this.flame = flame;
    this.full = full;
    this.changed = changed;
    this.found = new Set();
    this.row = byFinger() ? ROW_BY_TOUCH : ROW;
    this.zoomed = null;
    this.chart = flamegraph()
      .cellHeight(this.row)
      .inverted(true)
      .minFrameSize(NARROWEST)
      .resetHeightOnZoom(true)
      .transitionDuration(0)
      .getName((d) => label(d.data.i))
      .getValue((item) => this.view.values[(item.data ?? item).i])
      .setColorMapper((d) => `url(#flame-${this.view.paint(d.data.i)})`)
      .setLabelHandler((d) => full(d.data.i))
      .setDetailsHandler(() => {})
      .tooltip(tip)
      .onHover((d) => tell(d.data.i))
      .onClick((d) => this.zoomedTo(d));
    new ResizeObserver(() => this.resized()).observe(place);
  }

  show(view) {
    const first = !this.view;
    this.view = view;
    this.chart.width(this.width());
    if (first) {
      select(this.place).datum(this.flame.root).call(this.chart);
      this.root = select(this.place).datum();
      this.svg = this.place.querySelector("svg");
      this.svg.querySelector("text.title").remove();
      this.nodes = new Map();
      this.root.each((d) => this.nodes.set(d.data.i, d));
    } else if (this.zoomed && !view.values[this.zoomed.data.i]) {
      this.chart.resetZoom();
      return;
    } else this.chart.update();
    this.drawn();
  }

  zoom(d) {
    if (d === this.root) this.chart.resetZoom();
    else this.chart.zoomTo(d);
  }

  zoomedTo(d) {
    this.zoomed = d === this.root ? null : d;
    this.drawn();
    this.changed();
  }

  mark(found) {
    this.found = found;
    this.drawn();
  }

  // What is drawn, by depth and from left to right.
  frames() {
    return [...this.place.querySelectorAll("g.frame")].map((g) => g.__data__);
  }

  isDrawn(d) {
    return document.getElementById(`frame-${d.data.i}`) !== null;
  }

  // How many frames below the top have bytes and no room.
  narrow() {
    let count = 0;
    this.top().each((d) => (count += this.view.values[d.data.i] > 0 && !this.isDrawn(d)));
    return count;
  }

  top() {
    return this.zoomed ?? this.root;
  }

  drawn() {
    const frames = select(this.place).selectAll("g.frame");
    let deepest = 0;
    frames.each((d) => (deepest = Math.max(deepest, d.depth)));
    const { full, flame, found } = this;
    frames.each(function (d) {
      const { i } = d.data;
      this.id = `frame-${i}`;
      this.setAttribute("role", "treeitem");
      this.setAttribute("aria-level", d.depth + 1);
      this.setAttribute("aria-label", full(i));
      this.toggleAttribute("data-hidden", flame.hidden.has(i));
      this.toggleAttribute("data-found", found.has(i));
    });
    const height = (deepest + 1) * this.row + 2;
    // A printed page is narrower: the picture is made smaller as a whole.
    for (const [name, value] of [["height", height], ["viewBox", `0 0 ${this.width()} ${height}`]])
      this.svg.setAttribute(name, value);
    const few = frames.size() <= MOST_MOVING && !matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.chart.transitionDuration(few ? MOVING : 0);
  }

  // Where a frame stands, in pixels of the drawing.
  box(d) {
    const width = this.width();
    return { x: d.x0 * width, y: d.depth * this.row, width: (d.x1 - d.x0) * width, height: this.row };
  }

  width() {
    return Math.max(this.place.clientWidth, 200);
  }

  resized() {
    if (!this.view || this.chart.width() === this.width()) return;
    this.chart.width(this.width()).transitionDuration(0).update();
    this.drawn();
    this.changed();
  }
}

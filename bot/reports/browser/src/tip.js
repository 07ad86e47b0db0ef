// What stands beside the mouse: the same words as the line above the graph. d3-flame-graph calls show and hide.

const AWAY = 14; // pixels from the pointer

export function tipOf(place, words) {
  const [title, facts] = place.children;
  let kind = "mouse";
  document.addEventListener("pointerdown", (event) => (kind = event.pointerType), true);
  document.addEventListener("pointermove", (event) => {
    kind = event.pointerType;
    if (!place.hidden) move(event);
  });

  function move({ clientX, clientY }) {
    const { width, height } = place.getBoundingClientRect();
    const left = Math.min(clientX + AWAY, document.documentElement.clientWidth - width - 4);
    const below = clientY + AWAY;
    const top = below + height > innerHeight ? clientY - AWAY - height : below;
    Object.assign(place.style, { left: `${Math.max(left, 4)}px`, top: `${Math.max(top, 4)}px` });
  }

  const tip = () => {};
  tip.show = (event, d) => {
    if (kind === "touch") return; // a finger covers it; the line above says it
    [title.textContent, facts.textContent] = words(d.data.i);
    place.hidden = false;
    move(event);
  };
  tip.hide = () => (place.hidden = true);
  return tip;
}

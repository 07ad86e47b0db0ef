// The page's only script: fetches the flame graph's data, or finds it in the page, and hands it to the section.
import "./page.css";
import "./flame.css";
import { flameOf } from "./data.js";
import { section } from "./section.js";
import { say } from "./words.js";

const place = document.getElementById("flame");

async function data() {
  const inline = document.getElementById("flame-data");
  if (inline) return JSON.parse(inline.textContent);
  const answer = await fetch(place.dataset.flame, { credentials: "omit", referrerPolicy: "no-referrer" });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return answer.json();
}

async function start() {
  const wait = document.getElementById("flame-wait");
  if (!wait) return; // nothing is drawn of this capture
  wait.textContent = say("wait"); // in place of what it says to whoever has no JavaScript
  try {
    section(place, flameOf(await data()));
    wait.hidden = true;
  } catch (error) {
    wait.textContent = say("failed");
    console.warn("flame graph", error);
  }
}

if (place) start();

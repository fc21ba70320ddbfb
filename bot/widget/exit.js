// Leaving at once, after GOV.UK "Exit this page": a cover first, then everything away, then a neutral page in place of
// this one. Shift three times does it from the keyboard; Escape does not, because it also stops a page from loading.

import { make } from "./panel.js";

const WINDOW = 5000; // milliseconds in which the three presses fall

/** Covers the whole page in the same task, above whatever the host page shows. */
export function cover() {
  const sheet = make("div", { id: "nl-cover", role: "alert", ariaLabel: "Even geduld", popover: "manual" });
  sheet.style.cssText = "position:fixed;inset:0;width:100%;height:100%;max-width:none;max-height:none;margin:0;" +
    "padding:0;border:0;background:#fff;z-index:2147483647";
  document.documentElement.append(sheet);
  try {
    sheet.showPopover(); // the top layer, above a dialog too
  } catch {
    // An older browser: the z-index has to do.
  }
}

/** Covers, lets `last` tidy up, and replaces the page: Back does not return here. */
export function leave(address, last) {
  cover();
  try {
    last();
  } finally {
    try {
      top.location.replace(address);
      // In a frame: its page sees that we are gone, and covers itself too.
      if (top !== self) location.replace("about:blank");
    } catch {
      location.replace(address); // a frame that may not move its page
    }
  }
}

/** Listens on the whole page, before anything in it does, until `signal` aborts. */
export function listen(listeners, signal) {
  for (const name in listeners) addEventListener(name, listeners[name], { capture: true, signal });
}

/** Calls `count(n)` at each press of Shift on its own, and `count(0)` when the time is over. */
export function watchShift(count, signal) {
  let presses = 0;
  let alone = false;
  let timer = 0;
  const forget = () => {
    presses = 0;
    count(0);
  };
  const down = (event) => {
    if (event.key !== "Shift") alone = false; // Shift with another key writes a capital, with a pointer it selects
    else if (!event.repeat) alone = true;
  };
  const up = (event) => {
    if (event.key !== "Shift" || !alone) return;
    alone = false;
    if (presses === 0) timer = setTimeout(forget, WINDOW);
    presses += 1;
    count(presses);
    if (presses === 3) {
      clearTimeout(timer);
      presses = 0;
    }
  };
  listen({ keydown: down, keyup: up, pointerdown: down }, signal);
}

// The window on the service's own origin, for a website that must not be able to read along: this page only holds the
// frame, the emergency numbers and the button that closes it.

import { leave, listen, watchShift } from "./exit.js";
import { make, opens } from "./panel.js";

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
* { box-sizing: border-box; }
.panel {
  display: flex; flex-direction: column; width: 100%; height: var(--nachtlicht-height, 38rem); max-height: 100vh; padding: 0;
  overflow: hidden; border: 1px solid; border-radius: 1.1em; background: var(--paper); color: var(--ink);
}
dialog.panel {
  position: fixed; inset: auto 1rem 1rem auto; width: 25rem; height: min(46rem, 100vh - 2rem); max-width: none; margin: 0;
  z-index: 2147483000; box-shadow: 0 1.2rem 3.5rem #0007;
}
dialog.panel:not([open]) { display: none; }
@media (max-width: 30rem) {
  dialog.panel { inset: 0; width: 100%; height: 100vh; height: 100dvh; max-height: none; border: 0; border-radius: 0; }
}
p { margin: 1em; }
p a { display: block; padding: .5em 0; color: inherit; }
iframe { flex: 1; width: 100%; min-height: 0; border: 0; }
.bar { display: flex; align-items: center; justify-content: space-between; gap: .4em; padding: 0 .3em 0 .8em; border-bottom: 1px solid; }
.bar a { display: inline-flex; align-items: center; min-width: 44px; min-height: 44px; color: inherit; }
.bar button { min-width: 44px; min-height: 44px; border: 0; background: none; color: inherit; font: inherit; cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: -3px; }
`);

/** Puts the frame where the window would stand. Nothing that is said in it can be read from this page. */
export function start(element, base, exitAddress) {
  const { root, help, launch } = element;
  const launcher = element.hasAttribute("launcher");
  const query = new URLSearchParams({ tenant: element.getAttribute("tenant") || "demo", taal: element.lang,
    licht: element.getAttribute("theme"), nu: 1 });
  const frame = make("iframe", { src: `${base}/venster?${query}`, title: "Gesprek", referrerPolicy: "no-referrer" });
  const hide = make("button", { type: "button", textContent: "×", hidden: !launcher, ariaLabel: "Venster sluiten" });
  const numbers = [...help.querySelectorAll("a")].map((line) =>
    make("a", { href: line.href, textContent: line.querySelector("b").textContent, ariaLabel: line.textContent }));
  const panel = make(launcher ? "dialog" : "section", { className: "panel", ariaLabel: "Gesprek" },
    make("div", { className: "bar" }, ...numbers, hide), frame);

  const here = new AbortController(); // as long as the panel stands
  function gone() {
    here.abort();
    panel.remove();
    element.reset();
  }

  watchShift((presses) => {
    if (presses === 3 && (!launcher || panel.open)) leave(exitAddress, gone);
  }, here.signal);
  // Going elsewhere: a page that is kept for Back must not keep a conversation.
  listen({ pagehide: gone }, here.signal);
  let loads = 0;
  frame.onload = () => {
    loads += 1;
    if (loads > 1) leave(exitAddress, gone); // the frame left by its own button
    else frame.focus();
  };
  document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
    if (effectiveDirective !== "frame-src" || !blockedURI.startsWith(base)) return;
    frame.replaceWith(make("p", { role: "alert" }, "Het gesprek laadt niet. De nummers hierboven werken altijd. ",
      make("a", { href: base + "/gesprek?" + query, textContent: "Zonder venster" }), " ",
      make("a", { href: exitAddress, textContent: "Verlaat snel" })));
  });
  opens(element, panel, hide, () => {
    panel.show();
    frame.focus();
  });
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  root.replaceChildren(launch, panel);
  if (launcher) panel.show();
}

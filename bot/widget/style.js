// The look: warm paper by day, a dim room by night, one lamp. All sizes follow the reader's own text size.

export const sheet = new CSSStyleSheet();

sheet.replaceSync(`
:host {
  --card: #fff; --soft: #655e70; --line: #e4dccf; --edge: #857c90; --mine: #e8e5f1; --glow: #f3bd68;
  --help: #fcefd8; --help-ink: #47320e; --help-line: #c9a45c;
  --good: #24704a;
}
:host([theme=dark]) {
  --card: #21212c; --soft: #aca4b5; --line: #34333f; --edge: #7d7689; --mine: #302e40; --glow: #e9bd7a;
  --help: #2b2419; --help-ink: #f4deb6; --help-line: #8d7547;
  --good: #86cfa6;
}
* { box-sizing: border-box; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
p, h2, h3, ul { margin: 0; }
button, textarea, a { font: inherit; color: inherit; }
button { cursor: pointer; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.panel {
  position: relative; display: flex; flex-direction: column; width: 100%; height: var(--nachtlicht-height, 38rem); max-height: 100vh;
  padding: 0; overflow: hidden; border: 1px solid var(--line); border-radius: 1.1em;
  background: var(--paper); color: var(--ink);
}
dialog.panel {
  position: fixed; inset: auto 1rem 1rem auto; width: 25rem; height: min(44rem, 100vh - 2rem); max-width: none;
  margin: 0; z-index: 2147483000; box-shadow: 0 1.2rem 3.5rem #0007;
}
dialog.panel:not([open]) { display: none; }
dialog.panel::backdrop { background: none; }
:host([page]) .panel { height: 100vh; height: 100dvh; max-height: none; border: 0; border-radius: 0; }
@media (max-width: 30rem) {
  dialog.panel { inset: 0; width: 100%; height: 100vh; height: 100dvh; max-height: none; border: 0; border-radius: 0; }
}

.top { display: flex; align-items: center; gap: .4em; padding: .55em .5em .55em .9em; border-bottom: 1px solid var(--line); }
.mark { flex: none; }
.mark .glow { fill: var(--glow); stroke: none; opacity: .9; }
h2 { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 1.05em; font-weight: 650; }
h2:focus { outline: none; }
@media (max-width: 24rem) { .mark { display: none; } }
.exit {
  display: flex; align-items: center; gap: .5em; min-height: 44px; padding: 0 1em; border: 1px solid transparent;
  border-radius: 2em; background: var(--ink); color: var(--paper); font-weight: 600; text-decoration: none; white-space: nowrap;
}
.lights { display: inline-flex; gap: 3px; }
.lights i { width: 8px; height: 8px; border: 1px solid; border-radius: 50%; }
.lights .on { background: currentColor; }
.plain { min-width: 44px; min-height: 44px; border: 0; background: none; font-size: 1.5em; line-height: 1; }

.scroll {
  position: relative; flex: 1; min-height: 0; overflow: auto; overscroll-behavior: contain; padding: .9em;
  display: flex; flex-direction: column; gap: .7em;
}
.scroll:focus-visible { outline-offset: -3px; }
.help {
  display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .35em; flex: none; padding: .6em .7em .7em;
  border: 1px solid var(--help-line); border-radius: .9em; background: var(--help); color: var(--help-ink);
}
.help p { grid-column: 1 / -1; font-size: .9em; font-weight: 600; }
.help > a {
  display: flex; flex-direction: column; justify-content: center; min-height: 44px;
  padding: .15em .6em; border: 1px solid var(--help-line);
  border-radius: .7em; font-size: .8em; line-height: 1.2; text-decoration: none; overflow-wrap: anywhere; hyphens: auto;
}
.help b { flex: none; font-size: 1.3em; }
.help :is(.ask, .own) { grid-column: 1 / -1; }
.help.stuck {
  position: sticky; top: -.9em; z-index: 1; margin: -.9em -.9em 0; border-width: 0 0 1px; border-radius: 0;
  box-shadow: 0 .5em .9em -.5em #0006;
}
.scroll:has(.stuck) { scroll-padding-top: 10rem; }
.safety { font-size: .9em; }
summary { min-height: 32px; padding: .25em 0; cursor: pointer; width: fit-content; }

.log { display: flex; flex-direction: column; gap: .6em; }
.bubble {
  max-width: 88%; align-self: flex-start; padding: .6em .85em; border: 1px solid var(--line);
  border-radius: .3em 1.1em 1.1em 1.1em; background: var(--card); overflow-wrap: anywhere;
}
.bubble p { white-space: pre-line; }
.bubble a { font-weight: 600; }
.mine { align-self: flex-end; border-color: transparent; border-radius: 1.1em .3em 1.1em 1.1em; background: var(--mine); }
.typing { display: flex; gap: .3em; padding: .8em .9em; }
.typing i { width: .5em; height: .5em; border-radius: 50%; background: var(--soft); animation: breathe 1.2s infinite; }
.typing i:nth-child(2) { animation-delay: .2s; }
.typing i:nth-child(3) { animation-delay: .4s; }
@keyframes breathe { 50% { opacity: .25; } }

.card {
  display: flex; flex-direction: column; gap: .4em; padding: .8em .9em; border: 1px solid var(--line); border-radius: .9em;
  background: var(--card); overflow-wrap: anywhere;
}
h3 { font-size: 1.05em; line-height: 1.3; }
.now { font-weight: 600; font-size: .9em; color: var(--soft); }
.now::before { content: ""; display: inline-block; width: .65em; height: .65em; margin-right: .45em; border: 2px solid; border-radius: 50%; }
.now.open { color: var(--good); }
.now.open::before { background: currentColor; }
.now.unknown::before { border-style: dotted; }
.facts { font-size: .9em; color: var(--soft); }
.contacts { display: flex; flex-wrap: wrap; gap: .45em; padding-top: .2em; }
.contact, .tray button, .ask button, .action {
  display: inline-flex; align-items: center; min-height: 44px; padding: .35em 1em; border: 1.5px solid var(--accent);
  border-radius: 2em; background: none; color: var(--accent); font-weight: 600; text-align: left; text-decoration: none;
}
.contact:first-child, .ask .contact { background: var(--accent); color: var(--on-accent); }
.card ul { padding-left: 1.2em; font-size: .9em; }
.card summary { font-size: .9em; color: var(--soft); text-decoration: underline; }
.wrong { min-height: 32px; padding: 0; font-size: .9em; }
.card .facts a { display: inline-block; min-height: 24px; }
.ask { display: flex; flex-wrap: wrap; gap: .45em; width: 100%; padding: .6em 0 .2em; }
.ask p { width: 100%; }

.tray { display: flex; flex-wrap: wrap; gap: .45em; }
.tray:empty { margin-top: -.7em; } /* still there: it may hold the focus */
.tray:focus { outline: none; }
.tray button:hover, .contact:hover { box-shadow: 0 0 0 2px; }

.notice { display: flex; flex-wrap: wrap; align-items: center; gap: .5em; padding: 0 .9em; }
.notice p:empty { display: none; }
.notice:has(p:not(:empty), button:not([hidden])) { padding-block: .6em; border-top: 1px solid var(--line); background: var(--help); color: var(--help-ink); }
.notice .action { border-color: currentColor; color: inherit; }
.write { display: flex; align-items: flex-end; gap: .5em; padding: .7em .9em .3em; border-top: 1px solid var(--line); }
textarea {
  flex: 1; min-width: 0; min-height: 48px; max-height: 140px; padding: .65em .9em; resize: none;
  border: 1px solid var(--edge); border-radius: 1.3em; background: var(--card); line-height: 1.4;
}
textarea::placeholder { color: var(--soft); opacity: 1; }
.send { min-height: 48px; padding: 0 1.2em; border: 1px solid transparent; border-radius: 2em; background: var(--accent); color: var(--on-accent); font-weight: 600; }
.foot { display: flex; align-items: center; justify-content: space-between; gap: .5em; padding: 0 .5em .3em 1em; font-size: .85em; color: var(--soft); }
.quiet { min-height: 44px; padding: 0 .7em; white-space: nowrap; }
.quiet, .wrong { border: 0; background: none; text-decoration: underline; }

/* A very low window (a phone on its side, 400 % zoom): all of it scrolls, the exit stays. */
@media (max-height: 28rem) {
  .panel, dialog.panel { display: block; overflow: auto; }
  .top { position: sticky; top: 0; z-index: 2; padding-block: .2em; background: var(--paper); }
  .scroll { overflow: visible; }
  .help.stuck { position: static; }
}
@media (prefers-reduced-motion: reduce) { .typing i { animation: none; } }
@media (forced-colors: active) { .lights .on, .now.open::before { background: CanvasText; } .send, .exit { border-color: ButtonText; } }
`);

// The conversation. Everything of it lives in the variables of `start` and in the shadow root, and nowhere else:
// no cookie, no storage, no address, no title. Leaving the page in any way empties both.

import { leave, listen, watchShift } from "./exit.js";
import { make, opens } from "./panel.js";
import { sheet } from "./style.js";
import { askBeforeCalling, bubble, card, mark } from "./view.js";
import { words } from "./words.js";

const PATIENCE = 12000; // milliseconds for one request
const SLOW = 2000; // after this a person hears that it takes longer, and the numbers come forward
const PAUSE = 1500; // before the one second try
const MAX_TEXT = 1000;
const SAFETY = /*safety*/ "";
const EXTRA = /*extra*/ {}; // the hashes of what is only fetched when it is used

// The server knows by it that a second try is no second turn. (`randomUUID` wants https, a demonstration has none.)
const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16)).join("");

/** Fills `element` with the conversation and begins one. `base` is the server's origin, `exitAddress` a neutral page. */
export async function start(element, base, exitAddress) {
  const more = (module) => element.take([module, EXTRA[module]]);
  const language = element.lang + ".js";
  if (language in EXTRA) Object.assign(words, (await more(language).catch(() => ({}))).words);
  const { root, help, launch } = element;
  const launcher = element.hasAttribute("launcher");
  let name = element.getAttribute("name") || "Nachtlicht";
  const numbers = [...help.querySelectorAll("b")].map((node) => node.textContent);
  const narrow = matchMedia("(max-width: 30rem)");
  const canType = matchMedia("(pointer: fine)").matches;

  const here = new AbortController(); // as long as the window stands
  let session = null;
  let life = new AbortController();
  let busy = false;
  let waiting = false; // words that were sent before the last answer was there
  let unsent = null; // the turn that did not get through, with its id
  let idle = 0;
  let need; // the code of what it is about, for the note

  // What is on the screen.
  const lights = make("span", { className: "lights", hidden: true }, make("i"), make("i"), make("i"));
  lights.ariaHidden = "true";
  const exit = make("a", { className: "exit", href: exitAddress, rel: "nofollow noreferrer" }, words.exit, lights);
  const hide = make("button", { className: "plain", type: "button", hidden: !launcher }, "×");
  hide.ariaLabel = words.hide;
  const title = make("h2", { textContent: name, tabIndex: -1 });
  const log = make("div", { className: "log", role: "log" });
  log.ariaLive = "polite";
  log.ariaLabel = words.log;
  log.lang = "nl"; // the bot speaks Dutch, whatever the language of the window
  const typing = make("div", { className: "typing", hidden: true }, make("i"), make("i"), make("i"));
  typing.ariaHidden = "true";
  const tray = make("div", { className: "tray", role: "group", tabIndex: -1 });
  tray.ariaLabel = words.choices;
  const safety = make("details", { className: "safety" }, make("summary", { textContent: words.safe }),
    make("p", { lang: "nl", textContent: SAFETY }), make("p", { textContent: words.thrice }));
  const scroll = make("div", { className: "scroll", role: "region", tabIndex: 0 }, help, safety, log, typing, tray);
  scroll.ariaLabel = words.talk;
  const status = make("p", { role: "status" });
  const action = make("button", { className: "action", type: "button", hidden: true });
  const field = make("textarea", { id: "field", rows: 1, maxLength: MAX_TEXT, autocomplete: "off", enterKeyHint: "send",
    spellcheck: false, placeholder: words.type }); // a spelling service would read along
  const send = make("button", { className: "send", type: "submit", textContent: words.send });
  const form = make("form", { className: "write", autocomplete: "off" },
    make("label", { className: "unseen", htmlFor: "field", textContent: words.field }), field, send);
  const wipe = make("button", { className: "quiet", type: "button", textContent: words.wipe });
  const panel = make(launcher ? "dialog" : "section", { className: "panel" },
    make("div", { className: "top" }, mark(), title, exit, hide), scroll,
    make("div", { className: "notice" }, status, action), form,
    make("div", { className: "foot" }, make("span", { textContent: words.foot }), wipe));
  panel.ariaLabel = name;
  if (words.title) {
    help.firstChild.textContent = words.title;
    for (const line of help.querySelectorAll("a")) line.lastChild.textContent = " " + words.lines[line.firstChild.textContent];
  }
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  root.replaceChildren(launch, panel);

  // Talking to the server.
  async function post(path, body) {
    for (let tries = 2; ; ) {
      const one = new AbortController();
      const stop = () => one.abort();
      const timer = setTimeout(stop, PATIENCE);
      const signal = life.signal;
      signal.addEventListener("abort", stop);
      try {
        const response = await fetch(base + "/api/v1" + path, {
          method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
          cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer", signal: one.signal,
        });
        return { status: response.status, data: await response.json().catch(() => null) };
      } catch (error) {
        tries -= 1;
        if (signal.aborted || !tries) throw error;
        say(words.slow);
        await new Promise((done) => setTimeout(done, PAUSE));
        if (signal.aborted) throw error;
      } finally {
        clearTimeout(timer);
        signal.removeEventListener("abort", stop);
      }
    }
  }

  async function working(task, again) {
    busy = true;
    send.ariaDisabled = "true";
    typing.hidden = false;
    say("");
    toEnd();
    const slow = setTimeout(() => {
      say(words.slow);
      help.classList.add("stuck");
    }, SLOW);
    const signal = life.signal;
    try {
      await task();
    } catch {
      if (!signal.aborted) lost(navigator.onLine === false ? words.offline : words.failed, again);
    } finally {
      clearTimeout(slow);
      if (!signal.aborted) {
        busy = false;
        send.ariaDisabled = "false";
        typing.hidden = true;
        if (status.textContent === words.slow) say("");
        if (waiting && session && !unsent) form.onsubmit(new Event("submit"));
      }
    }
  }

  function begin() {
    return working(async () => {
      const { status: code, data } = await post("/sessions", { tenant: element.getAttribute("tenant") || "demo" });
      if (code !== 201) return lost(data?.title || words.failed, begin);
      session = data.session;
      dress(data.window);
      show(data.messages);
      later(data.expires_in);
    }, begin);
  }

  function take(turn, shown) {
    waiting = busy;
    if (busy) return;
    if (!session) return begin(); // the words stay in the field until there is a conversation to put them in
    if (navigator.onLine === false) return lost(words.offline);
    if (!unsent || unsent.text !== turn.text || unsent.payload !== turn.payload) unsent = { ...turn, id: newId() };
    const asked = unsent;
    const mine = bubble("", shown, numbers);
    const choices = [...tray.childNodes];
    working(async () => {
      root.querySelector(".learn")?.remove();
      log.append(mine);
      tray.replaceChildren();
      if (turn.text) field.value = "";
      grow();
      toEnd();
      let answer;
      try {
        answer = await post("/messages", { session, ...asked });
        if (answer.status !== 200) throw answer;
      } catch (problem) {
        if (!session) return;
        mine.remove();
        tray.replaceChildren(...choices);
        if (turn.text) field.value = field.value ? turn.text + "\n" + field.value : turn.text;
        grow();
        if (problem.status === 410) return over(problem.data?.title || words.expired);
        if (!problem.status) throw problem;
        unsent = null;
        return lost(problem.data?.title || words.failed);
      }
      unsent = null;
      const { data } = answer;
      if (data.ended) {
        clear();
        show(data.messages);
        return offer(words.restart, begin);
      }
      need = data.understood.needs[0]?.code || need;
      help.classList.toggle("stuck", data.help_bar || data.degraded);
      show(data.messages);
      if (data.learn && turn.text?.length < 201) learn(turn.text);
      later(1800);
    });
  }

  async function erase() {
    const token = session;
    clear();
    say(words.erased);
    offer(words.restart, begin);
    action.focus();
    if (!token) return;
    const done = await post("/sessions/end", { session: token }).catch(() => ({}));
    if (done.status !== 204 && !session) say(words.erasedHere);
  }

  async function wrong(id, button) {
    const { status: code, data } = await post("/reports", { session, card: id }).catch(() => ({}));
    if (code !== 204) return say(data?.title || words.later);
    button.textContent = words.thanks;
    button.onclick = null;
  }

  async function note(cards, button) {
    const { signal } = life;
    const made = await more("note.js").catch(() => say(words.later));
    if (made && !signal.aborted) {
      made.open({ make, root, place: scroll, need, cards, lines: [...help.querySelectorAll("a")],
        back: () => (button.isConnected ? button : title).focus() });
    }
  }

  // Where the website lets people help to learn, after a miss; see learn.js.
  async function learn(text) {
    const { signal } = life;
    const made = await more("learn.js").catch(() => 0);
    if (made && !signal.aborted) {
      made.ask({ make, root, place: log, text, back: home, post: (body) => post("/sentences", { session, ...body }) });
    }
  }

  // Showing.
  // As the website's own settings say: its name, and its own line before all others.
  function dress(own) {
    title.textContent = panel.ariaLabel = name = own.name;
    if (own.line && !help.querySelector(".own")) {
      const { number, href, what_for: what, hours } = own.line;
      help.firstChild.after(make("a", { className: "own", href, hours }, make("b", {}, number), " " + what));
    }
  }

  function show(messages) {
    const first = log.childElementCount;
    for (const message of messages) {
      const titles = message.buttons.map((button) => button.title);
      if (message.text) {
        const said = bubble(name, message.text, numbers);
        if (titles.length) {
          said.append(make("span", { className: "unseen", textContent: ` ${words.choose}: ${titles.join(", ")}.` }));
        }
        log.append(said);
      }
      log.append(...message.cards.map((data) => card(data, wrong)));
      tray.append(...message.buttons.map(({ title: text, payload }) => make("button", { type: "button", textContent: text,
        onclick: () => { tray.focus({ preventScroll: true }); take({ payload }, text); } })));
    }
    const cards = messages.flatMap((message) => message.cards);
    if (cards.length) {
      tray.append(make("button", { type: "button", textContent: words.note, onclick: (event) => note(cards, event.target) }));
    }
    typing.hidden = true;
    if (first) scrollTo(log.children[first]);
    if (root.activeElement === tray && !tray.childElementCount) (canType ? field : scroll).focus();
  }

  function say(text) {
    status.textContent = text;
    action.hidden = true;
    action.onclick = null;
  }

  function offer(text, then) {
    action.textContent = text;
    action.hidden = false;
    action.onclick = () => {
      say("");
      home();
      then();
    };
  }

  function lost(text, then) {
    say(text);
    help.classList.add("stuck");
    if (then) offer(words.again, then);
  }

  function over(text) {
    const typed = field.value;
    clear();
    field.value = typed;
    grow();
    say(text);
    offer(words.restart, begin);
    action.focus();
  }

  // Puts the beginning of a message at the top of what can be seen, under the emergency numbers where those stay.
  function scrollTo(node) {
    const low = getComputedStyle(scroll).overflowY === "visible"; // then the whole panel scrolls
    const above = low ? root.querySelector(".top").offsetHeight : help.classList.contains("stuck") ? help.offsetHeight : 0;
    (low ? panel : scroll).scrollTop = node.offsetTop + (low ? scroll.offsetTop : 0) - above - 12;
  }

  function toEnd() {
    scroll.scrollTop = scroll.scrollHeight;
  }

  function grow() {
    field.style.height = "auto";
    field.style.height = Math.min(field.scrollHeight + 2, 140) + "px";
  }

  function home() {
    (canType ? field : title).focus();
  }

  // Forgetting.
  function clear() {
    life.abort();
    life = new AbortController();
    session = unsent = need = null;
    busy = waiting = false;
    send.ariaDisabled = "false";
    clearTimeout(idle);
    field.value = "";
    typing.hidden = true;
    log.replaceChildren();
    tray.replaceChildren();
    for (const ask of root.querySelectorAll(".ask,.note")) ask.remove();
    help.classList.remove("stuck");
    say("");
  }

  function later(seconds) {
    clearTimeout(idle);
    idle = setTimeout(() => over(words.expired), seconds * 1000);
  }

  function gone() {
    const token = session;
    session = null;
    if (token) navigator.sendBeacon(base + "/api/v1/sessions/end", JSON.stringify({ session: token }));
    clear();
    panel.replaceChildren();
    here.abort();
    narrow.onchange = null;
    element.reset();
  }

  // The window itself.
  function place() {
    if (!launcher) return;
    if (panel.open) panel.close();
    panel[narrow.matches ? "showModal" : "show"]();
  }

  watchShift((presses) => {
    if (!panel.isConnected || (launcher && !panel.open)) return;
    lights.hidden = !presses;
    [...lights.children].forEach((light, index) => light.classList.toggle("on", index < presses));
    if (presses === 3) leave(exitAddress, gone);
    else if (presses) say(words.shift.replace("#", 3 - presses));
    else if (!busy && !action.onclick) say("");
  }, here.signal);
  listen({
    pagehide: gone,
    offline: () => lost(words.offline),
    online: () => { if (status.textContent === words.offline) say(""); },
  }, here.signal);
  exit.onclick = (event) => {
    event.preventDefault();
    leave(exitAddress, gone);
  };
  opens(element, panel, hide, () => {
    place();
    home();
  });
  narrow.onchange = () => {
    if (!panel.open) return;
    const focused = root.activeElement;
    place();
    if (focused) focused.focus();
  };
  panel.addEventListener("click", askBeforeCalling);
  wipe.onclick = erase;
  form.onsubmit = (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (text) take({ text }, text);
  };
  field.oninput = grow;
  field.onkeydown = (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) form.onsubmit(event);
  };

  place();
  home();
  return begin();
}

// Everything that is drawn: text nodes only, so that no words of anyone can become markup.

import { make } from "./panel.js";
import { words } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const AT_ONCE = ["tel:112", "tel:101"]; // never asked about first: someone in danger needs one tap
const SAFE = /^(https?|tel|mailto|sms):/i;

/** A small night light: a lamp and its glow. */
export function mark() {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = { class: "mark", viewBox: "0 0 24 24", width: 28, height: 28, fill: "none",
    stroke: "currentColor", "stroke-width": 1.7, "stroke-linecap": "round", "aria-hidden": true };
  for (const name in attributes) svg.setAttribute(name, attributes[name]);
  const shape = (name, d) => {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("class", name);
    path.setAttribute("d", d);
    svg.append(path);
  };
  shape("glow", "M6 16a6 6 0 1 1 12 0z");
  shape("lamp", "M6 16a6 6 0 1 1 12 0zM9.5 19.5h5M12 3.5v2M4.6 6.6 6 8M19.4 6.6 18 8");
  return svg;
}

/** One message. The numbers of helplines inside a text of ours become links. */
export function bubble(who, text, numbers) {
  const mine = !who;
  const parts = mine ? [text] : text.split(new RegExp(`\\b(${numbers.join("|")})\\b(?![.,]\\w)`));
  const isLine = (index) => index % 2 && !/€\s?$|[.,]$/.test(parts[index - 1]); // not the 106 of "€ 106"
  const line = make("p", {}, ...parts.map((part, index) =>
    isLine(index) ? make("a", { href: "tel:" + part, textContent: part }) : part));
  return make("div", { className: mine ? "bubble mine" : "bubble" },
    make("span", { className: "unseen", textContent: (who || words.you) + ": " }), line);
}

/** One place to go: what it costs, whether someone is there now, how to reach it, and why it is here. */
export function card(data, report) {
  const title = make("h3", { textContent: data.name });
  const open = make("p", { className: "now " + data.open.state, textContent: data.open.text });
  const own = data.price.own_share;
  const price = data.price.text + (!own ? "" : ` – ${words.own} € ${own}`);
  const distance = data.distance_km >= 1 ? ` (${Math.round(data.distance_km)} km)` : "";
  return make("article", { className: "card", ariaLabel: data.name },
    title, open,
    make("p", { className: "facts", textContent: [price, data.place + distance].filter(Boolean).join(" · ") }),
    make("p", { textContent: data.summary }),
    make("div", { className: "contacts" }, ...data.contacts.filter(({ href }) => SAFE.test(href)).map(contact)),
    why(data, report));
}

function contact({ channel, value, href, trace }) {
  const label = words.ways[channel] || words.open;
  const shown = value.replace(/^https?:\/\/(www\.)?/, "").replace(/\/.*$/, "");
  const link = make("a", { className: "contact", href, trace, textContent: channel === "website" ? shown : `${label} ${shown}` });
  if (/^http/i.test(href)) Object.assign(link, { target: "_blank", rel: "noopener noreferrer nofollow" });
  if (link.target) link.append(make("span", { className: "unseen", textContent: ` (${words.tab})` }));
  return link;
}

function why(data, report) {
  const items = [...data.why, ...data.not_matching.map((text) => `${words.mind}: ${text}`), data.admission,
    data.wait && `${words.wait}: ${data.wait.text}${data.wait.observed_on ? ` (${words.seen} ${day(data.wait.observed_on)})` : ""}`];
  const details = make("details", {}, make("summary", { textContent: words.why }),
    make("ul", {}, ...items.filter(Boolean).map((textContent) => make("li", { textContent }))));
  details.append(make("p", { className: "facts" }, `${data.provider_type}. ${words.checked} ${day(data.checked_on)}. `,
    SAFE.test(data.source) ? make("a", { href: data.source, target: "_blank", rel: "noopener noreferrer nofollow",
      textContent: words.source }) : ""));
  if (!data.id.startsWith("crisis-")) { // those are fixed texts, not a record
    details.append(make("button", { type: "button", className: "wrong", textContent: words.wrong,
      onclick: (event) => report(data.id, event.target) }));
  }
  return details;
}

function day(iso) {
  const [year, month, date] = String(iso).split("-").map(Number);
  return `${date}/${month}/${year}`;
}

/** Before a phone rings: a call stays visible in the list of calls, and the phone may not be theirs alone. */
export function askBeforeCalling(event) {
  const link = event.target.closest?.('a[href^="tel:"]');
  if (!link || link.sure || AT_ONCE.includes(link.getAttribute("href"))) return;
  event.preventDefault();
  const around = link.closest(".help,.contacts,.bubble") || link.parentNode;
  around.querySelector(".ask")?.remove();
  const number = link.getAttribute("href").slice(4);
  const call = make("a", { className: "contact", href: link.href, textContent: `${words.ways.telefoon} ${number}`, sure: true });
  const ask = make("div", { className: "ask" },
    make("p", {}, words.stays + " ", link.trace, link.hours && `${words.reach}: ${link.hours}.`), call,
    make("button", { type: "button", textContent: words.dont, onclick: () => { ask.remove(); link.focus(); } }));
  ask.setAttribute("role", "group");
  ask.setAttribute("aria-label", `${words.calling} ${number}`);
  around.append(ask);
  ask.scrollIntoView({ block: "nearest" });
  call.focus();
}

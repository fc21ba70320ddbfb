// A note for whoever helps next, and a card for a pocket. Both are made here, in the browser: nothing is kept or sent.

const NEEDS = /*needs*/ {};
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
.note { display: flex; flex-direction: column; gap: .5em; padding: .9em; border: 1px solid var(--line); border-radius: .9em; background: var(--card); }
.note p { font-size: .9em; }
.note label { font-weight: 600; }
.note textarea { flex: none; width: 100%; max-height: none; border-radius: .7em; }
.note div { display: flex; flex-wrap: wrap; gap: .45em; }
.note button { min-height: 44px; padding: .35em 1em; border: 1.5px solid var(--accent); border-radius: 2em; background: none; color: var(--accent); font-weight: 600; }
`);

const phones = (card) => card.contacts.filter(({ channel }) => channel === "telefoon").map(({ value }) => value);

function noteText(need, cards) {
  const near = cards.find(({ distance_km: distance, place }) => distance !== null && place);
  const seen = cards.map((card) => [card.name, ...phones(card).slice(0, 1)].join(", "));
  return [
    `Waarover het gaat: ${NEEDS[need] || ""}`,
    `Mijn streek: ${near ? near.place : ""}`,
    "Wat ik al probeerde: ",
    "Wat ik nu zoek: ",
    `Wat ik vond: ${seen.join("; ")}`,
  ].join("\n");
}

// Whoever finds the card reads numbers and hours, and nothing about a relationship.
function cardText(lines, cards) {
  const numbers = lines.filter(({ href }) => href.startsWith("tel:"))
    .map((line) => `${line.querySelector("b").textContent} – ${line.hours || "overdag"}`);
  for (const number of cards.flatMap(phones)) {
    if (!numbers.some((text) => text.startsWith(number + " "))) numbers.push(`${number} – afspraak`);
  }
  return ["Handige nummers", ...numbers].join("\n");
}

function part(make, id, name, advice, text) {
  const field = make("textarea", { id, rows: text.split("\n").length + 1, value: text, autocomplete: "off", spellcheck: false });
  const told = make("p", { role: "status" });
  const copy = make("button", { type: "button", textContent: "Kopieer", onclick: () => {
    field.select();
    told.textContent = document.execCommand("copy")
      ? "Gekopieerd. Op een gedeeld toestel kan iemand anders dit plakken."
      : "Kopiëren lukt hier niet. De tekst is geselecteerd: kopieer zelf.";
  } });
  copy.ariaLabel = "Kopieer: " + name;
  return [make("label", { htmlFor: id, textContent: name }), make("p", { textContent: advice }), field, make("div", {}, copy), told];
}

/** Opens both under the conversation. `lines` are the links of the emergency block, `back` takes the focus after. */
export function open({ make, root, place, need, cards, lines, back }) {
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  root.querySelector(".note")?.remove();
  const close = make("button", { type: "button", textContent: "Sluit en gooi weg", onclick: () => {
    box.remove();
    back();
  } });
  const title = make("h3", { textContent: "Briefje en kaartje", tabIndex: -1 });
  const box = make("section", { className: "note", lang: "nl" }, title,
    make("p", { textContent: "Alleen jij ziet dit. Wij bewaren het niet en sturen het nergens heen." }),
    ...part(make, "note", "Briefje voor wie je helpt", "Pas het aan zoals je wil. Zet er geen namen in als dat niet hoeft.",
      noteText(need, cards)),
    ...part(make, "pocket", "Kaartje voor op zak", "Er staat niet bij waarvoor de nummers zijn. Op papier is het veiligst.",
      cardText(lines, cards)),
    make("div", {}, close));
  box.ariaLabel = "Briefje en kaartje";
  place.append(box);
  title.focus();
}

// After a miss, where the website lets people help: may this one sentence be kept? First comes what would be left of it.
// The sentence stays in this closure. It goes out for the preview after a first yes; what is kept is the preview.

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
.learn { display: flex; flex-direction: column; gap: .5em; padding: .9em; border: 1px solid var(--line); border-radius: .9em; background: var(--card); }
.learn p { font-size: .9em; }
.learn q { display: block; padding: .5em .7em; border-left: 3px solid var(--accent); }
.learn div { display: flex; flex-wrap: wrap; gap: .45em; }
.learn button { min-height: 44px; padding: .35em 1em; border: 1.5px solid var(--accent); border-radius: 2em; background: none; color: var(--accent); font-weight: 600; }
`);

/** Asks once, under the last answer. `post` sends to the server, `back` takes the focus after. */
export function ask({ make, root, place, text, post, back }) {
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  const box = make("section", { className: "learn", ariaLabel: "Helpen leren" });
  const button = (textContent, onclick) => make("button", { type: "button", textContent, onclick });
  const fill = (...parts) => {
    const focused = box.contains(root.activeElement);
    box.replaceChildren(...parts);
    if (focused) (box.querySelector("button") || box).focus();
  };
  const done = (sentence) => {
    text = "";
    const focused = box.contains(root.activeElement);
    box.replaceChildren(make("p", { role: "status", textContent: sentence }));
    if (focused) back();
  };
  const send = async (body) => {
    const { status, data } = await post(body).catch(() => ({}));
    if (!box.isConnected) return null;
    if (status !== 200 && status !== 204) done(data?.title || "Dat lukt nu niet. Er is niets bewaard.");
    return status === 200 ? data : status === 204;
  };
  const preview = async () => {
    const made = await send({ text });
    if (!made) return;
    if (!made.text) return done("Er blijft te weinig over om van te leren. Er is niets bewaard.");
    text = made.text;
    fill(
      make("p", { textContent: "Dit blijft over. Namen, plaatsen, getallen en woorden die we niet kennen, zijn weg:" }),
      make("q", { textContent: text }),
      make("p", { textContent: "Klopt dat voor jou? We bewaren het hoogstens 180 dagen, zonder uur en zonder wie het schreef." }),
      make("div", {},
        button("Bewaar deze zin", async () => {
          if (await send({ text, keep: true })) done("Bedankt. Deze zin is bewaard. De rest van het gesprek niet.");
        }),
        button("Toch niet", () => done("Oké. Er is niets bewaard."))));
  };
  fill(
    make("p", { textContent: "Ik begreep je niet goed. Mag ik deze ene zin bewaren om bij te leren? Je ziet eerst wat er overblijft." }),
    make("div", {}, button("Ja, toon het eerst", preview), button("Nee", () => { box.remove(); text = ""; back(); })));
  place.append(box);
}

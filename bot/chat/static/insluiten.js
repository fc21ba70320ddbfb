// The page for webmasters: makes the line, tries it out, and tells what is wrong. A pasted page never leaves the browser.

const own = location.origin;
const find = (id) => document.getElementById(id);
const wishes = find("wensen");
const line = find("regel");
const told = find("gekopieerd");

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");

/** What was chosen, by the name of its data- attribute; what is empty or does not fit is left out. */
function chosen() {
  const filled = [...wishes.elements].filter((field) => field.value && field.checkValidity());
  return Object.fromEntries(filled.map((field) => [field.name, field.value.trim()]));
}

function write() {
  const data = Object.entries({ tenant: "demo", ...chosen() }).map(([name, value]) => `data-${name}="${escaped(value)}"`);
  line.value = `<script src="${own}/widget.js" ${data.join(" ")} defer></script>`;
  told.textContent = "";
}

find("kopieer").onclick = () => {
  line.select();
  told.textContent = document.execCommand("copy") ? "Gekopieerd." : "Kopiëren lukt hier niet. De regel is geselecteerd: kopieer zelf.";
};

find("probeer").onclick = () => {
  document.querySelector("nachtlicht-chat")?.remove();
  const element = document.createElement("nachtlicht-chat");
  for (const [name, value] of Object.entries({ tenant: "demo", ...chosen() })) element.setAttribute(name, value);
  element.setAttribute("launcher", "");
  document.body.append(element);
  told.textContent = "De knop staat rechtsonder.";
};

/** The sources that a policy allows for `kind`, or null where it says nothing about it. */
function allowed(policy, kind) {
  const rules = new Map(policy.split(";").map((rule) => rule.trim().split(/\s+/)).reverse()
    .map(([name, ...sources]) => [name.toLowerCase(), sources]));
  const heirs = { "frame-src": ["child-src"], "script-src-elem": ["script-src"] }[kind] || [];
  for (const name of [kind, ...heirs, "default-src"]) if (rules.has(name)) return rules.get(name);
  return null;
}

function lets(sources) {
  const { host, hostname, protocol } = new URL(own);
  return sources.some((source) => {
    const bare = source.toLowerCase().replace(/\/$/, "");
    const wild = bare.replace(/^https?:\/\//, "");
    return bare === "*" || bare === own || bare === host || bare === protocol
      || (wild.startsWith("*.") && hostname.endsWith(wild.slice(1)));
  });
}

const KINDS = [["script-src-elem", "script-src", "het script"], ["connect-src", "connect-src", "de berichten"]];

function policyProblems(policy, mode) {
  const kinds = mode === "iframe" ? [...KINDS, ["frame-src", "frame-src", "het kader"]] : KINDS;
  return kinds.filter(([kind]) => allowed(policy, kind) && !lets(allowed(policy, kind)))
    .map(([, name, what]) => `Je Content-Security-Policy houdt ${what} tegen. Voeg dit adres toe aan ${name}: ${own}`);
}

// Read as text: a page that was pasted is never made into a page.
const bare = (source) => source.replace(/<!--[\s\S]*?-->/g, "");
const tags = (source, name) => bare(source).match(new RegExp(`<${name}\\b(?:"[^"]*"|'[^']*'|[^>"'])*>`, "gi")) || [];
const attribute = (tag, name) => {
  const found = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, "i").exec(tag);
  return found ? found.slice(1).find((value) => value !== undefined) : "";
};
const address = (src) => {
  try {
    return new URL(src.replace(/&amp;/g, "&"), find("adres").value || own).href;
  } catch {
    return src;
  }
};

/** What is wrong with a page, as Dutch sentences; none when all is well. */
async function problems(site, source, header) {
  const scripts = tags(source, "script").map((tag) => ({ tag, src: address(attribute(tag, "src")) }));
  const isLoader = ({ src }) => /\/widget\.js([?#]|$)/.test(src);
  const ours = scripts.filter((script) => isLoader(script) && script.src.startsWith(own + "/widget.js"));
  const copy = scripts.find((script) => isLoader(script) && !script.src.startsWith(own + "/"));
  const old = scripts.find(({ src }) => src.startsWith(own + "/w/"));
  const wrong = [];
  if (copy) wrong.push(`Het script komt van een ander adres (${copy.src}). Een kopie wordt oud en werkt niet meer. Gebruik ${own}/widget.js.`);
  if (old) wrong.push(`Je pagina vraagt één vaste versie (${old.src}). Die is of wordt een oude versie. Gebruik ${own}/widget.js.`);
  if (!ours.length) return wrong.length ? wrong : ["De regel met het script staat niet op deze pagina. Kopieer ze hierboven."];
  if (ours.length > 1) wrong.push(`Het script staat ${ours.length} keer op de pagina. Laat het één keer staan.`);
  const { tag } = ours[0];
  if (attribute(tag, "integrity")) {
    wrong.push("Er staat een integrity-code bij het script. Die hoort bij een oude versie. Haal ze weg: het script kijkt zelf na wat het ophaalt.");
  }
  const [element] = tags(source, "nachtlicht-chat");
  const tenant = attribute(tag, "data-tenant") || (element && (attribute(element, "tenant") || "demo"));
  if (!tenant) wrong.push("In de regel staat geen data-tenant. Daarom verschijnt er geen knop.");
  const mode = attribute(tag, "data-mode") || (element && attribute(element, "mode"));
  const metas = tags(source, "meta").filter((meta) => /^content-security-policy$/i.test(attribute(meta, "http-equiv")));
  const policies = [header, ...metas.map((meta) => attribute(meta, "content"))].filter(Boolean);
  wrong.push(...new Set(policies.flatMap((policy) => policyProblems(policy, mode))));
  const { origin, protocol } = new URL(site);
  if (protocol === "http:" && own.startsWith("https:")) wrong.push("Je pagina begint met http://. Gebruik https://, anders kan iemand meelezen.");
  if (tenant) {
    const answer = await fetch("/api/v1/embedding", {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ tenant, origin }),
    }).catch(() => null);
    if (answer?.status === 422) wrong.push(`De code “${tenant}” is hier niet bekend. Vraag de beheerder van Nachtlicht welke code bij je site hoort.`);
    else if (answer?.status === 403) wrong.push(`Het adres ${origin} staat niet bij de code “${tenant}”. Vraag de beheerder om het toe te voegen, precies zo geschreven.`);
    else if (!answer?.ok) wrong.push("We konden niet nakijken of je site bekend is. Probeer het straks nog eens.");
  }
  return wrong;
}

find("nakijken").onsubmit = async (event) => {
  event.preventDefault();
  const wrong = await problems(find("adres").value, find("bron").value, find("csp").value);
  const sentences = wrong.length ? wrong : ["We vinden geen fouten. Verschijnt de knop niet, kijk dan in de console van je browser."];
  find("uitslag").replaceChildren(...sentences.map((sentence) => {
    const item = document.createElement("li");
    item.textContent = sentence;
    return item;
  }));
};
wishes.oninput = write;
write();

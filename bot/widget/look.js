// A website's own colours, and the numbers that stand open at its own hours. Only fetched by sites that ask for either.

const DAY = { paper: "rgb(251, 248, 243)", suffix: "" };
const NIGHT = { paper: "rgb(33, 33, 44)", suffix: "-dark" }; // the cards: a little lighter than the paper

/** Relative luminance plus 0.05, after WCAG 2.2; null for a colour that lets another one through, or is no rgb. */
function light(colour) {
  if (!colour.startsWith("rgb(")) return null;
  const share = [0.2126, 0.7152, 0.0722];
  return colour.match(/[\d.]+/g).map(Number).reduce((sum, value, index) => {
    const part = value / 255;
    return sum + share[index] * (part > 0.04045 ? ((part + 0.055) / 1.055) ** 2.4 : part / 12.92);
  }, 0.05);
}

function readable(one, other) {
  const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
  return low !== null && high !== null && high / low >= 4.5;
}

/** Gives `element` the colours of its page where they can be read, and opens the numbers at the hours of `open`. */
export function dress(element) {
  const { paper, suffix } = element.getAttribute("theme") === "dark" ? NIGHT : DAY;
  for (const name of ["accent", "on-accent"]) {
    const value = getComputedStyle(element).getPropertyValue(`--nachtlicht-${name}${suffix}`).trim();
    element.style.setProperty("--" + name, value);
  }
  const { color, backgroundColor } = getComputedStyle(element.launch);
  if (!readable(color, backgroundColor) || !readable(backgroundColor, paper)) {
    for (const name of ["accent", "on-accent"]) element.style.removeProperty("--" + name);
  }
  const [from, to] = (element.getAttribute("open") || "0-0").split("-").map(Number);
  const hour = new Date().getHours();
  const inside = from > to ? hour >= from || hour < to : hour >= from && hour < to;
  const { root, box, launch } = element;
  if (!inside || !element.hasAttribute("launcher") || !box.hidden || !box.isConnected) return;
  const close = document.createElement("button");
  Object.assign(close, { className: "launch", textContent: "×", ariaLabel: "Sluiten", onclick: () => {
    close.remove();
    box.hidden = true;
    root.append(launch);
    launch.focus();
  } });
  box.append(launch, " ", close);
  Object.assign(box, { hidden: false, role: "region", ariaLabel: "Hulp" });
}

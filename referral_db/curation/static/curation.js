// Search as you type. Without this file the same form works with its button.
const form = document.querySelector("form[data-live]");
if (form) {
  const target = document.getElementById(form.dataset.live);
  let timer;
  let latest = 0;
  const search = async () => {
    const mine = ++latest;
    const query = new URLSearchParams(new FormData(form));
    for (const [name, value] of [...query]) if (!value) query.delete(name);
    const address = form.action + (query.size ? "?" + query : "");
    try {
      const response = await fetch(address, { headers: { accept: "text/html" } });
      if (mine !== latest || !response.ok || response.redirected) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      target.replaceChildren(...page.getElementById(target.id).childNodes);
      history.replaceState(null, "", address);
    } catch {
      // The button still works.
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, 200);
  });
}
// The text checker beside an answer, while somebody types. Without this file the button "Kijk de tekst na" does it.
const text = document.getElementById("text");
const findings = document.getElementById("keuring");
if (text && findings) {
  let timer;
  let latest = 0;
  const check = async () => {
    const mine = ++latest;
    const body = new URLSearchParams(new FormData(text.form));
    body.set("keur", "ja");
    try {
      const response = await fetch(text.form.action, { method: "POST", body });
      if (mine !== latest || !response.ok || response.redirected) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      findings.replaceChildren(...page.getElementById("keuring").childNodes);
    } catch {
      // The button still works.
    }
  };
  text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(check, 400);
  });
}
// The week of a channel. Typed hours mean that the day is open; another choice empties the hours, and gives them back.
// Without this file the same fields are sent as they stand, and the buttons ask the page again.
for (const week of document.querySelectorAll(".week")) {
  const days = [...week.querySelectorAll("tbody tr")].map((row) => ({
    kind: row.querySelector("select"),
    times: [...row.querySelectorAll("input")],
  }));
  for (const { kind, times } of days) {
    let typed = [];
    for (const time of times)
      time.addEventListener("input", () => {
        if (time.value) kind.value = "uren";
      });
    kind.addEventListener("change", () => {
      const now = times.map((time) => time.value);
      if (now.some(Boolean)) typed = now;
      const open = kind.value === "uren";
      times.forEach((time, index) => (time.value = open ? now[index] || (now.some(Boolean) ? "" : typed[index] || "") : ""));
    });
  }
  const said = week.querySelector("[aria-live]");
  for (const button of week.querySelectorAll("button[name=neem_over]"))
    button.addEventListener("click", (event) => {
      event.preventDefault();
      const [monday, ...others] = days;
      for (const day of button.value.endsWith("werkdagen") ? others.slice(0, 4) : others) {
        day.kind.value = monday.kind.value;
        day.times.forEach((time, index) => (time.value = monday.times[index].value));
      }
      said.textContent = "Overgenomen van maandag.";
    });
}
// Places while somebody types one. Without this file the page says what it did not understand, with choices.
for (const list of document.querySelectorAll("datalist[data-places]")) {
  const field = document.getElementById(list.dataset.places);
  let timer;
  let latest = 0;
  const look = async () => {
    const mine = ++latest;
    try {
      const response = await fetch("/plaatsen?" + new URLSearchParams({ zoek: field.value }));
      if (mine !== latest || !response.ok) return;
      list.replaceChildren(...(await response.json()).map((label) => new Option(label, label)));
    } catch {
      // What is typed is checked when it is saved.
    }
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, 150);
  });
}
// A form that could not be saved: go to what is wrong.
document.getElementById("problemen")?.focus();

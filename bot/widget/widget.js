// The loader: a launcher (or an inline start) and the emergency numbers. The rest comes when a person opens it.
(() => {
  const config = /*config*/ {};
  const script = document.currentScript;
  const base = new URL(script.src).origin;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
:host{all:initial;display:block;font:medium/1.5 var(--nachtlicht-font,system-ui,sans-serif);
--paper:#fbf8f3;--ink:#2b2733;--accent:#43406b;--on-accent:#fff}
:host([theme=dark]){color-scheme:dark;--paper:#16161e;--ink:#ece6db;
--accent:#e9bd7a;--on-accent:#221a0c}
[hidden]{display:none!important}
.launch{font:inherit;font-weight:600;padding:.7em 1.2em;border:1px solid transparent;border-radius:2em;
background:var(--accent);color:var(--on-accent);cursor:pointer}
.launch:before{content:"";display:inline-block;width:.9em;height:.45em;margin:0 .6em .2em 0;
border:2px solid;border-radius:1em 1em 0 0}
.box{padding:1em;border:1px solid;border-radius:1em;background:var(--paper);color:var(--ink)}
.box a{display:block;padding:.5em 0;color:inherit}
:host([launcher])>*{position:fixed;right:1rem;bottom:1rem;z-index:2147483000}`);

  const make = (tag, props, ...children) => {
    const node = Object.assign(document.createElement(tag), props);
    node.append(...children);
    return node;
  };
  customElements.define("nachtlicht-chat", class extends HTMLElement {
    connectedCallback() {
      this.root = this.shadowRoot || this.attachShadow({ mode: "open" });
      this.auto = !this.hasAttribute("theme");
      this.lang ||= "nl";
      this.reset();
      if (this.hasAttribute("now")) this.open();
    }

    // The only two things that a host page is told.
    tell(what) {
      this.dispatchEvent(new Event(what));
    }

    // A module is fetched by its hash; `import` then takes the copy that was checked.
    async take([name, integrity]) {
      const href = base + config.path + name;
      const link = make("link", { rel: "modulepreload", crossOrigin: "", integrity, href });
      if (link.relList.supports(link.rel)) {
        await new Promise((onload, onerror) => document.head.append(Object.assign(link, { onload, onerror })));
      }
      return import(href);
    }

    // As it was before anyone opened it: nothing of a conversation is left in here.
    reset() {
      const hour = new Date().getHours();
      const dark = hour > 21 || hour < 7 || matchMedia("(prefers-color-scheme:dark)").matches;
      if (this.auto) this.setAttribute("theme", dark ? "dark" : "light");
      this.help = make("div", { className: "help" }, make("p", { textContent: "Nu hulp nodig? Bel gratis" }),
        ...config.lines.map(([number, href, what, hours]) =>
          make("a", { href, hours }, make("b", {}, number), " " + what)));
      this.launch = make("button", { className: "launch", onclick: () => this.open() },
        this.getAttribute("label") || "Stel je vraag");
      this.box = make("div", { className: "box", hidden: this.hasAttribute("launcher") }, this.help);
      this.root.adoptedStyleSheets = [sheet];
      this.root.replaceChildren(this.box, this.launch);
      // Its own colours or hours: those are looked at first.
      if (this.hasAttribute("open") || getComputedStyle(this).getPropertyValue("--nachtlicht-accent")) {
        this.take(config.host).then(({ dress }) => dress(this)).catch(() => {}); // then the safe colours stay
      }
    }

    async open() {
      this.tell("opened");
      this.launch.hidden = true;
      this.box.hidden = false;
      const status = make("p", { role: "status", tabIndex: -1 }, "Even geduld…");
      this.box.append(status);
      status.focus();
      try {
        const framed = this.getAttribute("mode") == "iframe";
        (await this.take(framed ? config.host : config.main)).start(this, base, config.exit);
      } catch {
        status.replaceChildren("Het gesprek laadt niet. De nummers hierboven werken altijd.",
          make("a", { href: base + "/gesprek" }, "Zonder venster"),
          make("a", { href: config.exit }, "Verlaat snel"));
      }
    }
  });

  if (script.dataset.tenant) {
    const element = make("nachtlicht-chat");
    for (const name in script.dataset) element.setAttribute(name, script.dataset[name]);
    element.setAttribute("launcher", "");
    document.body.append(element);
  }
})();

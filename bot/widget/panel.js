// What the conversation and its frame share: making nodes, and a panel that a launcher opens and closes.

export function make(tag, props, ...children) {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children.filter((child) => child != null && child !== ""));
  return node;
}

/** Lets the launcher of `element` open `panel` by `show`, and `hide` or Escape close it; the host page hears of both. */
export function opens(element, panel, hide, show) {
  const { launch } = element;
  launch.onclick = () => {
    launch.hidden = true;
    show();
    element.tell("opened");
  };
  hide.onclick = panel.oncancel = panel.onkeydown = (event) => {
    if (event.key && (event.key !== "Escape" || hide.hidden)) return;
    event.preventDefault();
    panel.close();
    launch.hidden = false;
    launch.focus();
    element.tell("closed");
  };
}

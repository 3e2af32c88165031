// Opens flyouts as modal dialogs and keeps the open one in the URL without making history.
//
// A trigger is a link to the page with the flyout open (?row=…), so that it works without this file too. Content that
// is not in the page yet is taken out of that very page: the server needs no second address for it.

let trigger = null;
let serial = 0;

const address = (href) => new URL(href, location.href);

function mark(link) {
  for (const row of document.querySelectorAll('tr[aria-selected="true"]')) row.removeAttribute("aria-selected");
  link?.closest("tr[data-row]")?.setAttribute("aria-selected", "true");
}

function show(dialog) {
  if (dialog.matches(":modal")) return;
  dialog.removeAttribute("open"); // the server opens it as a plain panel
  dialog.showModal();
  dialog.dispatchEvent(new CustomEvent("flyout:shown", { bubbles: true }));
}

async function load(dialog, href) {
  const mine = ++serial;
  const content = dialog.querySelector(".flyout-content");
  content.setAttribute("aria-busy", "true");
  content.querySelector(".flyout-body").inert = true; // of the row before: what is chosen there would be lost, or go to that row
  try {
    const response = await fetch(href, { headers: { "X-Flyout": dialog.id }, credentials: "same-origin" });
    const html = await response.text();
    if (mine !== serial) return; // a later row was opened meanwhile
    const fresh = new DOMParser().parseFromString(html, "text/html").getElementById(content.id);
    if (!response.ok || !fresh) throw new Error(`no #${content.id} in the answer (${response.status})`);
    content.replaceChildren(...fresh.childNodes);
    window.htmx?.process(content);
    dialog.dispatchEvent(new CustomEvent("flyout:loaded", { bubbles: true }));
    content.querySelector(".flyout-title")?.focus();
  } catch {
    if (mine === serial) location.assign(href); // the page itself says what is wrong
  } finally {
    if (mine === serial) content.removeAttribute("aria-busy");
  }
}

function open(dialog, link) {
  trigger = link;
  mark(link);
  history.replaceState(history.state, "", link.href);
  show(dialog);
  if (!("inPage" in dialog.dataset)) load(dialog, link.href);
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const close = event.target.closest("[data-flyout-close]");
  const dialog = event.target.closest("dialog[data-flyout]");
  if (close || (dialog && event.target === dialog)) {
    event.preventDefault();
    dialog.close();
    return;
  }
  const link = event.target.closest("a[data-flyout-open]");
  const target = link && document.getElementById(link.dataset.flyoutOpen);
  if (!target) return;
  event.preventDefault();
  open(target, link);
});

document.addEventListener(
  "close",
  (event) => {
    const dialog = event.target;
    if (!dialog.matches?.("dialog[data-flyout]") || dialog.open) return; // open: again, before this was heard
    serial += 1;
    const url = address(location.href);
    url.searchParams.delete(dialog.dataset.param);
    history.replaceState(history.state, "", url);
    mark(null);
    trigger?.focus();
    trigger = null;
  },
  true, // `close` does not bubble
);

for (const dialog of document.querySelectorAll("dialog[data-flyout][open]")) {
  const wanted = address(location.href).searchParams.get(dialog.dataset.param);
  trigger = [...document.querySelectorAll(`a[data-flyout-open="${dialog.id}"]`)].find(
    (link) => address(link.href).searchParams.get(dialog.dataset.param) === wanted,
  );
  mark(trigger);
  show(dialog);
}

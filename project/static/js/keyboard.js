// Keys that work on every page: / ? . and g with a letter of the nav. Those of table rows are in rows.js.

const WAIT = 1200; // milliseconds in which the letter after g counts

let went = -Infinity;

const isTyping = (target) => target.closest?.("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");
const goLinks = () => [...document.querySelectorAll("a[data-go]")];

function openSwitcher() {
  const switcher = document.querySelector("[data-switcher]");
  if (switcher) switcher.open = true; // it focuses its filter itself
  return Boolean(switcher);
}

function search() {
  const field = document.querySelector("[data-search]");
  if (!field) return openSwitcher();
  field.focus();
  field.select();
  return true;
}

function help() {
  document.getElementById("keys-help")?.showModal();
  return true;
}

function go(key) {
  const link = goLinks().find((a) => a.dataset.go === key);
  link?.click();
  return Boolean(link);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
  if (document.querySelector("dialog:modal")) return;
  const isAfterG = event.timeStamp - went < WAIT;
  went = -Infinity;
  const action = isAfterG
    ? () => go(event.key)
    : {
        "/": search,
        "?": help,
        ".": openSwitcher,
        g: () => {
          went = event.timeStamp;
          return true;
        },
      }[event.key];
  if (action?.()) event.preventDefault();
});

const list = document.querySelector("[data-go-list]");
for (const link of list ? goLinks() : []) {
  const entry = document.createElement("div");
  const keys = document.createElement("dt");
  for (const key of ["g", link.dataset.go]) {
    const cap = document.createElement("kbd");
    cap.textContent = key;
    keys.append(cap, " ");
  }
  const words = document.createElement("dd");
  words.textContent = link.textContent;
  entry.append(keys, words);
  list.append(entry);
}

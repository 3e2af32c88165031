// Rows that open something: a click anywhere on the row, and j / k / Enter from the keyboard.
//
// The row's link is what has focus, so that Enter, the middle button and screen readers work by themselves.

const links = () => [...document.querySelectorAll("tr[data-row] a[data-row-link]")].filter((a) => a.offsetParent);
const isTyping = (target) => target.closest?.("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");

function currentIndex(all) {
  const selected = document.querySelector('tr[aria-selected="true"] a[data-row-link]');
  const focused = document.activeElement?.closest("tr[data-row]")?.querySelector("a[data-row-link]");
  return all.indexOf(focused ?? selected);
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "j" && event.key !== "k") return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
  const modal = document.querySelector("dialog:modal");
  if (modal && !modal.matches("[data-flyout]")) return;
  const all = links();
  const at = currentIndex(all);
  const next = all[event.key === "j" ? at + 1 : Math.max(at - 1, 0)];
  if (!next) return;
  event.preventDefault();
  if (modal) next.click(); // the open flyout moves on to the next row
  else next.focus();
  next.closest("tr").scrollIntoView({ block: "nearest" });
});

document.addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-row]");
  if (!row || event.defaultPrevented || event.button) return;
  if (event.target.closest("a, button, input, label, select, summary") || String(getSelection())) return;
  const link = row.querySelector("a[data-row-link]");
  if (!link) return;
  if (event.ctrlKey || event.metaKey) open(link.href, "_blank", "noopener");
  else link.click();
});

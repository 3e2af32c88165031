// Buttons that copy a text (data-copy) and say so for a moment (data-copied).

const SHOWN = 1500;

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    return; // a page without TLS has no clipboard; the text itself can still be selected
  }
  const label = button.getAttribute("aria-label");
  button.classList.add("is-copied");
  button.setAttribute("aria-label", button.dataset.copied);
  button.title = button.dataset.copied;
  setTimeout(() => {
    button.classList.remove("is-copied");
    button.setAttribute("aria-label", label);
    button.removeAttribute("title");
  }, SHOWN);
});

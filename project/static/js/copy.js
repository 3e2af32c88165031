// Buttons that copy a text (data-copy), or that of another element (data-copy-from), and say so for a moment
// (data-copied).

const SHOWN = 1500;

const textOf = (button) => button.dataset.copy ?? document.getElementById(button.dataset.copyFrom).textContent;

// A page without TLS has no clipboard: what is to be copied is selected then, for Ctrl+C.
const select = (button) => {
  const shown = document.getElementById(button.dataset.copyFrom ?? "");
  if (shown) getSelection().selectAllChildren(shown);
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-copy-from]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(textOf(button));
  } catch {
    select(button);
    return;
  }
  if (button.classList.contains("is-copied")) return;
  const label = button.getAttribute("aria-label");
  const words = button.childElementCount ? null : button.textContent;
  button.classList.add("is-copied");
  button.setAttribute("aria-label", button.dataset.copied);
  button.title = button.dataset.copied;
  if (words !== null) button.textContent = button.dataset.copied;
  setTimeout(() => {
    button.classList.remove("is-copied");
    if (label === null) button.removeAttribute("aria-label");
    else button.setAttribute("aria-label", label);
    button.removeAttribute("title");
    if (words !== null) button.textContent = words;
  }, SHOWN);
});

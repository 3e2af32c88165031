// The chips below the list of recipients: the server checks what is typed and draws them, this takes one out again.

const list = document.querySelector("textarea[data-recipients]");

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-remove-recipient]");
  if (!button || !list) return;
  const gone = button.dataset.removeRecipient.toLowerCase();
  const kept = [...document.querySelectorAll("[data-remove-recipient]")]
    .map((other) => other.dataset.removeRecipient)
    .filter((address) => address.toLowerCase() !== gone);
  list.value = kept.join("\n");
  list.dispatchEvent(new Event("input", { bubbles: true }));
  list.focus();
});

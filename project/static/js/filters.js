// Forms of filters: a choice applies at once, and empty fields stay out of the URL. Without this file a button applies them.

document.addEventListener("change", (event) => {
  if (event.target.closest("[data-autosubmit]")) event.target.form?.requestSubmit();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "get" || !form.matches("[data-filters]")) return;
  const empty = [...form.elements].filter((field) => field.name && field.value === "" && !field.disabled);
  for (const field of empty) field.disabled = true;
  // The form's data is gathered after this event; Back must find the fields usable again.
  setTimeout(() => empty.forEach((field) => (field.disabled = false)));
});

// What a script put into the URL after the page was made (which series a chart hides) goes along with its links and forms.

const CARRIED = ["hide"];

document.addEventListener(
  "click",
  (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || link.origin !== location.origin || link.pathname !== location.pathname) return;
    const here = new URL(location.href).searchParams;
    const there = new URL(link.href);
    for (const key of CARRIED) {
      if (here.has(key)) there.searchParams.set(key, here.get(key));
      else there.searchParams.delete(key);
    }
    if (there.href !== link.href) link.href = there.href;
  },
  true, // before whoever follows the link
);

document.addEventListener("formdata", (event) => {
  const form = event.target;
  if (form.method !== "get" || new URL(form.action).pathname !== location.pathname) return;
  const here = new URL(location.href).searchParams;
  for (const key of CARRIED) {
    if (here.has(key)) event.formData.set(key, here.get(key));
    else event.formData.delete(key);
  }
});

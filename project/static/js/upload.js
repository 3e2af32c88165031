// The upload of a log: shows what was chosen, proposes the year of the first line for all to see, and tells how much is sent.
// The server decides everything anew; without this file the form works as it stands.

const HEAD = 65536;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WITHOUT_YEAR = /^(?:<\d{1,3}>)?([A-Z][a-z]{2}) {1,2}(\d{1,2}) \d\d:\d\d:\d\d[ .,]/;
const WITH_YEAR = /^(?:<\d{1,3}>(?:1 )?)?(?:\d{4}-\d\d-\d\d[T ]\d\d:|[A-Z][a-z]{2} {1,2}\d{1,2} \d{4} \d\d:)/;
const language = document.documentElement.lang;
let proposed = "";

const form = () => document.querySelector("[data-upload]");
const part = (name) => form().querySelector(`[data-${name}]`);
const sizeOf = (bytes) => {
  // Powers of 1024, as the pages write sizes.
  const step = bytes < 1048576 ? [1024, "kilobyte"] : bytes < 1073741824 ? [1048576, "megabyte"] : [1073741824, "gigabyte"];
  return new Intl.NumberFormat(language, { style: "unit", unit: step[1], maximumFractionDigits: 1 }).format(bytes / step[0]);
};

function words(name, values = {}) {
  const text = form().querySelector(`template[data-words="${name}"]`).content.textContent;
  return text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

function show(element, text) {
  element.textContent = text;
  element.hidden = !text;
}

async function headOf(file) {
  const start = file.slice(0, HEAD);
  const magic = new Uint8Array(await start.slice(0, 8).arrayBuffer());
  if (magic[0] !== 0x1f || magic[1] !== 0x8b) return { text: await start.text(), written: file.lastModified };
  // A gzip header tells when the log itself was written (RFC 1952).
  const written = new DataView(magic.buffer).getUint32(4, true) * 1000 || file.lastModified;
  const reader = start.stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  try {
    const { value } = await reader.read();
    return { text: new TextDecoder().decode(value), written };
  } catch {
    return { text: "", written };
  } finally {
    reader.cancel().catch(() => {});
  }
}

function judge({ text, written }) {
  const changed = new Date(written);
  const date = new Intl.DateTimeFormat(language, { dateStyle: "long" }).format(changed);
  for (const line of text.split("\n")) {
    if (WITH_YEAR.test(line)) return { year: "", said: words("stamped") };
    const [, name, day] = WITHOUT_YEAR.exec(line) ?? [];
    const month = MONTHS.indexOf(name);
    if (month < 0) continue;
    // Zones may set the file a day back; a first line later in the year than the file is of the year before.
    const year = changed.getFullYear();
    const isLater = new Date(year, month, Number(day)) > new Date(written + 2 * 86400000);
    const of = String(isLater ? year - 1 : year);
    return { year: of, said: words("dated", { year: of, stamp: `${name} ${day}`, date }) };
  }
  const year = String(changed.getFullYear());
  return { year, said: words("guessed", { year, date }) };
}

async function propose(file) {
  const field = form().elements.year;
  if (field.value && field.value !== proposed) return;
  const { year, said } = judge(await headOf(file));
  if (form().elements.file.files[0] !== file) return;
  field.value = proposed = year;
  show(part("proposal"), said);
}

function choose() {
  const file = form().elements.file.files[0];
  const isTooLarge = Boolean(file) && file.size > Number(form().dataset.limit);
  show(part("chosen"), file ? `${file.name} · ${sizeOf(file.size)}` : "");
  part("too-large").hidden = !isTooLarge;
  form().querySelector("button[type=submit]").disabled = isTooLarge;
  if (file && !isTooLarge) propose(file);
  else show(part("proposal"), "");
}

function fitSource() {
  // The form of a shared server asks for no source.
  if (!form().elements.source) return;
  const isNew = form().elements.source.value === form().dataset.new;
  part("new-source").hidden = !isNew;
  part("new-source").disabled = !isNew;
}

document.addEventListener("change", (event) => {
  if (event.target.form !== form() || !form()) return;
  if (event.target.name === "file") choose();
  if (event.target.name === "source") fitSource();
});
document.addEventListener("input", (event) => {
  if (event.target.form === form() && event.target.name === "year") show(part("proposal"), "");
});
for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    event.target.closest?.("[data-drop]")?.classList.toggle("is-over", kind === "dragenter" || kind === "dragover");
  });
}
document.addEventListener("htmx:xhr:progress", (event) => {
  if (event.target !== form() || !event.detail.lengthComputable) return;
  const { loaded, total } = event.detail;
  const bar = part("sending").querySelector("progress");
  bar.value = loaded / total;
  if (loaded === total) bar.removeAttribute("value");
  part("sending").hidden = false;
  show(part("sending-words"), loaded === total ? words("sent") : words("sending", { sent: sizeOf(loaded), size: sizeOf(total) }));
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target === form()) part("sending").hidden = true;
});
document.addEventListener("htmx:afterSwap", () => {
  if (!form()) return;
  fitSource();
  choose();
});

fitSource();
choose();

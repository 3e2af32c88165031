// The tenant switcher: type to filter, arrows to move, the customers seen last stand first.

const KEY = "recent-tenants";
const REMEMBERED = 8;

const recent = () => {
  try {
    const slugs = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(slugs) ? slugs : [];
  } catch {
    return [];
  }
};

const remember = (slug) => {
  try {
    const slugs = [slug, ...recent().filter((other) => other !== slug)];
    localStorage.setItem(KEY, JSON.stringify(slugs.slice(0, REMEMBERED)));
  } catch {
    // without storage the list keeps the server's order
  }
};

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function start(switcher) {
  const filter = switcher.querySelector("[data-switcher-filter]");
  const list = switcher.querySelector("[data-switcher-list]");
  const none = switcher.querySelector("[data-switcher-none]");
  const items = () => [...list.querySelectorAll("li:not([hidden]) a")];
  const { current } = switcher.dataset;

  if (current) remember(current);
  for (const slug of recent().reverse()) {
    const link = [...list.querySelectorAll("a")].find((a) => a.dataset.slug === slug);
    if (link) list.prepend(link.closest("li"));
  }

  const narrow = () => {
    const words = fold(filter.value).split(/\s+/).filter(Boolean);
    for (const item of list.children) {
      const text = fold(item.textContent);
      item.hidden = !words.every((word) => text.includes(word));
    }
    none.hidden = items().length > 0;
  };
  filter.addEventListener("input", narrow);
  switcher.addEventListener("toggle", () => {
    if (!switcher.open) return;
    filter.value = "";
    narrow();
    list.scrollTop = 0;
    filter.focus();
  });
  switcher.addEventListener("keydown", (event) => {
    const links = items();
    const at = links.indexOf(document.activeElement);
    if (event.key === "ArrowDown") (links[at + 1] ?? links[0])?.focus();
    else if (event.key === "ArrowUp") (at > 0 ? links[at - 1] : filter).focus();
    else if (event.key === "Enter" && document.activeElement === filter) {
      // The page now shown stands first among the recent ones; Enter alone should lead away from it.
      (links.find((a) => filter.value || a.dataset.slug !== current) ?? links[0])?.click();
    } else return;
    event.preventDefault();
  });
}

document.querySelectorAll("[data-switcher]").forEach(start);

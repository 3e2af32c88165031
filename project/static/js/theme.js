// Sets light or dark before the first paint, so that no page flashes; follows the system until somebody chooses otherwise.
(() => {
  const KEY = "theme";
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const stored = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // storage can be forbidden; the system's choice stands then
    }
  };
  const remember = (theme) => {
    try {
      if (theme === null) localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, theme);
    } catch {
      // the choice holds for this page only
    }
  };
  const current = () => stored() ?? (system.matches ? "dark" : "light");
  const apply = (theme) => {
    const isNew = root.dataset.bsTheme !== theme;
    root.dataset.bsTheme = theme;
    for (const button of document.querySelectorAll("[data-theme-toggle]")) {
      button.setAttribute("aria-pressed", String(theme === "dark"));
    }
    if (isNew) document.dispatchEvent(new CustomEvent("theme:changed"));
  };

  root.classList.add("js");
  apply(current());
  system.addEventListener("change", () => apply(current()));
  addEventListener("beforeprint", () => apply("light"));
  addEventListener("afterprint", () => apply(current()));
  addEventListener("storage", (event) => event.key === KEY && apply(current()));
  document.addEventListener("DOMContentLoaded", () => apply(current()));
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-theme-toggle]")) return;
    const theme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    const isSystems = theme === (system.matches ? "dark" : "light");
    remember(isSystems ? null : theme); // back to the system's colours is back to following them
    apply(theme);
  });
})();

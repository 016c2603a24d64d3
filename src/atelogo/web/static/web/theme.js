// The theme before the first paint: what the person chose, else what the device says.
"use strict";
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    const cookie = document.cookie.match(/(?:^|; )atelogo_theme=(light|dark)/);
    return cookie ? cookie[1] : "";
  };
  const apply = () => {
    root.dataset.bsTheme = chosen() || (dark.matches ? "dark" : "light");
    document.dispatchEvent(new Event("atelogo:theme"));
  };
  apply();
  dark.addEventListener("change", apply);
  window.atelogoTheme = {
    toggle() {
      const next = root.dataset.bsTheme === "dark" ? "light" : "dark";
      const secure = location.protocol === "https:" ? "; Secure" : "";
      document.cookie = `atelogo_theme=${next}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
      apply();
    },
  };
})();

"use strict";
// Small comforts only: every page works without this file.
(() => {
  for (const button of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = button.dataset.done;
    });
  }
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  // A link may carry its token behind "#", which never reaches a server's log: it is posted at once.
  const form = document.getElementById("link-form");
  const given = new URLSearchParams(location.hash.slice(1));
  if (form && given.get("t")) {
    form.elements.t.value = given.get("t");
    form.elements.para.value = given.get("para") || "";
    history.replaceState(null, "", location.pathname);
    form.submit();
  }
})();

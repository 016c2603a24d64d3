// Comforts of "Novo cancelamento"; the page does its work without them.
"use strict";
(() => {
  const form = document.getElementById("entry");
  if (!form) return;

  // The chosen reason's definition stands beside it, from the guide that is on the page.
  const select = document.getElementById("id_reason");
  const help = document.getElementById("reason-help");
  const hint = help && help.innerHTML;
  const explain = () => {
    const entry = document.getElementById(`guide-${select.value}`);
    help.innerHTML = entry ? entry.innerHTML : hint;
  };
  if (select && help) {
    ["change", "focus", "input"].forEach((name) => select.addEventListener(name, explain));
    explain();
  }

  // Ctrl+Enter sends from anywhere on the form.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const main = form.querySelector("[data-main]");
    if (!main) return;
    event.preventDefault();
    form.requestSubmit(main);
  });
})();

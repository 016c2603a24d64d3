// Comforts of "Novo cancelamento"; the page does its work without them.
"use strict";
(() => {
  const DRAFT = "atelogo-entry";
  const LONGEST_AGE = 2 * 60 * 60 * 1000;
  // What is no answer of the person at the desk: it is the server's, or belongs to one sending.
  const NOT_TYPED = new Set(["csrfmiddlewaretoken", "key", "act"]);

  const form = document.getElementById("entry");
  if (!form) {
    // The page that follows a recording: what was kept in case of an accident is not needed any more.
    sessionStorage.removeItem(DRAFT);
    return;
  }

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

  // What was typed outlives a session that ended or a page closed by accident: kept in this tab alone, for two
  // hours, until it is recorded or thrown away.
  const typed = () => [...new FormData(form)].filter(([name, value]) => !NOT_TYPED.has(name) && value !== "");
  const keep = () => sessionStorage.setItem(DRAFT, JSON.stringify({ at: Date.now(), typed: typed() }));
  const kept = () => {
    try {
      const found = JSON.parse(sessionStorage.getItem(DRAFT));
      return found && Date.now() - found.at < LONGEST_AGE ? found : null;
    } catch {
      return null;
    }
  };
  const bar = document.getElementById("kept");
  const draft = kept();
  if (bar && draft && draft.typed.some(([name]) => name === "note" || name === "customer" || name === "words")) {
    bar.querySelector("time").textContent = new Date(draft.at).toLocaleTimeString(document.documentElement.lang, {
      hour: "2-digit", minute: "2-digit",
    });
    bar.hidden = false;
    bar.querySelector("[data-back]").addEventListener("click", () => {
      const back = document.createElement("form");
      back.method = "post";
      back.action = form.action;
      const pairs = [...draft.typed, ["act", "look"], ["csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value]];
      pairs.forEach(([name, value]) => {
        const field = document.createElement("input");
        Object.assign(field, { type: "hidden", name, value });
        back.append(field);
      });
      document.body.append(back);
      back.submit();
    });
    bar.querySelector("[data-drop]").addEventListener("click", () => {
      sessionStorage.removeItem(DRAFT);
      bar.hidden = true;
    });
  } else if (!bar) {
    keep();
  }
  form.addEventListener("input", keep);
})();

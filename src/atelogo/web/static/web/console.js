// Small comforts of the console. Every page does its work without them.
"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const say = (text) => {
    const live = document.getElementById("live");
    if (live) live.textContent = text;
  };

  // What only works with scripts is hidden in the markup and shown here.
  const reveal = (within) => all(".needs-script[hidden]", within).forEach((part) => part.removeAttribute("hidden"));

  // Theme ---------------------------------------------------------------------------------------------------
  const markTheme = () => {
    const dark = document.documentElement.dataset.bsTheme === "dark";
    all("[data-theme-toggle]").forEach((button) => button.setAttribute("aria-pressed", String(dark)));
  };

  // Copying -------------------------------------------------------------------------------------------------
  const copy = async (button) => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      // Without a secure origin there is no clipboard: select the text so that the keyboard can copy it.
      const area = document.createElement("textarea");
      area.value = button.dataset.copy;
      area.className = "visually-hidden";
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      button.focus();
    }
    const label = button.querySelector("span");
    const before = label.textContent;
    label.textContent = button.dataset.copied;
    say(button.dataset.copied);
    setTimeout(() => { label.textContent = before; }, 2000);
  };

  // Disclosures close on Escape and on a click elsewhere; focus returns to what opened them. ----------------
  const close = (details, focus) => {
    details.open = false;
    if (focus) details.querySelector("summary").focus();
  };

  // The menu of small screens ---------------------------------------------------------------------------------
  const toggleMenu = (button) => {
    const menu = document.getElementById(button.getAttribute("aria-controls"));
    button.setAttribute("aria-expanded", String(menu.classList.toggle("show")));
  };

  // Command palette -----------------------------------------------------------------------------------------
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const palette = () => document.getElementById("palette");
  const options = () => all("[role=option]", palette()).filter((option) => !option.hidden);
  const choose = (option) => {
    all("[role=option]", palette()).forEach((one) => one.setAttribute("aria-selected", String(one === option)));
    const field = palette().querySelector("input[name=q]");
    if (option) {
      field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      field.removeAttribute("aria-activedescendant");
    }
  };
  const chosen = () => palette().querySelector("[aria-selected=true]:not([hidden])");
  const filter = () => {
    const wanted = fold(palette().querySelector("input[name=q]").value.trim());
    all("[role=option]", palette()).forEach((option) => {
      option.hidden = !fold(option.textContent).includes(wanted);
    });
    choose(wanted ? options()[0] : null);
  };
  const openPalette = () => {
    const dialog = palette();
    if (!dialog || dialog.open) return;
    dialog.querySelector("input[name=q]").value = "";
    filter();
    dialog.showModal();
    dialog.querySelector("input[name=q]").focus();
  };
  const paletteKey = (event) => {
    const shown = options();
    const at = shown.indexOf(chosen());
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (shown.length) choose(shown[(at + step + shown.length + (at < 0 && step < 0 ? 1 : 0)) % shown.length]);
    } else if (event.key === "Enter" && chosen()) {
      event.preventDefault();
      location.href = chosen().dataset.href;
    }
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
      if (!palette()) return;
      event.preventDefault();
      openPalette();
    } else if (event.key === "Escape") {
      const open = event.target.closest("details[data-dismiss][open]") || all("details[data-dismiss][open]").pop();
      if (open) close(open, true);
    } else if (event.target.closest("#palette")) {
      paletteKey(event);
    }
  });
  document.addEventListener("input", (event) => {
    if (event.target.closest("#palette")) filter();
  });
  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest(selector);
    if (at("[data-copy]")) copy(at("[data-copy]"));
    if (at("[data-theme-toggle]")) window.atelogoTheme.toggle();
    if (at("[data-menu-toggle]")) toggleMenu(at("[data-menu-toggle]"));
    if (at("[data-palette-open]")) openPalette();
    if (at("#palette [role=option]")) location.href = at("#palette [role=option]").dataset.href;
    if (event.target === palette()) palette().close();
    all("details[data-dismiss][open]").filter((one) => !one.contains(event.target)).forEach((one) => close(one, false));
  });

  // Forms are sent once, however often the button is pressed. -------------------------------------------------
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    // A form that answers with a file leaves the page as it is: it may be sent again later.
    setTimeout(() => { delete form.dataset.sent; }, 5000);
  });
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));

  document.addEventListener("atelogo:theme", markTheme);
  document.addEventListener("htmx:load", (event) => reveal(event.target));
  const start = () => {
    reveal(document);
    markTheme();
    const problem = document.querySelector("[data-focus]");
    if (problem) problem.focus();
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();

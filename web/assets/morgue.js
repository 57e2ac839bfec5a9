"use strict";
// Everything works without this; it remembers the theme and saves a few keystrokes.
(function () {
  const root = document.documentElement;
  const key = "morgue-theme";
  let kept = null;
  try { kept = localStorage.getItem(key); } catch (_) { /* storage may be forbidden */ }
  if (kept === "light" || kept === "dark") root.dataset.theme = kept;

  function isDark() {
    return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }

  document.addEventListener("DOMContentLoaded", function () {
    const nav = document.querySelector(".top nav");
    if (nav) {
      const button = document.createElement("button");
      button.type = "button";
      const say = function () { button.textContent = isDark() ? "Light" : "Dark"; };
      say();
      button.addEventListener("click", function () {
        root.dataset.theme = isDark() ? "light" : "dark";
        try { localStorage.setItem(key, root.dataset.theme); } catch (_) { /* not remembered */ }
        say();
      });
      nav.append(button);
    }
    const facets = document.querySelector("details.facets");
    if (facets && matchMedia("(min-width: 50.01rem)").matches) facets.open = true;
  });

  document.addEventListener("keydown", function (event) {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    const box = document.getElementById("q");
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
})();

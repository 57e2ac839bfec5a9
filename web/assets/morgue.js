"use strict";
// Every page works without this. It remembers the theme, jumps to the box, suggests names, copies citations, and lets a
// span of time be chosen by dragging. Text from the archive enters the page as text, never as markup.
(function () {
  const root = document.documentElement;
  const KEPT = "morgue-theme";
  const storage = {
    get() { try { return localStorage.getItem(KEPT); } catch { return null; } },
    set(value) { try { localStorage.setItem(KEPT, value); } catch { /* Storage may be forbidden: then for this page only. */ } },
  };

  // Before the first paint, so that nothing flashes.
  const kept = storage.get();
  if (kept === "light" || kept === "dark") root.dataset.theme = kept;

  function isDark() {
    return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }

  function switchTheme() {
    root.dataset.theme = isDark() ? "light" : "dark";
    storage.set(root.dataset.theme);
  }

  function jumpToBox(event) {
    const box = document.getElementById("q");
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable;
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing || !box) return;
    event.preventDefault();
    box.focus();
    box.select();
  }

  async function copy(button) {
    const cited = document.getElementById(button.dataset.copies);
    try {
      await navigator.clipboard.writeText(cited.textContent);
      button.textContent = "Copied";
    } catch {
      // Without the right to the clipboard the text is selected, one key away from being copied.
      getSelection().selectAllChildren(cited);
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  }

  // Names while typing: a list box under the box, after the pattern of the ARIA authoring practices.
  const KINDS = [["people", "person"], ["places", "place"], ["organizations", "organization"]];
  const OF_EACH = 3;

  function suggesting(form) {
    const box = form.querySelector("#q");
    const list = document.createElement("ul");
    list.id = "suggestions";
    list.className = "suggestions";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Names in the archive");
    list.hidden = true;
    form.append(list);
    box.setAttribute("role", "combobox");
    box.setAttribute("aria-autocomplete", "list");
    box.setAttribute("aria-controls", list.id);
    box.setAttribute("aria-expanded", "false");
    let chosen = -1;
    let waiting = 0;
    let asking = null;

    function close() {
      list.hidden = true;
      list.replaceChildren();
      chosen = -1;
      box.setAttribute("aria-expanded", "false");
      box.removeAttribute("aria-activedescendant");
    }

    async function ask(field, prefix) {
      const parameters = new URLSearchParams({ field, prefix, limit: String(OF_EACH) });
      const response = await fetch("/api/suggest?" + parameters, { signal: asking.signal });
      return response.ok ? (await response.json()).values : [];
    }

    // The whole of what was typed may begin a name; if not, its last word may.
    async function look() {
      const text = box.value.trimStart();
      if (asking) asking.abort();
      if (text.trim().length < 2 || text.length > 100 || /["():*~]/.test(text)) return close();
      asking = new AbortController();
      const last = text.slice(text.lastIndexOf(" ") + 1);
      try {
        for (const prefix of new Set([text.trim(), last])) {
          if (prefix.length < 2) continue;
          const answers = await Promise.all(KINDS.map(([field]) => ask(field, prefix)));
          const found = answers.flatMap((values, i) => values.map((it) => ({ ...it, kind: KINDS[i][1] })));
          if (found.length > 0) return show(found, text.slice(0, text.length - prefix.length).trim());
        }
        close();
      } catch (error) {
        if (error.name !== "AbortError") close();
      }
    }

    function show(found, rest) {
      chosen = -1;
      box.removeAttribute("aria-activedescendant");
      list.replaceChildren(...found.map((it, i) => {
        const line = document.createElement("li");
        line.id = "suggestion-" + i;
        line.className = it.kind;
        line.setAttribute("role", "option");
        line.setAttribute("aria-selected", "false");
        const value = document.createElement("bdi");
        value.className = "value";
        value.textContent = it.value;
        const kind = document.createElement("span");
        kind.className = "kind";
        kind.textContent = it.kind + " · " + it.count.toLocaleString("en");
        line.append(value, " ", kind);
        line.addEventListener("mousedown", (event) => { event.preventDefault(); take(it, rest); });
        line.take = () => take(it, rest);
        return line;
      }));
      list.hidden = false;
      box.setAttribute("aria-expanded", "true");
    }

    function take(it, rest) {
      const parameters = new URLSearchParams(new FormData(form));
      parameters.set("q", rest);
      if (!rest) parameters.delete("q");
      parameters.append(it.kind, it.value);
      location.assign("/?" + parameters);
    }

    function move(step) {
      const lines = [...list.children];
      chosen = chosen + step < -1 ? lines.length - 1 : chosen + step >= lines.length ? -1 : chosen + step;
      lines.forEach((line, i) => line.setAttribute("aria-selected", String(i === chosen)));
      if (chosen < 0) box.removeAttribute("aria-activedescendant");
      else box.setAttribute("aria-activedescendant", lines[chosen].id);
    }

    box.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(look, 120); });
    box.addEventListener("blur", () => { clearTimeout(waiting); close(); });
    box.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        move(event.key === "ArrowDown" ? 1 : -1);
      } else if (event.key === "Escape") {
        event.preventDefault();
        close();
      } else if (event.key === "Enter" && chosen >= 0) {
        event.preventDefault();
        list.children[chosen].take();
      }
    });
  }

  // Dragging across the bars chooses the span from the first to the last of them.
  function brushing(drawing) {
    const bars = [...drawing.querySelectorAll("a[data-span]")];
    let start = -1;
    let end = -1;

    function under(event) {
      const at = bars.findIndex((bar) => event.clientX < bar.getBoundingClientRect().right);
      return at < 0 ? bars.length - 1 : at;
    }

    function paint() {
      const [first, last] = [Math.min(start, end), Math.max(start, end)];
      bars.forEach((bar, i) => bar.classList.toggle("brushed", start >= 0 && first !== last && i >= first && i <= last));
    }

    drawing.addEventListener("dragstart", (event) => event.preventDefault());
    drawing.addEventListener("pointerdown", (event) => {
      if (event.button === 0 && event.pointerType !== "touch") start = end = under(event);
    });
    addEventListener("pointermove", (event) => {
      if (start < 0) return;
      end = under(event);
      paint();
    });
    addEventListener("pointerup", (event) => {
      const [first, last] = [Math.min(start, end), Math.max(start, end)];
      if (start >= 0 && first !== last) {
        event.preventDefault();
        const address = new URL(bars[first].href.baseVal, location.href);
        address.searchParams.set("from", bars[first].dataset.span);
        address.searchParams.set("to", bars[last].dataset.span);
        // The click on a bar that ends the dragging is not meant.
        drawing.addEventListener("click", (click) => click.preventDefault(), { capture: true, once: true });
        location.assign(address);
      }
      start = end = -1;
      paint();
    });
  }

  document.addEventListener("keydown", jumpToBox);
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelector(".theme")?.addEventListener("click", switchTheme);
    for (const button of document.querySelectorAll(".copy")) button.addEventListener("click", () => copy(button));
    for (const form of document.querySelectorAll("form.search")) suggesting(form);
    for (const drawing of document.querySelectorAll(".histogram:not(.overview) svg")) brushing(drawing);
    // Browsers that cannot show a closed element's content by style have it opened on a wide page.
    const facets = document.querySelector("details.facets");
    const wide = matchMedia("(min-width: 50.01rem)").matches;
    if (facets && wide && !CSS.supports("selector(::details-content)")) facets.open = true;
  });
})();

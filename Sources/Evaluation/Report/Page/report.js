"use strict";
// Searches and shows the cases of an evaluation. Texts of models only ever become text nodes.
(function () {
  const pageSize = 25;
  const shownFirst = 1500;
  const mostWords = 1200;
  const section = document.getElementById("cases");
  const data = JSON.parse(document.getElementById("data").textContent);
  const list = section.querySelector(".cases");
  const status = section.querySelector(".status");
  const pages = section.querySelector(".pages");
  const tabs = section.querySelector(".tabs");
  const search = section.querySelector("input");

  // A text that was cut comes with the number of characters that are missing.
  const whole = (text) => (Array.isArray(text) ? text[0] : text);
  const missing = (text) => (Array.isArray(text) ? text[1] : 0);

  const side = ([outputs, value, state, reason]) => ({ outputs, value, state, reason });
  const cases = data.cases.map(([id, kind, question, expected, slices, baseline, candidate]) => ({
    id, kind, question, expected, slices,
    baseline: side(baseline), candidate: side(candidate), words: null,
  }));

  const kinds = [
    ["broken", (one) => one.kind === "broken"],
    ["fixed", (one) => one.kind === "fixed"],
    ["all", () => true],
    ["failed", (one) => one.kind === "failed"],
    ["unreadable", (one) => one.baseline.state === "unreadable" || one.candidate.state === "unreadable"],
  ].map(([name, holds]) => ({ name, members: cases.filter(holds) }));
  const first = kinds.find((kind) => kind.members.length > 0) || kinds[2];

  const state = { tab: first.name, query: "", page: 0, found: [] };

  function node(name, kind, text) {
    const made = document.createElement(name);
    if (kind) made.className = kind;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  // Searching

  // Everything of a case that can be searched, made when it is first needed.
  function haystack(one) {
    if (one.words === null) {
      const texts = [one.id, one.question, one.expected, one.slices, one.baseline.reason,
        one.candidate.reason, ...one.baseline.outputs, ...one.candidate.outputs];
      one.words = texts.map(whole).join("\n").normalize("NFC").toLowerCase();
    }
    return one.words;
  }

  function find() {
    const words = state.query.normalize("NFC").toLowerCase().split(/\s+/).filter(Boolean);
    const members = kinds.find((kind) => kind.name === state.tab).members;
    state.found = words.length === 0
      ? members
      : members.filter((one) => words.every((word) => haystack(one).includes(word)));
  }

  // Differing words

  function tokens(text) {
    return text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}\p{M}_]+|\s+|[^\p{L}\p{N}\p{M}_\s]/gu) || [];
  }

  // For each side runs of text, each shared or its own; nothing is marked where texts are too long to
  // be compared in no time.
  function differences(left, right) {
    const plain = (text) => [{ text, own: false }];
    if (left === right) return [plain(left), plain(right)];
    const [a, b] = [tokens(left), tokens(right)];
    let start = 0;
    while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
    let end = 0;
    while (end < a.length - start && end < b.length - start
      && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
    const [x, y] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
    if (x.length > mostWords || y.length > mostWords) return [plain(left), plain(right)];
    const [keepX, keepY] = common(x, y);
    const marked = (all, kept) => {
      const runs = [];
      all.forEach((text, place) => {
        const own = place >= start && place < all.length - end && !kept[place - start];
        const last = runs[runs.length - 1];
        if (last && last.own === own) last.text += text;
        else runs.push({ text, own });
      });
      return runs;
    };
    return [marked(a, keepX), marked(b, keepY)];
  }

  // Which words belong to a longest common subsequence.
  function common(x, y) {
    const width = y.length + 1;
    const lengths = new Uint16Array((x.length + 1) * width);
    for (let i = x.length - 1; i >= 0; i -= 1) {
      for (let j = y.length - 1; j >= 0; j -= 1) {
        lengths[i * width + j] = x[i] === y[j]
          ? lengths[(i + 1) * width + j + 1] + 1
          : Math.max(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
      }
    }
    const [keepX, keepY] = [new Array(x.length).fill(false), new Array(y.length).fill(false)];
    let [i, j] = [0, 0];
    while (i < x.length && j < y.length) {
      if (x[i] === y[j]) {
        keepX[i] = keepY[j] = true;
        i += 1;
        j += 1;
      } else if (lengths[(i + 1) * width + j] >= lengths[i * width + j + 1]) i += 1;
      else j += 1;
    }
    return [keepX, keepY];
  }

  // Showing

  // Control characters and marks of direction are named, so that they can do nothing.
  const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

  function append(parent, text) {
    let place = 0;
    for (const match of text.matchAll(obeyed)) {
      parent.append(text.slice(place, match.index));
      const code = match[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
      parent.append(node("span", "control", "U+" + code));
      place = match.index + 1;
    }
    parent.append(text.slice(place));
  }

  function block(runs, left) {
    const made = node("pre", "text");
    const size = runs.reduce((sum, run) => sum + run.text.length, 0);
    const fill = (most) => {
      made.replaceChildren();
      let rest = most;
      for (const run of runs) {
        const text = run.text.slice(0, rest);
        rest -= text.length;
        if (text.length === 0) continue;
        const target = run.own ? node("mark") : made;
        append(target, text);
        if (run.own) made.append(target);
      }
      if (size === 0) made.append(node("span", "empty", "empty"));
      if (most >= size && left > 0) {
        made.append(node("span", "cut",
          " … " + left.toLocaleString("en") + " more characters are in the report's JSON"));
      }
    };
    fill(size > shownFirst * 1.2 ? shownFirst : size);
    if (size <= shownFirst * 1.2) return [made];
    const more = node("button", "more", "Show all " + size.toLocaleString("en") + " characters");
    more.type = "button";
    more.addEventListener("click", () => {
      fill(size);
      more.remove();
    });
    return [made, more];
  }

  function column(title, kind, value, blocks, reason) {
    const made = node("div", "column " + kind);
    const head = node("p", "title", title);
    if (value) head.append(" ", node("span", "value " + value, value));
    made.append(head, ...blocks);
    if (reason) {
      const line = node("p", "reason");
      append(line, reason);
      made.append(line);
    }
    return made;
  }

  function blocks(one, own, other) {
    return own.outputs.flatMap((output, place) => {
      const pair = other.outputs[place];
      const runs = pair === undefined
        ? [{ text: whole(output), own: false }]
        : differences(whole(output), whole(pair))[0];
      return block(runs, missing(output));
    });
  }

  function card(one) {
    const made = node("li", "case " + one.kind);
    made.tabIndex = -1;
    const head = node("h3");
    append(head, one.id);
    if (one.kind) head.append(" ", node("span", "chip " + one.kind, one.kind));
    if (one.slices) {
      const slices = node("span", "slices");
      append(slices, one.slices);
      head.append(" ", slices);
    }
    made.append(head);
    if (whole(one.question)) {
      const question = node("div", "question");
      question.append(...block([{ text: whole(one.question), own: false }], missing(one.question)));
      made.append(question);
    }
    const columns = node("div", "columns");
    columns.append(
      column("expected", "expected", "", block([{ text: whole(one.expected), own: false }],
        missing(one.expected))),
      column("baseline", "baseline", one.baseline.state || one.baseline.value,
        blocks(one, one.baseline, one.candidate), one.baseline.reason),
      column("candidate", "candidate", one.candidate.state || one.candidate.value,
        blocks(one, one.candidate, one.baseline), one.candidate.reason));
    made.append(columns);
    return made;
  }

  function button(text, label, page, disabled, current) {
    const made = node("button", "", text);
    made.type = "button";
    made.setAttribute("aria-label", label);
    if (current) made.setAttribute("aria-current", "page");
    made.disabled = disabled;
    made.addEventListener("click", () => turn(page));
    return made;
  }

  function showPages(count) {
    pages.replaceChildren();
    pages.hidden = count < 2;
    if (count < 2) return;
    const near = new Set([0, count - 1, state.page - 1, state.page, state.page + 1]);
    pages.append(button("‹", "Previous page", state.page - 1, state.page === 0));
    let last = -1;
    for (const page of [...near].filter((page) => page >= 0 && page < count).sort((a, b) => a - b)) {
      if (page > last + 1) pages.append(node("span", "gap", "…"));
      pages.append(button(String(page + 1), "Page " + (page + 1), page, false, page === state.page));
      last = page;
    }
    pages.append(button("›", "Next page", state.page + 1, state.page === count - 1));
  }

  function show() {
    find();
    const count = Math.max(1, Math.ceil(state.found.length / pageSize));
    state.page = Math.min(Math.max(state.page, 0), count - 1);
    const start = state.page * pageSize;
    const shown = state.found.slice(start, start + pageSize);
    list.replaceChildren(...shown.map(card));
    list.setAttribute("start", String(start + 1));
    status.textContent = state.found.length === 0
      ? "No case."
      : (start + 1).toLocaleString("en") + "–" + (start + shown.length).toLocaleString("en") + " of "
        + state.found.length.toLocaleString("en") + (state.found.length === 1 ? " case" : " cases");
    for (const tab of tabs.children) {
      const isChosen = tab.dataset.name === state.tab;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
    }
    showPages(count);
    remember();
  }

  function turn(page) {
    state.page = page;
    show();
    section.scrollIntoView();
    list.focus({ preventScroll: true });
  }

  // The address tells what is shown, so that it can be handed on: #tab=broken&q=words&page=2
  let written = null;

  function remember() {
    if (written === null && state.query === "" && state.page === 0 && state.tab === first.name) return;
    const query = new URLSearchParams({ tab: state.tab, q: state.query, page: state.page + 1 });
    written = "#" + query;
    try {
      history.replaceState(null, "", written);
    } catch {
      // A viewer that shows pages without an address of their own has none to write to.
    }
  }

  function recall() {
    if (location.hash === written || !location.hash.includes("=")) return;
    const query = new URLSearchParams(location.hash.slice(1));
    const tab = query.get("tab");
    if (kinds.some((kind) => kind.name === tab)) state.tab = tab;
    state.query = query.get("q") || "";
    state.page = (parseInt(query.get("page"), 10) || 1) - 1;
    search.value = state.query;
    written = location.hash;
  }

  for (const kind of kinds) {
    const tab = node("button", "", kind.name + " ");
    tab.type = "button";
    tab.dataset.name = kind.name;
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", "case-list");
    tab.append(node("span", "count", kind.members.length.toLocaleString("en")));
    tab.addEventListener("click", () => {
      state.tab = kind.name;
      state.page = 0;
      show();
    });
    tabs.append(tab);
  }

  tabs.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const place = kinds.findIndex((kind) => kind.name === state.tab);
    const next = tabs.children[(place + step + kinds.length) % kinds.length];
    next.click();
    next.focus();
  });

  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      state.query = search.value;
      state.page = 0;
      show();
    }, 120);
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target === search) {
      if (event.key === "Escape") search.blur();
      return;
    }
    if (event.target.closest && event.target.closest("input, textarea")) return;
    if (event.key === "/") {
      event.preventDefault();
      search.focus();
    } else if (event.key === "n" || event.key === "p") {
      turn(state.page + (event.key === "n" ? 1 : -1));
    } else if (event.key === "j" || event.key === "k") {
      const cards = [...list.children];
      const place = cards.indexOf(document.activeElement.closest(".case"));
      const next = cards[place === -1 ? 0 : place + (event.key === "j" ? 1 : -1)];
      if (next) next.focus();
    }
  });

  window.addEventListener("hashchange", () => {
    recall();
    show();
  });

  section.querySelectorAll(".tools, .keys").forEach((part) => { part.hidden = false; });
  recall();
  show();
})();

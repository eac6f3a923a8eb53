// What needs a script; the report is complete without it.

// A table or picture too wide for the screen scrolls by itself, so the keyboard must reach it.
(() => {
  "use strict";
  const reach = () => {
    for (const box of document.querySelectorAll(".scroll, figure")) {
      const caption = box.querySelector("caption");
      const wide = box.scrollWidth > box.clientWidth;
      box.toggleAttribute("tabindex", wide);
      if (wide) box.tabIndex = 0;
      if (wide && caption) box.setAttribute("aria-label", caption.textContent);
      if (caption) box.setAttribute("role", wide ? "group" : "presentation");
    }
  };
  reach();
  window.addEventListener("resize", reach);
})();

// The explorer: searches and filters the packed list of findings.
(async () => {
  "use strict";
  const PAGE = 50;
  const box = document.getElementById("explorer");
  const packed = document.getElementById("findings");
  if (!box || !packed || typeof DecompressionStream === "undefined") return;

  const binary = atob(JSON.parse(packed.textContent));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const list = JSON.parse(await new Response(stream).text());

  const count = list.ids.length;
  const ids = new Array(count);
  const names = new Array(count);
  let before = "";
  for (let row = 0; row < count; row++) {
    const [coded, name] = list.ids[row].split("\n");
    const space = coded.indexOf(" ");
    before = before.slice(0, Number(coded.slice(0, space))) + coded.slice(space + 1);
    ids[row] = before;
    names[row] = name === undefined ? before : name;
  }

  const lang = document.documentElement.lang.slice(0, 2);
  const figures = new Intl.NumberFormat(lang + "-CA");
  const isOne = (n) => (lang === "fr" ? n < 2 : n === 1);
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const say = (template, values) => template.replace(/\{(\w+)\}/g, (_, key) => figures.format(values[key]));

  const form = box.querySelector("form");
  const body = box.querySelector("tbody");
  const status = box.querySelector("[role=status]");
  const [previous, next] = box.querySelectorAll("button[data-step]");
  const { words: wordChoice, rules: ruleChoice, systems: systemChoice, search } = form.elements;

  const fill = (select, texts) => texts
    .map((text, number) => [text, number])
    .sort(([a], [b]) => a.localeCompare(b, lang))
    .forEach(([text, number]) => select.add(new Option(text, number)));
  fill(wordChoice, list.words.map(([, text]) => text));
  fill(ruleChoice, list.rules.map(([title]) => title));
  fill(systemChoice, list.systems);

  let haystack = null;
  const searched = () => {
    // Made at the first search only: it is what takes longest.
    if (haystack === null) {
      const rules = list.rules.map(([title]) => plain(title));
      const owners = list.owners.map((owner) => owner.map((number) => plain(list.systems[number])).join(" "));
      const whys = list.whys.map(plain);
      haystack = ids.map((id, row) => {
        const own = names[row] === id ? id : names[row] + " " + id;
        const at = row * 4;
        return plain(own) + " " + rules[list.rows[at + 1]] + " " + owners[list.rows[at + 2]] + " " + whys[list.rows[at + 3]];
      });
    }
    return haystack;
  };

  let matches = [];
  let page = 0;

  const cell = (row, tag) => row.appendChild(document.createElement(tag));
  const small = (parent, text) => {
    const part = parent.appendChild(document.createElement("span"));
    part.className = "sub";
    part.textContent = text;
    return part;
  };
  const mark = (parent, [shape, text, hollow]) => {
    const part = parent.appendChild(document.createElement("span"));
    part.className = "v " + shape;
    const picture = part.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "svg"));
    picture.setAttribute("aria-hidden", "true");
    const use = picture.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "use"));
    use.setAttribute("href", "#s-" + shape + (hollow ? "-o" : ""));
    part.append(text);
  };

  const draw = () => {
    const from = page * PAGE;
    const shown = matches.slice(from, from + PAGE);
    const rows = shown.map((number) => {
      const [word, rule, owner, why] = list.rows.slice(number * 4, number * 4 + 4);
      const [title, anchor, kind] = list.rules[rule];
      const row = document.createElement("tr");
      const subject = cell(row, "th");
      subject.scope = "row";
      subject.append(names[number]);
      small(subject, kind);
      if (names[number] !== ids[number]) small(subject, ids[number]).classList.add("id");
      mark(cell(row, "td"), list.words[word]);
      const link = cell(row, "td").appendChild(document.createElement("a"));
      link.href = "#" + anchor;
      link.textContent = title;
      cell(row, "td").textContent = list.owners[owner].map((system) => list.systems[system]).join(", ");
      cell(row, "td").textContent = list.whys[why];
      return row;
    });
    body.replaceChildren(...rows);
    previous.disabled = page === 0;
    next.disabled = from + PAGE >= matches.length;
    const template = matches.length === 0 ? "none" : isOne(matches.length) ? "one" : "other";
    status.textContent = say(status.dataset[template], { n: matches.length, from: from + 1, to: from + shown.length });
  };

  const filter = () => {
    const [word, rule, system] = [wordChoice, ruleChoice, systemChoice].map((choice) => choice.value === "" ? -1 : Number(choice.value));
    const terms = plain(search.value).split(/\s+/).filter(Boolean);
    const texts = terms.length ? searched() : null;
    const owned = system < 0 ? null : new Set(list.owners.flatMap((owner, number) => (owner.includes(system) ? [number] : [])));
    matches = [];
    for (let row = 0; row < count; row++) {
      const at = row * 4;
      if (word >= 0 && list.rows[at] !== word) continue;
      if (rule >= 0 && list.rows[at + 1] !== rule) continue;
      if (owned && !owned.has(list.rows[at + 2])) continue;
      if (texts && !terms.every((term) => texts[row].includes(term))) continue;
      matches.push(row);
    }
    page = 0;
    draw();
  };

  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 120);
  });
  for (const choice of [wordChoice, ruleChoice, systemChoice]) choice.addEventListener("change", filter);
  form.addEventListener("submit", (event) => { event.preventDefault(); filter(); });
  form.addEventListener("reset", () => setTimeout(filter, 0));
  for (const button of [previous, next]) {
    button.addEventListener("click", () => {
      page += Number(button.dataset.step);
      draw();
      box.querySelector("table").scrollIntoView({ block: "start" });
    });
  }

  filter();
  box.hidden = false;
  document.getElementById("explorer-absent").hidden = true;
})();

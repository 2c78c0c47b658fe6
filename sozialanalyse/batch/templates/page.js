"use strict";
/* The one script of all pages: sorts tables, searches the index, saves charts as pictures, copies the citation. Whatever it adds is added by it alone,
   so that nothing is missed where scripts are off; it asks for nothing, stores nothing and writes text only as text. */
(() => {
  const main = document.querySelector("main");
  const said = main.dataset;

  const make = (name, attributes, text) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.textContent = text || "";
    return element;
  };
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const status = main.appendChild(make("p", { role: "status", class: "unseen" }));

  /* Tables. A cell is compared by the number or date it begins with, else as text; what has neither comes last. */
  const german = document.documentElement.lang === "de";
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const value = text => {
    const day = /^(\d{2})\.(\d{2})\.(\d{4})/.exec(text);
    if (day) return +(day[3] + day[2] + day[1]);
    const found = (german ? /^[^\d\p{L}]*?([−+-]?\d[\d.]*(?:,\d+)?)/u : /^[^\d\p{L}]*?([−+-]?\d[\d,]*(?:\.\d+)?)/u).exec(text);
    if (!found) return NaN;
    const plain = german ? found[1].replace(/\./g, "").replace(",", ".") : found[1].replace(/,/g, "");
    return +plain.replace("−", "-");
  };
  const order = (rows, column, isNumeric, sign) => rows
    .map(row => {
      const text = row.cells[column].textContent.trim();
      const key = isNumeric ? value(text) : text;
      return { row, key, isLast: isNumeric ? Number.isNaN(key) : !text };
    })
    .sort((a, b) => a.isLast - b.isLast || (a.isLast ? 0 : sign * (isNumeric ? a.key - b.key : collator.compare(a.key, b.key))))
    .map(each => each.row);

  const sortable = table => {
    const head = table.tHead && table.tHead.rows.length === 1 && table.tHead.rows[0];
    const bodies = [...table.tBodies];
    const rows = bodies.flatMap(body => [...body.rows]);
    const isPlain = row => row.cells.length === head.cells.length && [...row.cells].every(cell => cell.colSpan === 1 && cell.rowSpan === 1);
    if (!head || rows.length < 3 || !isPlain(head) || !rows.every(isPlain)) return;
    const asGiven = new Map(bodies.map(body => [body, [...body.rows]]));
    [...head.cells].forEach((cell, column) => {
      const name = cell.textContent.trim();
      if (!name) return;
      const button = make("button", { type: "button", class: "sort" });
      button.append(...cell.childNodes);
      cell.append(button);
      const isNumeric = rows.some(row => !Number.isNaN(value(row.cells[column].textContent.trim()))) && column > 0;
      button.addEventListener("click", () => {
        const next = { "": "ascending", ascending: "descending", descending: "" }[cell.getAttribute("aria-sort") || ""];
        for (const other of head.cells) other.removeAttribute("aria-sort");
        if (next) cell.setAttribute("aria-sort", next);
        for (const [body, given] of asGiven)
          body.append(...(next ? order(given, column, isNumeric, next === "ascending" ? 1 : -1) : given));
        status.textContent = filled(next ? said[next] : said.given, { column: name });
      });
    });
    const hint = make("p", { class: "hint" }, said.sort);
    (table.closest(".scroll") || table).before(hint);
  };
  document.querySelectorAll("main table").forEach(sortable);

  /* The search of the index: each word must stand in the finding, its area, its group or its summary. */
  const plain = text => text.normalize("NFD").replace(/\p{M}/gu, "");
  const spelled = text => text.toLowerCase().normalize("NFC")
    .replace(/[äöüß]/g, letter => ({ "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss" })[letter]);
  const searchable = body => {
    const sections = [...body.querySelectorAll(":scope > section")];
    const items = sections.flatMap(section => {
      const title = section.querySelector("h2").textContent;
      return [...section.querySelectorAll(".cards > li, .named > li, .areas li")].map(row => {
        const about = row.parentElement.matches(".areas") ? row.querySelector(":scope > a, :scope > data") || row.firstChild : row;
        const group = row.closest("details");
        const text = [title, group ? group.querySelector("summary").textContent : "", about.textContent].join(" ").toLowerCase();
        const link = row.querySelector(":scope > a");
        return { row, section, group, address: link && link.getAttribute("href"), isFinding: !row.parentElement.matches(".areas"), text: `${spelled(text)} ${plain(text)}`, isShown: true };
      });
    });
    const total = items.filter(item => item.isFinding).length;
    if (total < 2) return;
    const box = make("div", { role: "search", class: "search" });
    const input = make("input", { type: "search", id: "search", autocomplete: "off", spellcheck: "false" });
    const count = make("p", { role: "status", class: "count" });
    box.append(make("label", { for: "search" }, said.search), input, count);
    main.querySelector(".opening").append(box);
    const parents = new Map(items.map(item => [item.row, item]));
    const contents = [...document.querySelectorAll(".contents a")];
    const onMap = [...document.querySelectorAll(".map a")];
    const wasOpen = new Map([...body.querySelectorAll("details")].map(each => [each, each.open]));
    const show = () => {
      const words = spelled(input.value).split(/\s+/).filter(Boolean);
      const isHit = new Set(items.filter(item => words.every(word => item.text.includes(word))));
      for (const item of [...isHit].filter(each => !each.isFinding)) /* an area stands in those that hold it */
        for (let up = item.row.parentElement.closest(".areas li"); up; up = up.parentElement.closest(".areas li")) isHit.add(parents.get(up));
      const sectionsShown = new Set(), groupsShown = new Set();
      for (const item of items) {
        const isShown = isHit.has(item);
        if (isShown !== item.isShown) item.row.hidden = !(item.isShown = isShown);
        if (isShown) { sectionsShown.add(item.section); if (item.group) groupsShown.add(item.group); }
      }
      for (const section of sections) section.hidden = words.length > 0 && !sectionsShown.has(section);
      for (const link of contents) link.parentElement.hidden = sections.some(each => each.hidden && each.contains(document.querySelector(link.hash)));
      for (const [group, open] of wasOpen) {
        group.hidden = words.length > 0 && !groupsShown.has(group);
        group.open = words.length && isHit.size <= 60 ? groupsShown.has(group) : open;
      }
      const reached = new Set(items.filter(item => !item.isFinding && isHit.has(item)).map(item => item.address));
      for (const link of onMap) link.classList.toggle("faded", words.length > 0 && !reached.has(link.getAttribute("href")));
      const found = items.filter(item => item.isFinding && item.isShown).length;
      count.textContent = words.length ? filled(found ? said.found : said.none, { found, total }) : "";
    };
    input.addEventListener("input", show);
    input.addEventListener("keydown", event => { if (event.key === "Escape") { input.value = ""; show(); } });
  };
  if (said.search) searchable(document.querySelector("main > .body"));

  /* The map says the name of an area to whoever points at it; all others have the list. */
  for (const link of document.querySelectorAll(".map a")) {
    const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
    title.textContent = link.getAttribute("aria-label");
    link.prepend(title);
  }

  /* A chart is saved as a picture: drawn anew at twice its size on white, under what it shows and above where it comes from. */
  const wrapped = (pen, text, width) => {
    const lines = [""];
    for (const word of text.split(/\s+/).filter(Boolean)) {
      const longer = `${lines.at(-1)} ${word}`.trim();
      if (pen.measureText(longer).width <= width || !lines.at(-1)) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  };
  const drawn = (picture, above, below) => {
    const width = Math.max(picture.naturalWidth, 480), edge = 16;
    const canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
    const parts = [["bold 17px sans-serif", 24, above], ["12px sans-serif", 17, below]].map(([font, height, text]) => {
      pen.font = font;
      return { font, height, lines: wrapped(pen, text, width - 2 * edge) };
    });
    const [top, bottom] = parts.map(part => part.height * part.lines.length + edge);
    canvas.width = 2 * width;
    canvas.height = 2 * (top + picture.naturalHeight + bottom + edge);
    pen.scale(2, 2);
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, width, canvas.height);
    pen.drawImage(picture, (width - picture.naturalWidth) / 2, top, picture.naturalWidth, picture.naturalHeight);
    pen.fillStyle = "#1b2530";
    pen.textBaseline = "top";
    parts.forEach((part, number) => {
      pen.font = part.font;
      part.lines.forEach((line, place) => pen.fillText(line, edge, (number ? top + picture.naturalHeight + edge / 2 : edge / 2) + place * part.height));
    });
    return canvas;
  };
  const fileName = text => plain(spelled(text)).replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 100);
  const words = element => element ? element.textContent.replace(/\s+/g, " ").trim() : "";
  const savable = picture => {
    const figure = picture.closest("figure"), section = figure.closest("section");
    const name = words(section && section.querySelector("h2")) || words(document.querySelector("h1"));
    const number = [...document.querySelectorAll("main figure img")].indexOf(picture) + 1;
    const button = make("button", { type: "button", class: "save" }, said.picture);
    button.append(make("span", { class: "unseen" }, `: ${name}`));
    button.addEventListener("click", () => {
      const above = [words(document.querySelector("h1")), name].filter((text, at, all) => all.indexOf(text) === at).join(": ");
      const cited = [words(figure.querySelector("figcaption")), words(document.querySelector(".citation cite")), words(document.querySelector(".colophon > p:last-child"))];
      drawn(picture, above, cited.filter(Boolean).join(" ")).toBlob(data => {
        const address = URL.createObjectURL(data);
        const link = make("a", { href: address, download: `${fileName(`${words(document.querySelector(".masthead strong"))} ${above}`)}-${number}.png` });
        link.click();
        setTimeout(() => URL.revokeObjectURL(address), 60000);
        status.textContent = said.saved;
      });
    });
    figure.append(button);
  };
  if (said.picture) document.querySelectorAll("main figure img").forEach(savable);

  /* The citation stands on the page; with the address of the town's site, else with its own, where it has one that others can open. */
  const citation = document.querySelector(".citation");
  if (citation) {
    const button = make("button", { type: "button", class: "copy" }, said.copy);
    const cite = citation.querySelector("cite");
    const text = () => cite.textContent.replace(/\s+/g, " ").trim()
      + (location.protocol.startsWith("http") && !cite.querySelector("a") ? ` ${location.href.split("#")[0]}` : "");
    const byHand = () => { /* where the clipboard is closed to pages from a file */
      const area = document.body.appendChild(make("textarea", { "aria-hidden": "true", class: "unseen" }));
      area.value = text();
      area.select();
      const isDone = document.execCommand("copy");
      area.remove();
      button.focus();
      return isDone ? Promise.resolve() : Promise.reject(new Error("copy"));
    };
    button.addEventListener("click", () => {
      const written = navigator.clipboard ? navigator.clipboard.writeText(text()).catch(byHand) : byHand();
      written.then(() => said.copied, () => said.uncopied).then(message => { status.textContent = button.textContent = message; });
    });
    citation.append(" ", button);
  }
})();

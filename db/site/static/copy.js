// What the scripts of a copy without a server share: its data, its addresses, what is shown and saved.
"use strict";
window.copy = (() => {
  const ROOT = new URL("..", document.currentScript.src);

  const waiting = new Map(), files = new Map();
  window.thongbao = (name, value) => waiting.get(name)(value); // what each file of data calls
  function load(name) {
    if (!files.has(name)) {
      files.set(name, new Promise((well, ill) => {
        waiting.set(name, well);
        const script = document.createElement("script");
        script.src = new URL(`data/${name}.js`, ROOT);
        script.onerror = () => ill(new Error(`data/${name}.js`));
        document.head.append(script);
      }));
    }
    return files.get(name);
  }
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

  const unmarked = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const letters = (text) => unmarked(text).replace(/đ/g, "d");
  const fold = (text) => (letters(text).match(/[a-z0-9]+/g) || []).join("");

  function make(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(name, value);
    made.append(...children.flat().filter((child) => child !== null));
    return made;
  }
  const page = (kind, id) => `${kind}/${String(id).slice(-2).padStart(2, "0")}/${id}.html`;

  // What a spreadsheet would take for a formula is none: db/site/spreadsheet.py.
  const cell = (value) => /^\s*(?![-+][\d\s.]*$)[=+@＝＋－＠-]/.test(value) ? `'${value}` : value;
  const csv = (rows) => ["\ufeff", ...rows.map((cells) =>
    `${cells.map((value) => `"${cell(String(value ?? "")).replaceAll('"', '""')}"`).join(",")}\r\n`)];
  function save(name, parts, type) {
    const made = make("a", { download: name });
    made.href = URL.createObjectURL(new Blob(parts, { type }));
    made.click();
    URL.revokeObjectURL(made.href);
  }

  return { load, bytes, unmarked, letters, fold, make, page, csv, save };
})();

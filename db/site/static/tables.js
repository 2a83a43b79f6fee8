// The tables of a copy without a server: SQLite (sql.js) over the file that db/site/offline_tables.py wrote.
// What a portal wrote is put in as text only.
"use strict";
(() => {
  const { bytes, fold, make, page, csv, save } = window.copy;
  const PAGE = 100, ROWS = 1000, SAVED = 100000, CELL = 300, AT_ONCE = 30e6;
  const TOOLS = { is: "= ?", has: "like '%' || ? || '%'", from: ">= ?", to: "<= ?", empty: "is null", filled: "is not null" };
  const KINDS = { notice: "notice", document: "document", attachment: "file" };
  const OWN = { notices: "notice", documents: "document", attachments: "file" };
  const DIRECTION = /[\u202a-\u202e\u2066-\u2069]/g; // signs that turn what stands beside them
  const address = new URLSearchParams(location.search);
  const at = (id) => document.getElementById(id);
  const state = at("state"), answer = at("answer"), narrow = at("narrow"), ask = at("ask");

  const load = (name) => window.copy.load(name).catch((error) => {
    throw new Error(`${state.dataset.missing}: ${error.message}`);
  });

  const quoted = (name) => `"${name.replaceAll('"', '""')}"`;
  const said = (error) => answer.replaceChildren(make("p", { role: "alert" }, String(error.message || error)));
  function changed(changes) {
    const next = new URLSearchParams(address);
    for (const [name, value] of Object.entries(changes)) if (value === null) next.delete(name); else next.set(name, value);
    return `?${next}`;
  }

  async function unpacked(meta) {
    const pieces = await Promise.all(Array.from({ length: meta.pieces }, (_, n) => load(`tables/${n}`)));
    const stream = new Blob(pieces.map(bytes)).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  // -- what is asked -------------------------------------------------------------------------------

  // The functions that ready questions use: db/site/spellings.py.
  function teach(db) {
    const provinces = new Map(db.exec("select name from provinces")[0].values.map(([name]) => [fold(name), name]));
    db.create_function("plain_number", (number) => fold(number || "").replace(/^0+/, ""));
    db.create_function("number_beginnings", (number) => {
      const serial = /^\s*0*(\d{1,6})/.exec(number || "");
      return JSON.stringify(serial ? [...new Set([1, 2, 3].map((n) => serial[1].padStart(n, "0")))] : []);
    });
    db.create_function("province_named", (name) => provinces.get(fold(name || "").replace(/^(tinh|thanhpho|tp)/, "")) || name || "");
    db.create_function("month_named", (month) => {
      const text = (month || "").trim();
      const spelled = /^(\d{1,2})[/.-](\d{4})$/.exec(text), turned = /^(\d{4})[/.-](\d{1,2})$/.exec(text);
      const [year, number] = spelled ? [spelled[2], spelled[1]] : turned ? [turned[1], turned[2]] : [];
      return year ? `${year}-${number.padStart(2, "0")}` : text;
    });
  }

  // The query of the address, its values, and how many rows a page of it has.
  function asked(db, meta) {
    const question = [...document.querySelectorAll("[data-question]")]
      .find((link) => link.dataset.question === address.get("question"));
    if (question) {
      const names = [...new Set([...question.dataset.sql.matchAll(/:(\w+)/g)].map(([, name]) => name))];
      return { question, names, sql: question.dataset.sql, page: 0,
        values: Object.fromEntries(names.map((name) => [`:${name}`, address.get(name) || ""])) };
    }
    if (address.get("sql")) return { sql: address.get("sql"), values: [], page: 0 };
    const table = Object.hasOwn(meta.rows, address.get("table")) ? address.get("table") : null;
    if (!table) return null;
    const columns = db.exec(`select name from pragma_table_info('${table}')`)[0].values.map(([name]) => name);
    const known = (name) => columns.includes(address.get(name)) ? quoted(address.get(name)) : null;
    const tool = TOOLS[address.get("op")], narrowed = known("column") && tool;
    const values = narrowed && tool.includes("?") ? [address.get("value") || ""] : [];
    const where = narrowed ? ` where ${known("column")} ${tool}` : "";
    const order = known("sort") ? ` order by ${known("sort")}${address.get("down") ? " desc" : ""}` : "";
    return { table, columns, values, page: Math.max(1, parseInt(address.get("page"), 10) || 1),
      sql: `select * from ${quoted(table)}${where}${order}` };
  }

  function rowsOf(db, sql, values, most) {
    const statement = db.prepare(sql), rows = [];
    try {
      statement.bind(values);
      while (rows.length < most && statement.step()) rows.push(statement.get());
      return { heads: statement.getColumnNames(), rows };
    } finally { statement.free(); }
  }

  // -- what is shown -------------------------------------------------------------------------------

  function cell(db, meta, query, head, value) {
    if (value === null) return make("td", {});
    const kind = head === "id" ? OWN[query.table] : Object.hasOwn(KINDS, head) ? KINDS[head] : null;
    if (kind && Number.isSafeInteger(value)
        && rowsOf(db, `select 1 from (${meta.pages[kind]}) where id = ?`, [value], 1).rows.length) {
      return make("td", {}, make("a", { href: page(kind, value) }, String(value)));
    }
    const text = value instanceof Uint8Array ? `${value.length} bytes` : String(value).replace(DIRECTION, "");
    return make("td", {}, text.length > CELL ? `${text.slice(0, CELL)}…` : text);
  }

  function head(query, name) {
    if (!query.table) return make("th", { scope: "col" }, name);
    const on = address.get("sort") === name, down = Boolean(address.get("down"));
    return make("th", { scope: "col", "aria-sort": on ? (down ? "descending" : "ascending") : null },
      make("a", { href: changed({ sort: name, down: on && !down ? "1" : null, page: null }) }, name),
      on ? (down ? " ↓" : " ↑") : "");
  }

  function show(db, meta, query) {
    const most = query.table ? PAGE : ROWS, first = query.table ? (query.page - 1) * PAGE : 0;
    const sql = query.table ? `${query.sql} limit ${PAGE + 1} offset ${first}` : query.sql;
    const { heads, rows } = rowsOf(db, sql, query.values, most + 1);
    const more = rows.length > most, words = answer.dataset;
    rows.splice(most);
    const told = more && !query.table ? words.first.replace("{}", most)
      : rows.length ? `${rows.length} ${rows.length === 1 ? words.one : words.many}` : words.none;
    const button = make("button", { type: "button" }, words.csv);
    button.addEventListener("click", () => {
      const whole = rowsOf(db, query.sql, query.values, SAVED);
      save(`${query.table || "sql"}.csv`, csv([whole.heads, ...whole.rows]), "text/csv");
    });
    const steps = query.table ? [[query.page > 1, query.page - 1, `← ${words.before}`], [more, query.page + 1, `${words.next} →`]] : [];
    answer.replaceChildren(
      make("p", { class: "meta", role: "status" }, told, rows.length ? [" · ", button] : ""),
      rows.length ? make("div", { class: "wide", tabindex: "0", role: "region", "aria-label": told },
        make("table", {}, make("thead", {}, make("tr", {}, heads.map((name) => head(query, name)))),
          make("tbody", {}, rows.map((row) => make("tr", {}, row.map((value, n) => cell(db, meta, query, heads[n], value))))))) : "",
      make("p", {}, steps.filter(([there]) => there).flatMap(([, number, text]) => [make("a", { href: changed({ page: number }) }, text), " "])));
  }

  function fill(query, meta) {
    if (query && query.table) {
      document.querySelector(`[data-table="${query.table}"]`).hidden = false;
      narrow.hidden = false;
      narrow.elements.table.value = query.table;
      narrow.elements.column.append(...query.columns.map((name) => make("option", {}, name)));
      for (const name of ["column", "op", "value"]) if (address.get(name)) narrow.elements[name].value = address.get(name);
    }
    if (query && query.question) {
      query.question.setAttribute("aria-current", "page");
      at("boxes").before(make("h2", {}, query.question.textContent),
        make("p", {}, query.question.closest("dt").nextElementSibling.textContent));
      at("boxes").hidden = !query.names.length;
      at("boxes").elements.question.value = query.question.dataset.question;
      at("boxes").prepend(...query.names.map((name) => make("div", {},
        make("label", { for: `box-${name}` }, at("boxes").dataset[name] || name),
        make("input", { id: `box-${name}`, type: "text", name, value: address.get(name) || "" }))));
    }
    const literal = (value) => `'${value.replaceAll("'", "''")}'`;
    ask.elements.sql.value = !query ? "select province, count(*) as notices from notices where covid group by province order by 2 desc"
      : query.question ? query.sql.replace(/:\w+/g, (name) => literal(query.values[name]))
        : query.values.reduce((sql, value) => sql.replace("?", () => literal(value)), query.sql);
    for (const link of document.querySelectorAll("ul.row a")) {
      const name = link.textContent;
      link.after(` ${(meta.rows[name] || 0).toLocaleString(document.documentElement.lang)}`);
      if (query && query.table === name) link.setAttribute("aria-current", "page");
    }
  }

  // -- from the beginning --------------------------------------------------------------------------

  async function open(meta) {
    state.textContent = state.dataset.opening;
    const [data, SQL] = await Promise.all([unpacked(meta), initSqlJs()]);
    const db = new SQL.Database(data);
    state.textContent = meta.cut ? state.dataset.cut : "";
    let query = null;
    try {
      teach(db);
      query = asked(db, meta);
      fill(query, meta);
      if (query) show(db, meta, query);
    } catch (error) { said(error); }
    document.body.dataset.ready = "true";
  }

  async function begin() {
    if (typeof DecompressionStream === "undefined" || typeof WebAssembly === "undefined") {
      state.textContent = state.dataset.old;
      return;
    }
    const meta = await load("tables/meta");
    if (meta.size < AT_ONCE) return open(meta);
    const button = make("button", { type: "button" }, state.dataset.open);
    button.addEventListener("click", () => open(meta).catch(said));
    state.replaceChildren(state.dataset.large.replace("{}", Math.ceil(meta.size / 1e6)), " ", button);
  }
  begin().catch(said);
})();

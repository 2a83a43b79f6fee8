// Search in a copy of the site without a server: reads the data that db/site/offline.py wrote, and shows what
// tb_home.html shows. What a portal wrote is put in as text only.
"use strict";
(() => {
  const { load, bytes, unmarked, letters, fold, make, page, csv, save } = window.copy;
  const PAGE = 20, K1 = 1.2, B = 0.75, EXPORTED = 1000;
  const WEIGHTS = [10, 4, 1]; // a hit in the title, the summary, the text
  const address = new URLSearchParams(location.search);
  const FACETS = ["province", "today", "kind", "month", "topic", "type"];

  // -- files ---------------------------------------------------------------------------------------

  function column([size, text]) {
    const raw = bytes(text).buffer;
    return size === 2 ? new Uint16Array(raw) : new Uint32Array(raw);
  }

  // -- words ---------------------------------------------------------------------------------------

  const HIDDEN = /[\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\0]/g;
  const normal = (text) => text.replace(HIDDEN, "").replace(/\u00d0/g, "Đ").replace(/\u00f0/g, "đ")
    .normalize("NFC").replace(/\s+/g, " ").trim();
  const tokens = (text) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) || [];
  const ascii = (text) => /^[\0-\x7f]*$/.test(text);
  // Letter for letter: places in the folded text are places in the text.
  const folded = (text) => text.replace(/[A-ZÀ-ɏḀ-ỿ]/g, (c) => c.toLowerCase().normalize("NFD")[0]);

  function terms(query) {
    const found = [...query.matchAll(/"([^"]*)"|([^\s"]+)/g)].map((m) => m[1] ?? m[2]);
    return found.map((text) => ({
      words: tokens(text), free: ascii(text), exact: unmarked(text) !== text.toLowerCase(), text,
    })).filter((term) => term.words.length);
  }

  async function key(name) {
    let hash = 2166136261;
    for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 16777619) >>> 0;
    return (await load(`t/${hash % meta.buckets}`))[name];
  }

  // The places of a word in each notice and file: Map of number → sorted places, and the same of the very word.
  async function places(word, free) {
    const plain = letters(word);
    const own = Object.hasOwn(meta.large, plain);
    const found = (own ? await load(`w/${meta.large[plain]}`) : await key(`w${plain}`)) || [];
    const all = new Map();
    let very = new Map();
    for (const [variant, text] of found) {
      if (!free && unmarked(variant) !== unmarked(word)) continue;
      const read = postings(bytes(text));
      if (variant === word) very = read;
      for (const [doc, where] of read) {
        const known = all.get(doc);
        all.set(doc, known ? known.concat(where) : where);
      }
    }
    return { all, very };
  }

  function postings(raw) {
    const found = new Map();
    let at = 0, doc = 0;
    const number = () => {
      let value = 0, shift = 1, byte;
      do { byte = raw[at++]; value += (byte & 127) * shift; shift *= 128; } while (byte > 127);
      return value;
    };
    while (at < raw.length) {
      doc += number();
      const where = new Array(number());
      for (let n = 0, place = 0; n < where.length; n++) where[n] = place += number();
      found.set(doc, where);
    }
    return found;
  }

  // The places where words stand one after another.
  function phrase(lists) {
    const [first, ...others] = lists;
    if (!others.length) return first;
    const found = new Map();
    for (const [doc, where] of first) {
      const sets = others.map((list) => list.get(doc) && new Set(list.get(doc)));
      if (sets.includes(undefined)) continue;
      const kept = where.filter((place) => sets.every((set, n) => set.has(place + n + 1)));
      if (kept.length) found.set(doc, kept);
    }
    return found;
  }

  // -- one search ----------------------------------------------------------------------------------

  let meta, columns, words, t;

  async function hitsOf(query) {
    const asked = terms(query);
    const read = await Promise.all(asked.map(async (term) => {
      const found = await Promise.all(term.words.map((word) => places(word, term.free)));
      return { all: phrase(found.map((f) => f.all)), very: term.exact && phrase(found.map((f) => f.very)) };
    }));
    if (!read.length) return new Map();
    const total = meta.notices + meta.files;
    const average = columns.words.reduce((sum, n) => sum + n, 0) / total;
    const [least, ...others] = [...read].sort((a, b) => a.all.size - b.all.size);
    const scores = new Map();
    for (const doc of least.all.keys()) {
      if (!others.every((term) => term.all.has(doc))) continue;
      let score = read.every((term) => !term.very || term.very.has(doc)) && read.some((term) => term.very)
        ? 1000 : 0;
      for (const { all } of read) {
        const idf = Math.max(1e-6, Math.log((total - all.size + 0.5) / (all.size + 0.5)));
        const often = weighed(doc, all.get(doc));
        score += idf * often * (K1 + 1) / (often + K1 * (1 - B + B * columns.words[doc] / average));
      }
      scores.set(doc, score);
    }
    return scores;
  }

  function weighed(doc, where) {
    const summary = columns.title[doc], text = summary + columns.summary[doc] + 1;
    let sum = 0;
    for (const place of where) sum += WEIGHTS[place < summary ? 0 : place <= text ? 1 : 2];
    return sum;
  }

  const monthOf = (doc) => isoDay(columns.day[doc]).slice(0, 7);
  const isoDay = (n) => n ? new Date(Date.UTC(2000, 0, n)).toISOString().slice(0, 10) : "";
  const values = {
    province: (doc) => [meta.province[columns.province[doc]]],
    today: (doc) => [meta.today[columns.province[doc]]],
    kind: (doc) => [meta.kind[columns.kind[doc]]],
    portal: (doc) => [meta.portal[columns.portal[doc]][0]],
    month: (doc) => [monthOf(doc)],
    type: (doc) => meta.types[columns.types[doc]],
    topic: (doc) => meta.topic.filter((_, n) => columns.topics[doc] & (1 << n)),
  };
  const filters = Object.keys(values).filter((name) => address.get(name));
  const passes = (doc) => filters.every((name) => values[name](doc).includes(address.get(name)));

  async function search(query) {
    let scores, phones = null, ranked = address.get("sort") !== "date" && query !== "";
    if (/^\+?[\d\s.()-]{3,20}$/.test(query)) {
      const digits = query.replace(/\D/g, "");
      const dial = digits.startsWith("84") && digits.length > 9 ? "0" + digits.slice(2) : digits;
      phones = dial.length > 2 ? await key(`p${dial}`) : null;
    }
    if (phones) [scores, ranked] = [new Map(phones[1].map((doc) => [doc, 0])), false];
    else if (query) scores = await hitsOf(query);
    else scores = new Map(Array.from({ length: meta.notices }, (_, doc) => [doc, 0]));
    const order = (a, b) => (ranked && scores.get(b) - scores.get(a)) || a - b;
    const found = [...scores.keys()].filter(passes).sort(order);
    return {
      notices: found.filter((doc) => doc < meta.notices),
      files: found.filter((doc) => doc >= meta.notices),
      documents: phones ? [] : await documents(query), phone: phones && phones[0], ranked,
      dial: phones !== null, pattern: phones ? null : pattern(query),
    };
  }

  async function documents(query) {
    const number = /^0*(\d{1,6})\s*[/\s-]\s*\S/.exec(query);
    if (!number) return [];
    const wanted = fold(query).replace(/^0+/, "");
    const found = (await key(`d${number[1]}`) || [])
      .filter((d) => fold(d[2]).replace(/^0+/, "").startsWith(wanted));
    return found.sort((a, b) => b[5] - a[5] || (a[2] < b[2] ? -1 : 1)).slice(0, 8);
  }

  // Notices of one text are one result, the first in order, which lists the others.
  function foldTwins(found) {
    const group = new Map();
    for (const docs of meta.twins) for (const doc of docs) group.set(doc, docs);
    const seen = new Set();
    return found.filter((doc) => {
      const docs = group.get(doc);
      if (!docs) return true;
      if (seen.has(docs)) return false;
      return seen.add(docs);
    }).map((doc) => ({ doc, twins: (group.get(doc) || []).filter((other) => other !== doc) }));
  }

  async function row(doc) {
    const [id, title, published, summary, text] = (await load(`n/${Math.floor(doc / meta.rows)}`))[doc % meta.rows];
    const [portal, authority] = meta.portal[columns.portal[doc]];
    return { id, title, published, summary, text, portal, authority, province: values.province(doc)[0],
      kind: values.kind(doc)[0] };
  }

  // -- hits in a text ------------------------------------------------------------------------------

  function pattern(query) {
    const phrases = terms(query).slice(0, 24).map((term) => term.words
      .map((word) => term.free ? folded(word).replace(/d/g, "[dđ]") : folded(word)).join("[^\\p{L}\\p{N}]+"));
    if (!phrases.length) return null;
    const any = [...new Set(phrases)].sort((a, b) => b.length - a.length).join("|");
    const word = `(?<![\\p{L}\\p{N}])(?:${any})(?![\\p{L}\\p{N}])`;
    return new RegExp(`${word}(?:\\s${word})*`, "gu");
  }

  function marked(text, hits) {
    const found = [];
    let at = 0;
    for (const hit of hits ? folded(text).matchAll(hits) : []) {
      found.push(text.slice(at, hit.index), make("mark", {}, text.slice(hit.index, hit.index + hit[0].length)));
      at = hit.index + hit[0].length;
    }
    return [...found, text.slice(at)];
  }

  function opening(text, most = 230) {
    const line = text.split(/\s+/).filter(Boolean).join(" ");
    return line.length < most ? line : line.slice(0, most).replace(/ [^ ]*$/, "") + "…";
  }

  function snippet(text, hits, most = 230) {
    const found = [];
    for (const hit of hits ? folded(text).matchAll(hits) : []) if (found.push(hit) === 50) break;
    if (!found.length) return null;
    const near = (hit) => new Set(found.filter((o) => o.index >= hit.index && o.index - hit.index < most - 60)
      .flatMap((o) => o[0].split(/\s+/))).size;
    const best = found.reduce((a, b) => near(b) > near(a) ? b : a);
    let start = Math.max(0, best.index - 60);
    start = start && text.lastIndexOf(" ", start) + 1;
    return marked((start ? "…" : "") + opening(text.slice(start, start + 2 * most), most), hits);
  }

  // -- the page ------------------------------------------------------------------------------------

  const day = (iso) => iso.slice(0, 10).split("-").reverse().join("/") || t.no_date;
  const number = (n) => n.toLocaleString("en").replaceAll(",", words.lang === "en" ? "," : ".");
  const counted = (n) => `${number(n)} ${n === 1 ? t.one_notice : t.many_notice}`;
  const link = (href, ...text) => make("a", { href }, ...text);
  const label = (name, value) => name === "month" ? value.split("-").reverse().join("/")
    : (words[name] || {})[value] || (name === "portal" && (meta.portal.find((p) => p[0] === value) || [])[1]) || value;
  function changed(changes) {
    const next = new URLSearchParams(address);
    for (const [name, value] of Object.entries({ page: null, ...changes })) {
      if (value === null) next.delete(name); else next.set(name, value);
    }
    return `?${next}`;
  }

  function lead(found) {
    const parts = found.documents.map(([id, type, number_, issuer, issued, notices]) => make("p", { class: "lead" },
      link(page("document", id), `${type || t.document} ${number_}`), " ",
      make("span", { class: "meta" }, [issuer, issued && day(issued), counted(notices)]
        .filter(Boolean).join(" · "))));
    if (found.phone) {
      const [dial, owners, provinces, withdrawn, successors] = found.phone;
      const instead = successors.flatMap(([other, out], place) => [place ? ", " : `, ${t.replaced_by} `,
        out ? make("s", {}, other) : link(`tel:${other}`, other)]);
      parts.push(make("p", { class: "lead" },
        withdrawn ? [make("s", {}, dial), ` (${t.withdrawn}`, ...instead, ")"] : link(`tel:${dial}`, dial), " ",
        make("span", { class: "meta" }, [(owners || "").slice(0, 160), (provinces || "").slice(0, 90), ""].join(" · "),
          link("hotlines.html", t.hotlines))));
    }
    return parts;
  }

  async function article({ doc, twins }, found) {
    const n = await row(doc);
    const parts = snippet(n.text, found.pattern) || snippet(n.summary, found.pattern) || [opening(n.summary || n.text)];
    const others = await Promise.all(twins.slice(0, 8).map(row));
    return make("article", {},
      make("h2", { lang: "vi" }, link(page("notice", n.id), ...(n.title ? marked(n.title, found.pattern) : [t.untitled]))),
      make("p", { class: "meta" }, `${n.province} · `, link(`portal/${n.portal}.html`, n.authority), " · ",
        make("time", { datetime: n.published }, day(n.published))),
      make("p", { lang: "vi" }, parts),
      others.length ? make("p", { class: "meta" }, `${t.also_at}: `, others.flatMap((o, i) => [i ? ", " : "",
        link(page("notice", o.id), o.authority), ` (${day(o.published)})`]),
      twins.length > 8 ? ` … ${number(twins.length)}` : "") : null);
  }

  // The page or sheet with most hits: how it is called, and its text.
  function bestPlace(text, places, hits) {
    let best = null, most = -1;
    for (const [number_, name, start, end] of places) {
      const piece = text.slice(start, end);
      const count = hits ? [...folded(piece).matchAll(hits)].length : 0;
      if (count > most) [best, most] = [{ number_, name, piece }, count];
    }
    if (!best) return ["", text];
    const called = [best.name, best.number_ ? `${t.page} ${best.number_}` : ""].filter(Boolean).join(", ");
    return [called ? `, ${called}` : "", best.piece];
  }

  async function filesFound(found) {
    if (!found.files.length || address.get("page") || found.dial) return null;
    const items = await Promise.all(found.files.slice(0, 5).map(async (doc) => {
      const at = doc - meta.notices;
      const [id, name, of, text, ocr, places] = (await load(`f/${Math.floor(at / meta.fileRows)}`))[at % meta.fileRows];
      const n = await row(of);
      const [where, piece] = bestPlace(text, places, found.pattern);
      return make("li", {}, link(page("file", id), name), where, " ",
        make("span", { class: "meta" }, link(page("notice", n.id), n.title || t.untitled), ocr ? ` · ${t.ocr}` : ""),
        snippet(piece, found.pattern) || "");
    }));
    return make("section", { "aria-label": t.in_files }, make("h2", {}, t.in_files),
      make("ul", { class: "notices" }, items));
  }

  function aside(found) {
    const lists = FACETS.flatMap((name) => {
      const counts = new Map();
      for (const doc of found.notices) {
        for (const value of values[name](doc)) if (value) counts.set(value, (counts.get(value) || 0) + 1);
      }
      const order = name === "month" ? (a, b) => (a[0] < b[0] ? 1 : -1)
        : (a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1);
      const items = [...counts].sort(order).map(([value, count]) => {
        const on = address.get(name) === value;
        return make("li", {}, make("a", { href: changed({ [name]: on ? null : value }), "aria-current": on ? "true" : null },
          label(name, value)), " ", make("span", { class: "meta" }, number(count)));
      });
      const more = items.splice(8);
      return items.length ? [make("h3", {}, t[name]), make("ul", {}, items), more.length ? make("details", {},
        make("summary", {}, `${t.show_more} (${more.length})`), make("ul", {}, more)) : null] : [];
    });
    return make("aside", { id: "filters", "aria-label": t.filters }, lists);
  }

  async function take(shape, found, query) {
    const rows = await Promise.all(found.notices.slice(0, EXPORTED).map(async (doc) => {
      const { id, title, province, authority, published, portal, kind, summary, text } = await row(doc);
      return { id, title, province, authority, published, portal, kind, opening: (summary || text).slice(0, 240) };
    }));
    const heads = ["id", "title", "province", "authority", "published", "portal", "kind", "opening"];
    const [parts, type] = shape === "json" ? [[JSON.stringify({ query, notices: rows })], "application/json"]
      : [csv([heads, ...rows.map((r) => heads.map((name) => r[name]))]), "text/csv"];
    save(`thong-bao.${shape}`, parts, type);
  }
  const button = (shape, found, query) => {
    const made = make("button", { type: "button" }, shape.toUpperCase());
    made.addEventListener("click", () => take(shape, found, query));
    return made;
  };

  // What to try where nothing was found: Query.tips of db/site/search.py.
  function tips(query) {
    const fit = { try_fewer: query.includes(" "), try_quotes: /["“”]/.test(query), try_filters: filters.length > 0,
      try_marks: letters(query) !== query.toLowerCase() };
    const found = Object.keys(fit).filter((name) => fit[name]).map((name) => t[name]);
    return found.length ? ` ${t.try} ${found.join("; ")}.` : "";
  }

  async function results(found, query) {
    const at = Math.max(1, parseInt(address.get("page"), 10) || 1);
    const folded_ = foldTwins(found.notices);
    const shown = await Promise.all(folded_.slice((at - 1) * PAGE, at * PAGE).map((one) => article(one, found)));
    const orders = query && !found.dial ? [` · ${t.sort} `,
      found.ranked ? make("b", {}, t.relevance) : link(changed({ sort: null }), t.relevance), " | ",
      found.ranked ? link(changed({ sort: "date" }), t.date) : make("b", {}, t.date)] : [];
    const files_ = await filesFound(found);
    const nothing = files_ ? null : make("p", { role: "status" }, make("strong", {}, t.nothing), tips(query),
      ` ${t.example}: `, link("?q=duong+day+nong", "duong day nong"), ".");
    return make("section", { "aria-label": t.results },
      shown.length ? make("p", { class: "meta", role: "status" }, counted(found.notices.length), orders) : null,
      shown.length ? make("p", { class: "phone-only" }, link("#filters", `${t.to_filters} ↓`)) : null,
      shown.length ? shown : nothing, files_,
      shown.length ? make("p", { class: "meta" }, `${t.take_away}: `, button("csv", found, query), " ",
        button("json", found, query)) : null,
      folded_.length > at * PAGE ? make("p", {}, make("a", { class: "next", rel: "next",
        href: changed({ page: at + 1 }) }, `${t.next} →`)) : null);
  }

  function chips() {
    return filters.length ? make("p", { class: "active" }, filters.flatMap((name) => [make("a",
      { href: changed({ [name]: null }) }, `${label(name, address.get(name))} `,
      make("span", { "aria-hidden": "true" }, "✕"), make("span", { class: "hidden" }, ` ${t.remove}`)), " "])) : null;
  }

  function ask(query) {
    const form = document.querySelector("form[role=search]");
    form.querySelector("input[type=search]").value = query;
    for (const name of filters) {
      form.append(make("input", { type: "hidden", name, value: address.get(name) }));
    }
    if (query && address.get("sort") === "date") form.append(make("input", { type: "hidden", name: "sort", value: "date" }));
    const heading = document.querySelector("h1");
    if (query) {
      heading.className = "small";
      document.title = `${query} · ${t.site}`;
      document.querySelector("form + .meta, noscript + .meta")?.remove();
    }
    for (const other of document.querySelectorAll("nav a[lang]")) other.search = location.search;
  }

  async function main() {
    const query = normal(address.get("q") || "").slice(0, 300);
    const asked = query || filters.length || address.get("page");
    if (!asked) return;
    const columns_ = document.querySelector(".columns");
    columns_.setAttribute("aria-busy", "true"); // at once, so that nobody takes the newest notices for hits
    columns_.replaceChildren();
    try {
      words = await load(`words-${document.documentElement.lang}`);
      t = words.t;
      ask(query);
      columns_.replaceChildren(make("p", { role: "status" }, t.searching));
      meta = await load("meta");
      columns = Object.fromEntries(Object.entries(meta.columns).map(([name, told]) => [name, column(told)]));
      const found = await search(query);
      columns_.before(...[chips(), ...lead(found)].filter(Boolean));
      columns_.replaceChildren(await results(found, query), aside(found));
    } catch (error) {
      const missing = t ? t.file_missing : "Thiếu một tệp của bản sao này";
      columns_.replaceChildren(make("p", { role: "alert" }, `${missing}: ${error.message}`));
      throw error;
    } finally {
      columns_.setAttribute("aria-busy", "false");
    }
  }
  main();
})();

// The map's slider: shows another month from what the page holds, without asking the server.
"use strict";
(() => {
  const box = document.getElementById("slider");
  if (!box) return;
  const range = box.querySelector("input");
  const output = box.querySelector("output");
  const { months: listed, bounds: first, unknown, blocked } = box.dataset;
  const months = listed.split(" ");
  const bounds = first ? first.split(" ").map(Number) : [];
  const separator = document.documentElement.lang === "en" ? "," : ".";
  const signs = { "?": unknown, "✕": blocked };
  const written = (mark) => mark.replace(/\B(?=(\d{3})+$)/g, separator);
  const label = (month) => month.split("-").reverse().join("/");
  const at = (address, month) => address.replace(/month([=-])\d{4}(-?)\d\d/, (_, sign, dash) =>
    `month${sign}${dash ? month : month.replace("-", "")}`);
  const marked = [...document.querySelectorAll("[data-marks]")].map((element) => [element, element.dataset.marks.split(" ")]);
  const rows = [...document.querySelectorAll(".counts tbody tr")];
  const around = { prev: -1, next: 1 };
  let shown = range.valueAsNumber;

  function area(link, mark) {
    const told = `${link.dataset.name}: ${signs[mark] || written(mark)}`;
    link.setAttribute("aria-label", told);
    link.querySelector("title").textContent = told;
    const shade = mark === "0" ? 0 : 1 + bounds.filter((bound) => bound <= Number(mark)).length;
    link.querySelector("path").setAttribute("class", mark in signs ? "unread" : `s${shade}`);
  }

  function cell(element, mark) {
    const [link, sign] = element.children;
    link.textContent = written(mark);
    sign.textContent = mark;
    if (mark in signs) sign.title = signs[mark]; else sign.removeAttribute("title");
    link.hidden = mark in signs || mark === "0";
    sign.hidden = !link.hidden;
  }

  function links(month, place) {
    for (const link of document.querySelectorAll("a[href*=month]")) {
      const step = around[link.rel];
      const there = step ? months[place + step] : month;
      if (step) link.parentElement.hidden = !there;
      if (there && !link.closest("details")) link.setAttribute("href", at(link.getAttribute("href"), there));
    }
  }

  function show(place) {
    const [before, now] = [label(months[shown]), label(months[place])];
    for (const [element, marks] of marked) {
      if (element.matches(".map a")) area(element, marks[place]);
      else if (element.matches("td")) cell(element, marks[place]);
      else element.textContent = written(marks[place]);
    }
    const count = new Map(rows.map((row) => [row, Number(row.querySelector("td").dataset.marks.split(" ")[place]) || 0]));
    rows.sort((a, b) => count.get(b) - count.get(a) || a.dataset.code.localeCompare(b.dataset.code));
    rows[0].parentElement.append(...rows);
    for (const element of document.querySelectorAll("h1, #map-title, .counts caption, title")) {
      element.textContent = element.textContent.replace(before, now);
    }
    links(months[place], place);
    const choice = document.getElementById("month");
    if (choice) choice.value = months[place];
    output.textContent = now;
    range.setAttribute("aria-valuetext", now);
    shown = place;
  }

  function remember() {
    if (!document.getElementById("month")) return; // of a copy each month is a file of its own
    const address = new URL(location.href);
    address.searchParams.set("month", months[shown]);
    history.replaceState(null, "", address);
  }

  range.addEventListener("input", () => show(range.valueAsNumber));
  range.addEventListener("change", remember);
  box.hidden = false;
  range.value = range.getAttribute("value"); // a browser that goes back keeps the old place
  range.setAttribute("aria-valuetext", label(months[shown]));
})();

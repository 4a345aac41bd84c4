"use strict";
// Fetches what the page shows and shows it. The server says the park's language in window.TOMMY.

const language = window.TOMMY.language;
const locale = language === "nl" ? "nl-NL" : "en-GB";
const say = {
  nl: {
    arriving: "Aankomsten vandaag", departing: "Vertrekken vandaag", guests: "Gasten op het park",
    options: "Openstaande opties", occupancy: "Bezetting komende twee weken", today: "Aankomsten van vandaag",
    none: "Vandaag komt er niemand aan.", empty: "Geen reserveringen gevonden.", persons: "pers.",
    failed: "De gegevens konden niet worden opgehaald.", wait: "wachten op bevestiging", tonight: "van de plaatsen bezet",
    confirmed: "Bevestigd", deposit: "Aanbetaald", option: "Optie", checked_in: "Ingecheckt",
  },
  en: {
    arriving: "Arrivals today", departing: "Departures today", guests: "Guests on the park",
    options: "Open options", occupancy: "Occupancy in the next two weeks", today: "Arriving today",
    none: "Nobody arrives today.", empty: "No reservations found.", persons: "pers.",
    failed: "The data could not be fetched.", wait: "waiting to be confirmed", tonight: "of all units taken",
    confirmed: "Confirmed", deposit: "Deposit paid", option: "Option", checked_in: "Checked in",
  },
}[language];

const day = new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
const longDay = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
const letter = new Intl.DateTimeFormat(locale, { weekday: "narrow", timeZone: "UTC" });
const money = new Intl.NumberFormat(locale, { style: "currency", currency: language === "nl" ? "EUR" : "GBP" });
const percent = new Intl.NumberFormat(locale, { style: "percent" });

/** An element with a class and its content: text or elements. */
function make(tag, className, ...content) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...content);
  return element;
}

async function load(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (answer.status === 401) location.assign("/login?next=" + encodeURIComponent(location.pathname));
  if (!answer.ok) throw new Error(address + " answered " + answer.status);
  return answer.json();
}

function card(figure, label, note) {
  return make("article", "card", make("b", "", String(figure)), make("span", "", label), make("small", "", note));
}

function occupancy(nights) {
  const bars = make("div", "bars");
  for (const night of nights) {
    const bar = make("i", "");
    bar.style.setProperty("--share", night.share);
    const one = make("span", "", bar, make("small", "", letter.format(new Date(night.date))));
    one.title = day.format(new Date(night.date)) + ": " + percent.format(night.share);
    bars.append(one);
  }
  return make("article", "card wide", make("h2", "", say.occupancy), bars);
}

function arrivals(stays) {
  const list = make("ul", "");
  for (const stay of stays) {
    list.append(make("li", "", make("b", "", stay.guest), make("span", "", stay.unit), make("small", "", stay.persons + " " + say.persons)));
  }
  return make("article", "card wide", make("h2", "", say.today), stays.length ? list : make("p", "empty", say.none));
}

async function dashboard(section) {
  const data = await load(section.dataset.load);
  document.getElementById("today").textContent = longDay.format(new Date(data.today));
  section.replaceChildren(
    card(data.arriving.length, say.arriving, data.arriving.reduce((sum, stay) => sum + stay.persons, 0) + " " + say.persons),
    card(data.departing.length, say.departing, data.departing.reduce((sum, stay) => sum + stay.persons, 0) + " " + say.persons),
    card(data.guests, say.guests, percent.format(data.nights[0].share) + " " + say.tonight),
    card(data.options, say.options, say.wait),
    occupancy(data.nights),
    arrivals(data.arriving),
  );
}

function reservation(stay) {
  const status = make("td", "", make("span", "status " + stay.status, say[stay.status]));
  const cells = [
    ["number", stay.number], ["guest", stay.guest], ["unit", stay.unit],
    ["date", day.format(new Date(stay.arrives))], ["date", day.format(new Date(stay.departs))],
    ["figure", stay.nights], ["figure", stay.persons], ["figure", money.format(stay.cents / 100)],
  ];
  return make("tr", "", ...cells.map(([className, text]) => make("td", className, String(text))), status);
}

async function reservations(table) {
  const { rows } = await load(table.dataset.load);
  document.querySelector(".spinner").remove();
  if (!rows.length) return table.after(make("p", "empty", say.empty));
  table.tBodies[0].append(...rows.map(reservation));
  document.getElementById("search").addEventListener("input", (event) => {
    const wanted = event.target.value.toLocaleLowerCase();
    for (const row of table.tBodies[0].rows) row.hidden = !row.textContent.toLocaleLowerCase().includes(wanted);
  });
}

const shows = { dashboard, reservations };
for (const [id, show] of Object.entries(shows)) {
  const place = document.getElementById(id);
  if (place) {
    show(place).catch(() => {
      document.querySelector(".spinner")?.replaceWith(make("p", "error", say.failed));
    });
  }
}

// Keeps a page as fresh as the daemon's figures. The server says who changed; the page is fetched again, and of it only
// the parts that differ are swapped. Without this script a page is as it was when it was loaded.
"use strict";

const main = document.querySelector("main[data-live]");
const told = main.querySelector(".told");
const MOST = 100; // ids in one address; more have the whole page fetched
const PAUSE = 1000; // milliseconds between two fetches
const EVERY = 15000; // milliseconds after which what nobody is told of is fetched: last looks, counts of loads, the time
const LATER = 30000; // milliseconds after which a refused stream is asked for again
let source, changed = new Set(), all = false, busy = false;

function listen() {
  source?.close();
  source = new EventSource(main.dataset.events);
  source.onopen = () => { if (told.textContent === main.dataset.lost) told.textContent = ""; };
  source.onerror = () => {
    told.textContent = main.dataset.lost;
    if (source.readyState !== EventSource.CLOSED) return; // it tries again by itself
    all = true; // refused: signed out, which the page tells, or too many listen
    refresh();
    setTimeout(() => { if (!document.hidden) listen(); }, LATER);
  };
  source.onmessage = (event) => {
    const news = JSON.parse(event.data);
    if (main.dataset.live === "*") news.changed.forEach((id) => changed.add(id));
    else if (news.changed.includes(main.dataset.live)) all = true;
    if (news.all) all = true;
    if (news.said) told.textContent = news.said;
    refresh();
  };
}

async function refresh() {
  if (busy || (!all && changed.size === 0)) return;
  busy = true;
  const wanted = all || changed.size > MOST ? null : [...changed];
  changed = new Set();
  all = false;
  try {
    const address = new URL(location.href);
    wanted?.forEach((id) => address.searchParams.append("only", id));
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (answer.redirected || answer.status === 401) location.reload(); // signed out meanwhile
    else if (answer.ok) swap(new DOMParser().parseFromString(await answer.text(), "text/html"), wanted);
  } catch {
    told.textContent = main.dataset.lost;
  }
  setTimeout(() => { busy = false; refresh(); }, PAUSE);
}

function swap(fresh, wanted) {
  for (const part of fresh.querySelectorAll("[data-part]")) {
    const old = document.getElementById(part.id);
    if (!old || old.outerHTML !== part.outerHTML) place(part, old);
  }
  const stays = (row) => fresh.getElementById(row.id) || (wanted && !wanted.includes(row.dataset.of));
  document.querySelectorAll("[data-order]").forEach((row) => { if (!stays(row)) row.remove(); });
}

// A row goes where its order says, everything else where it was. Who was at a link in it stays there.
function place(part, old) {
  const at = old?.contains(document.activeElement) ? document.activeElement : null;
  const moves = part.dataset.order !== undefined && part.dataset.order !== old?.dataset.order;
  const own = document.importNode(part, true);
  if (moves) {
    old?.remove();
    const rows = document.querySelectorAll("[data-order]");
    const next = [...rows].find((row) => row.dataset.order > own.dataset.order);
    if (next) next.before(own);
    else document.getElementById("rows")?.append(own);
  } else if (old) {
    old.replaceWith(own);
  }
  if (own.dataset.order !== undefined) {
    own.classList.add("fresh");
    setTimeout(() => own.classList.length === 1 ? own.removeAttribute("class") : own.classList.remove("fresh"), 2000);
  }
  if (at) (at.id ? document.getElementById(at.id) : [...own.querySelectorAll("a")].find((one) => one.href === at.href))?.focus();
}

setInterval(() => {
  if (document.hidden) return;
  if (main.dataset.live === "*") changed.add(""); // no row: only what stands around them
  else all = true;
  refresh();
}, EVERY);

// A page that nobody sees holds no connection; when it is looked at again it catches up.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) source.close();
  else { all = true; listen(); refresh(); }
});
listen();

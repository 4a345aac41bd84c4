"use strict";
// Shows the page anew when the server says that something changed, and presses buttons without leaving the page.

const place = document.getElementById("live");
let late = false;

async function show(response) {
  const page = new DOMParser().parseFromString(await (await response).text(), "text/html");
  const focused = document.activeElement?.id;
  place.replaceChildren(...page.getElementById("live").childNodes);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

/** Not while a button is held down: what is replaced under the finger loses its click. */
function refresh() {
  late = place.matches(":active");
  if (!late) show(fetch(location.href)).catch(() => {});
}

document.addEventListener("pointerup", () => setTimeout(() => late && refresh(), 50));

document.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  const body = new URLSearchParams(new FormData(form, event.submitter));
  show(fetch(form.action, { method: "POST", body })).catch(() => form.submit());
});

const changes = new EventSource("/live");
changes.onmessage = refresh;
changes.onopen = refresh;

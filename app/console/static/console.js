// What a page does beyond HTML. Without it every page can be read, and the main acts work.
"use strict";

// A form is sent once: a second click does nothing until the page is shown anew.
document.addEventListener("submit", function (event) {
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (form.hasAttribute("hx-post")) return;
  form.dataset.sent = "1";
  form.querySelectorAll("button:not([type])").forEach((button) => button.setAttribute("aria-disabled", "true"));
});
window.addEventListener("pageshow", function () {
  document.querySelectorAll("form[data-sent]").forEach(function (form) {
    delete form.dataset.sent;
    form.querySelectorAll("button").forEach((button) => button.removeAttribute("aria-disabled"));
  });
});

// A page that comes back as it was is shown anew: another may have acted, its stream was closed.
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

// A draft survives a reload: in this tab, until its form was taken or the person signs out.
const DRAFT = "draft:", SENT = "sent:";
function typed(form) {
  const fields = {};
  for (const [name, value] of new FormData(form))
    if (typeof value === "string" && !["csrf", "once", "version", "seen", "back", "next"].includes(name)) fields[name] = value;
  return fields;
}
function fill(form, fields) {
  for (const [name, value] of Object.entries(fields)) {
    const field = form.elements[name];
    if (field && (field instanceof RadioNodeList ? !field.value : !field.value || field.type === "radio")) {
      if (field.type === "checkbox") field.checked = true; else field.value = value;
      const first = field instanceof RadioNodeList ? null : field;
      if (first) first.dispatchEvent(new Event("input", { bubbles: true }));
      const act = form.closest("details");
      if (value && act) act.open = true;
    }
  }
}
function drafts() {
  const refused = document.querySelector("[data-problem]");
  for (const key of Object.keys(sessionStorage)) {
    if (!key.startsWith(SENT)) continue;
    if (!refused) sessionStorage.removeItem(DRAFT + key.slice(SENT.length));
    sessionStorage.removeItem(key);
  }
  document.querySelectorAll("form[data-draft]").forEach(function (form) {
    const name = form.dataset.draft, kept = sessionStorage.getItem(DRAFT + name);
    if (kept) fill(form, JSON.parse(kept));
    form.addEventListener("input", () => sessionStorage.setItem(DRAFT + name, JSON.stringify(typed(form))));
    form.addEventListener("submit", () => sessionStorage.setItem(SENT + name, "1"));
  });
}

// Keys: an element with data-key="Alt+1" is clicked, or gets the focus where it is a field.
document.addEventListener("keydown", function (event) {
  const key = (event.altKey ? "Alt+" : "") + (event.ctrlKey ? "Ctrl+" : "") + (event.key.length === 1 ? event.key.toUpperCase() : event.key);
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.matches("input, select, textarea")) target.focus(); else target.click();
});

document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });

// Live: an entry of the feed wakes whatever has hx-trigger="live from:body".
function live() {
  const address = document.body.dataset.live;
  if (!address || !window.EventSource) return;
  const source = new EventSource(address);
  let last = 0, waiting = 0;
  function wake() {  // at most every two seconds, and never without the last entry
    waiting = waiting || setTimeout(function () {
      waiting = 0; last = Date.now();
      document.body.dispatchEvent(new CustomEvent("live"));
    }, Math.max(0, last + 2000 - Date.now()));
  }
  source.onmessage = wake;
  source.onopen = wake;  // what came between the page and its stream, or while the line was broken
  window.addEventListener("pagehide", () => source.close());
}

// A refused form stays as it is, its files chosen: it gets the problem, and the marks of a new page.
function free(form) {
  delete form.dataset.sent;
  form.querySelectorAll("button").forEach((button) => button.removeAttribute("aria-disabled"));
}
function show(text) { document.open(); document.write(text); document.close(); }
function refuse(form, text) {
  const shown = new DOMParser().parseFromString(text, "text/html");
  const problem = shown.querySelector("[data-problem]"), place = form.querySelector("[data-refused]");
  if (!problem || !place) { show(text); return; }
  place.replaceChildren(problem);
  problem.scrollIntoView({ block: "nearest" });
  const again = [...shown.forms].find((other) => other.getAttribute("action") === form.getAttribute("action"));
  if (again) mark(form, (name) => again.elements[name] && again.elements[name].value);
  sessionStorage.removeItem(SENT + form.dataset.draft);
  free(form);
}
function mark(form, value) {
  for (const name of ["once", "version", "seen"])
    if (form.elements[name] && value(name)) form.elements[name].value = value(name);
}

// A part that brings the ticket's newer version gives it to the forms of the page.
document.addEventListener("htmx:afterSwap", function (event) {
  const fresh = event.target.querySelector("[data-version]");
  if (fresh) for (const form of document.forms) if (form.elements.version) mark(form, (name) => fresh.dataset[name]);
});

// A file goes with its progress shown, and can be stopped; without this the form sends it plainly.
document.addEventListener("submit", function (event) {
  const form = event.target, bar = form.querySelector("progress");
  if (event.defaultPrevented || form.enctype !== "multipart/form-data" || !bar) return;
  event.preventDefault();
  const request = new XMLHttpRequest(), stop = form.querySelector("[data-stop]"), lost = form.querySelector("[data-lost]");
  const sending = (is) => { bar.hidden = stop.hidden = !is; if (!is) { bar.removeAttribute("value"); free(form); } };
  sending(true);
  lost.hidden = true;
  stop.onclick = () => request.abort();
  request.upload.onprogress = (part) => { if (part.lengthComputable) { bar.max = part.total; bar.value = part.loaded; } };
  request.onload = function () {
    if (request.status >= 400) { sending(false); refuse(form, request.responseText); }
    else if (request.responseURL !== form.action) location.assign(request.responseURL);
    else show(request.responseText);
  };
  request.onabort = () => sending(false);
  request.onerror = () => { sending(false); lost.hidden = false; };
  request.open("POST", form.action);
  request.send(new FormData(form));
});

document.addEventListener("DOMContentLoaded", function () { drafts(); live(); });

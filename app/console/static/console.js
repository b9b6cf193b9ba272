// What a page does beyond HTML. Without it every page can be read, and the main acts work.
"use strict";

// A form is sent once: a second click does nothing until the page is shown anew.
document.addEventListener("submit", function (event) {
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (form.hasAttribute("hx-post")) return;
  form.dataset.sent = "1";
  form.querySelectorAll("button").forEach((button) => button.setAttribute("aria-disabled", "true"));
});
window.addEventListener("pageshow", function () {
  document.querySelectorAll("form[data-sent]").forEach(function (form) {
    delete form.dataset.sent;
    form.querySelectorAll("button").forEach((button) => button.removeAttribute("aria-disabled"));
  });
});

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

// Live: an entry of the feed wakes whatever has hx-trigger="live from:body".
function live() {
  const address = document.body.dataset.live;
  if (!address || !window.EventSource) return;
  const source = new EventSource(address);
  source.onmessage = (event) => document.body.dispatchEvent(new CustomEvent("live", { detail: event.data }));
  window.addEventListener("pagehide", () => source.close());
}

// A file goes with its progress shown; without this the form sends it plainly.
document.addEventListener("submit", function (event) {
  const form = event.target, bar = form.querySelector("progress");
  if (event.defaultPrevented || form.enctype !== "multipart/form-data" || !bar) return;
  event.preventDefault();
  const request = new XMLHttpRequest();
  bar.hidden = false;
  request.upload.onprogress = (part) => { if (part.lengthComputable) { bar.max = part.total; bar.value = part.loaded; } };
  request.onload = function () {
    if (request.status < 400) { location.assign(request.responseURL); return; }
    document.open(); document.write(request.responseText); document.close();
  };
  request.onerror = function () {
    bar.hidden = true; delete form.dataset.sent;
    form.querySelectorAll("button").forEach((button) => button.removeAttribute("aria-disabled"));
    const told = form.querySelector("[data-lost]"); if (told) told.hidden = false;
  };
  request.open("POST", form.action);
  request.send(new FormData(form));
});

document.addEventListener("DOMContentLoaded", function () { drafts(); live(); });

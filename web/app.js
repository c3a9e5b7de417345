/* What script adds to pages that already work without it. */
"use strict";

/* A form is sent once, however often its button is pressed. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  form.querySelectorAll("button[type=submit]").forEach((b) => b.setAttribute("aria-disabled", "true"));
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.querySelectorAll("button[type=submit]").forEach((b) => b.removeAttribute("aria-disabled"));
  });
});

/* Leaving a form that was changed asks first. */
let changed = false;
document.addEventListener("input", (event) => {
  if (event.target.closest("form.form")) changed = true;
});
document.addEventListener("submit", () => {
  changed = false;
});

/* A session ends after 15 minutes without a sign of life. Typing is one: what was typed must not end at the sign-in. */
let told = Date.now();
document.addEventListener("input", () => {
  if (!document.querySelector("details.user") || Date.now() - told < 240000) return;
  told = Date.now();
  fetch("/account", { method: "HEAD", cache: "no-store" }).catch(() => {});
});

window.addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});

/* A filter takes effect when it is chosen. */
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto]");
  if (form && event.target.matches("select, input[type=date]")) form.requestSubmit();
});

/* The user's menu and the menu of phones close with Escape; the former also by a press elsewhere. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll("details.user[open]").forEach((d) => {
    d.open = false;
    d.querySelector("summary").focus();
  });
  if (location.hash === "#menu") location.hash = "#main";
});
document.addEventListener("click", (event) => {
  document.querySelectorAll("details.user[open]").forEach((d) => {
    if (!d.contains(event.target)) d.open = false;
  });
});

/* Suggestions are asked for with ?q=, whatever the field is called; filters left empty stay out of the address. */
document.addEventListener("htmx:configRequest", (event) => {
  const { elt, parameters } = event.detail;
  if (elt.matches("input[list]")) event.detail.parameters = { q: elt.value };
  else if (elt.matches("form[data-auto]"))
    Object.keys(parameters).forEach((name) => parameters[name] === "" && delete parameters[name]);
});

/* After a refused form, go where the faults are told. */
window.addEventListener("DOMContentLoaded", () => {
  const faults = document.querySelector("#faults, .refusal");
  if (faults) faults.focus();
});

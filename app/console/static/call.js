// The call's page: Ctrl+Enter takes the call down; a draft brings back what it had suggested.
"use strict";
document.addEventListener("DOMContentLoaded", function () {
  const form = document.querySelector(".call-form");
  form.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && event.ctrlKey) form.querySelector("[value=accept]").click();
    else if (event.key === "Enter" && event.target.tagName === "INPUT") event.preventDefault();
  });
});

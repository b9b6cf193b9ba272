// Where the telephone is, filled in when the person asks for it.
"use strict";
document.addEventListener("DOMContentLoaded", function () {
  if (!navigator.geolocation) return;
  document.querySelectorAll("[data-position]").forEach(function (button) {
    const form = button.form, said = form.querySelector("[data-position-said]");
    button.hidden = false;
    button.addEventListener("click", function () {
      navigator.geolocation.getCurrentPosition(function (place) {
        form.elements.lon.value = place.coords.longitude.toFixed(6);
        form.elements.lat.value = place.coords.latitude.toFixed(6);
        said.textContent = said.dataset.found;
      }, function () { said.textContent = said.dataset.lost; }, { enableHighAccuracy: true, timeout: 15000 });
    });
  });
});

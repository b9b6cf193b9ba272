// The board: sliders beside the numbers of a trial, and charts drawn from the page's figures.
"use strict";

function slide(field) {
  const slider = document.createElement("input");
  slider.type = "range";
  for (const name of ["min", "max", "step"]) slider[name] = field[name];
  slider.value = field.value || 0;
  slider.setAttribute("aria-label", document.querySelector(`label[for="${field.id}"]`).textContent);
  slider.addEventListener("input", () => { field.value = slider.value; sum(); });
  field.addEventListener("input", () => { slider.value = field.value; sum(); });
  field.after(slider);
}
function sum() {
  const hint = document.querySelector("[data-sum]");
  const weights = [...document.querySelectorAll("[data-slider=weight]")].map((field) => Number(field.value));
  hint.textContent = `${hint.dataset.sum}: ${weights.reduce((all, weight) => all + weight, 0).toFixed(2)}`;
}

const INK = "#1d1f23", COLOURS = ["#8a1c1c", "#0b4f8a", "#11602f"], DASHES = ["solid", "dashed", "dotted"];
function options(figures) {
  const common = { animation: false, textStyle: { color: INK }, tooltip: { trigger: "axis", renderMode: "richText" }, grid: { left: 8, right: 16, top: 36, bottom: 8, containLabel: true } };
  const bars = (pairs) => ({ ...common, xAxis: { type: "value" }, yAxis: { type: "category", inverse: true, data: pairs.map((pair) => pair[0]) }, series: [{ type: "bar", data: pairs.map((pair) => pair[1]), itemStyle: { color: COLOURS[1] } }] });
  return {
    volume: { ...common, xAxis: { type: "category", data: figures.months }, yAxis: { type: "value" }, series: [{ type: "bar", data: figures.volume, itemStyle: { color: COLOURS[1] } }] },
    rates: { ...common, legend: { top: 0 }, xAxis: { type: "category", data: figures.months }, yAxis: { type: "value", min: (values) => Math.max(0, Math.floor(values.min / 10) * 10 - 10), max: 100 },
      series: Object.entries(figures.rates).map(([name, values], place) => ({ name, type: "line", data: values, lineStyle: { type: DASHES[place] }, itemStyle: { color: COLOURS[place] } })) },
    kinds: bars(figures.kinds), goals: bars(figures.goals),
  };
}
function save(name, address) {
  const link = document.createElement("a");
  link.href = address; link.download = name; link.click();
}
function draw(figures) {
  for (const [id, option] of Object.entries(options(figures))) {
    const place = document.getElementById(id);
    const chart = echarts.init(place, null, { renderer: "canvas" });
    chart.setOption(option);
    window.addEventListener("resize", () => chart.resize());
    const buttons = document.querySelector(`[data-of="${id}"]`);
    const name = document.querySelector("h1").textContent.replace(/\s/g, "") + "_" + document.getElementById(`${id}-title`).textContent;
    buttons.hidden = false;
    buttons.querySelector("[data-save=png]").onclick = () => save(`${name}.png`, chart.getDataURL({ pixelRatio: 2, backgroundColor: "#fff" }));
    buttons.querySelector("[data-save=svg]").onclick = function () {
      const paper = echarts.init(null, null, { renderer: "svg", ssr: true, width: place.clientWidth, height: place.clientHeight });
      paper.setOption(option);
      save(`${name}.svg`, URL.createObjectURL(new Blob([paper.renderToSVGString()], { type: "image/svg+xml" })));
      paper.dispose();
    };
  }
}
document.addEventListener("DOMContentLoaded", function () {
  document.querySelectorAll("[data-slider]").forEach(slide);
  if (document.querySelector("[data-sum]")) sum();
  const figures = document.querySelector("[data-figures]");
  if (figures) draw(JSON.parse(figures.dataset.figures));
});

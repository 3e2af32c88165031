// Draws every <canvas data-chart="id"> from the JSON beside it (insights/chart_payload.py), in the page's colours.
//
// What the legend hides is kept in the URL (?hide=key,key). The chart library is loaded when the first chart is met.

import { paints } from "./chart_paints.js";

const drawn = new Map();
const number = new Intl.NumberFormat(document.documentElement.lang || undefined);
const share = new Intl.NumberFormat(document.documentElement.lang || undefined, {
  style: "percent",
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

let library = null;
function loadLibrary() {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = document.documentElement.dataset.chartLibrary;
    script.onload = () => resolve(window.Chart);
    script.onerror = reject;
    document.head.append(script);
  });
  return library;
}

const hidden = () => new Set((new URL(location.href).searchParams.get("hide") ?? "").split(",").filter(Boolean));

function rememberHidden(keys) {
  const url = new URL(location.href);
  if (keys.size) url.searchParams.set("hide", [...keys].join(","));
  else url.searchParams.delete("hide");
  history.replaceState(history.state, "", url);
}

function dataset(series, payload, paint) {
  const colour = paint.colour(series.class);
  const common = { label: series.label, data: series.values, hidden: hidden().has(series.key) };
  if (payload.kind === "line") {
    return {
      ...common,
      borderColor: colour,
      backgroundColor: paint.faint(series.class),
      fill: payload.series.length === 1 ? "origin" : false,
      borderWidth: 2,
      borderDash: paint.isUnknown(series.class) ? [4, 3] : [],
      pointRadius: payload.labels.length > 45 ? 0 : 2.5,
      pointBackgroundColor: colour,
      pointHoverRadius: 4,
      tension: 0,
      spanGaps: false,
    };
  }
  return { ...common, backgroundColor: paint.fill(series.class), borderWidth: 0, maxBarThickness: 44, categoryPercentage: 0.86, barPercentage: 0.94 };
}

const LETTER = 7.5; // pixels, about: a sentence that is longer than the chart is wide goes on in further lines

function inLines(sentence, width) {
  const lines = [""];
  for (const word of sentence.split(" ")) {
    if (lines.at(-1) && lines.at(-1).length + word.length > width / LETTER - 4) lines.push("");
    lines.push(`${lines.pop()} ${word}`.trim());
  }
  return lines;
}

function tooltip(payload) {
  const isOne = payload.series.length === 1;
  return {
    title: ([item]) => inLines(payload.titles[item.dataIndex] ?? payload.labels[item.dataIndex], item.chart.width),
    label: (item) => {
      if (isOne || !item.raw) return null; // the title is the whole sentence
      const sum = payload.series.reduce((total, series) => total + (series.values[item.dataIndex] ?? 0), 0);
      const part = payload.kind === "stacked" && sum ? ` · ${share.format(item.raw / sum).replace(/\s?%/, "\u00a0%")}` : "";
      return ` ${item.dataset.label}: ${number.format(item.raw)} ${payload.unit}${part}`;
    },
  };
}

/** Hatches the days of which nothing is known, behind bars and lines: without it they look like days without mail. */
function unknownDays(payload, paint) {
  const isUnknown = (index) => payload.series.every((series) => series.values[index] === null);
  const days = payload.series.length ? payload.labels.map((_, index) => index).filter(isUnknown) : [];
  return {
    id: "unknownDays",
    beforeDatasetsDraw({ ctx: pen, chartArea: area, scales: { x } }) {
      const step = area.width / (payload.labels.length - (x.options.offset ? 0 : 1) || 1);
      pen.save();
      pen.fillStyle = paint.nothingKnown;
      for (const day of days) {
        const left = Math.max(x.getPixelForValue(day) - step / 2, area.left);
        pen.fillRect(left, area.top, Math.min(x.getPixelForValue(day) + step / 2, area.right) - left, area.height);
      }
      pen.restore();
    },
  };
}

function options(payload, paint) {
  const isStacked = payload.kind === "stacked";
  return {
    animation: false,
    maintainAspectRatio: false,
    locale: document.documentElement.lang || undefined,
    interaction: { mode: "index", intersect: false },
    layout: { padding: { top: 4 } },
    scales: {
      x: { stacked: isStacked, grid: { display: false }, border: { color: paint.grid }, ticks: { color: paint.text, maxRotation: 0, autoSkipPadding: 12 } },
      y: { stacked: isStacked, beginAtZero: true, border: { display: false }, grid: { color: paint.grid }, ticks: { color: paint.text, precision: 0, maxTicksLimit: 6 } },
    },
    plugins: {
      legend: { display: false },
      tooltip: {
        callbacks: tooltip(payload),
        // Of a day without a number the first series alone stays, so that there is a title.
        filter: (item, index, items) => item.raw > 0 || (item === items[0] && !items.some((one) => one.raw > 0)),
        backgroundColor: paint.surface,
        titleColor: paint.strong,
        bodyColor: paint.strong,
        borderColor: paint.grid,
        borderWidth: 1,
        padding: 8,
        boxWidth: 10,
        boxHeight: 10,
        usePointStyle: false,
      },
    },
  };
}

function legend(canvas, payload, chart) {
  const place = canvas.closest("[data-chart-figure]")?.querySelector("[data-chart-legend]");
  if (!place || payload.series.length < 2) return;
  const buttons = payload.series.map((series, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "legend-item";
    const swatch = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    swatch.classList.add("swatch");
    swatch.setAttribute("aria-hidden", "true");
    const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    rect.setAttribute("width", "10");
    rect.setAttribute("height", "10");
    rect.classList.add(`fill-${series.class}`);
    swatch.append(rect);
    button.append(swatch, series.label);
    button.setAttribute("aria-pressed", String(chart.isDatasetVisible(index)));
    button.addEventListener("click", () => {
      const isVisible = !chart.isDatasetVisible(index);
      const keys = hidden();
      if (isVisible) keys.delete(series.key);
      else keys.add(series.key);
      rememberHidden(keys);
      chart.setDatasetVisibility(index, isVisible);
      chart.update();
      button.setAttribute("aria-pressed", String(isVisible));
    });
    return button;
  });
  place.replaceChildren(...buttons);
}

async function draw(canvas) {
  const source = document.getElementById(canvas.dataset.chart);
  if (!source) return;
  const payload = JSON.parse(source.textContent);
  const Chart = await loadLibrary();
  drawn.get(canvas)?.destroy();
  const paint = paints(canvas);
  Chart.defaults.font.family = paint.font;
  Chart.defaults.font.size = 12;
  const chart = new Chart(canvas, {
    type: payload.kind === "line" ? "line" : "bar",
    data: { labels: payload.labels, datasets: payload.series.map((series) => dataset(series, payload, paint)) },
    options: options(payload, paint),
    plugins: [unknownDays(payload, paint)],
  });
  drawn.set(canvas, chart);
  legend(canvas, payload, chart);
}

function drawAll() {
  for (const [canvas, chart] of drawn) {
    if (canvas.isConnected) continue;
    chart.destroy();
    drawn.delete(canvas);
  }
  for (const canvas of document.querySelectorAll("canvas[data-chart]")) if (!drawn.has(canvas)) draw(canvas);
}

drawAll();
document.addEventListener("flyout:shown", drawAll);
document.addEventListener("flyout:loaded", drawAll);
document.addEventListener("htmx:load", drawAll);
document.addEventListener("theme:changed", () => [...drawn.keys()].forEach(draw));

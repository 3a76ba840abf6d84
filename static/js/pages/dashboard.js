/** The charts of the operators' dashboard; every number is in a table beside them, too. */

/**
 * @typedef {{id: string, unit: string, times: number[], series: {label: string, values: (number|null)[]}[]}} Chart
 * @typedef {{line: string, soft: string, series: string[]}} Colours
 */

const HEIGHT_PX = 190;
const DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3]];
const MARKER_DASHES = ["solid", "dashed", "dotted", "dashed"];
const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
// Powers of two, so that the lines of the scale bear round sizes.
const BYTE_STEPS = Array.from({ length: 60 }, (_, power) => 2 ** power);
const COUNT_STEPS = [1, 2, 5].flatMap((first) => Array.from({ length: 12 }, (_, zeros) => first * 10 ** zeros)).sort((a, b) => a - b);

const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
/** @type {Chart[]} */
const data = JSON.parse(document.getElementById("chart-data")?.textContent ?? "[]");
/** @type {any[]} */
let drawn = [];

/** @param {number} bytes */
function bytesText(bytes) {
  const power = bytes < 1024 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${short.format(bytes / 1024 ** power)} ${BYTE_UNITS[power]}`;
}

/** @param {string} unit @returns {(value: number|null|undefined) => string} */
function textOf(unit) {
  return (value) => {
    if (value === null || value === undefined) return "–";
    return unit === "bytes" ? bytesText(value) : short.format(value);
  };
}

function colours() {
  const style = getComputedStyle(document.documentElement);
  const of = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  return { line: of("--line"), soft: of("--soft"), series: [1, 2, 3, 4].map((number) => of(`--series-${number}`)) };
}

/** @param {Chart} chart @param {number} width @param {Colours} colour */
function optionsOf(chart, width, colour) {
  const text = textOf(chart.unit);
  const axis = { stroke: colour.soft, grid: { stroke: colour.line, width: 1 }, ticks: { stroke: colour.line, width: 1 }, font: "12px system-ui" };
  return {
    width,
    height: HEIGHT_PX,
    tzDate: (/** @type {number} */ seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    cursor: { drag: { x: false, y: false } },
    legend: { markers: { dash: (/** @type {unknown} */ _, /** @type {number} */ index) => MARKER_DASHES[index - 1] } },
    scales: { y: { range: (/** @type {unknown} */ _, /** @type {number} */ least, /** @type {number} */ most) => [0, Math.max(1, most) * 1.08] } },
    axes: [
      { ...axis, values: [[86400, "{D} {MMM}", null, null, null, null, null, null, 1], [3600, "{HH}:{mm}", "\n{D} {MMM}", null, null, null, null, null, 1]] },
      { ...axis, size: 64, incrs: chart.unit === "bytes" ? BYTE_STEPS : COUNT_STEPS, values: (/** @type {unknown} */ _, /** @type {number[]} */ ticks) => ticks.map(text) },
    ],
    series: [
      { label: "UTC", value: "{D} {MMM}, {HH}:{mm}" },
      ...chart.series.map((series, index) => ({
        label: series.label,
        stroke: colour.series[index],
        width: 2,
        dash: DASHES[index],
        points: { show: false },
        value: (/** @type {unknown} */ _, /** @type {number|null} */ value) => text(value),
      })),
    ],
  };
}

function draw() {
  const colour = colours();
  for (const plot of drawn) plot.destroy();
  drawn = data.map((chart) => {
    const target = document.getElementById(chart.id);
    const values = [chart.times, ...chart.series.map((series) => series.values)];
    return new uPlot(optionsOf(chart, target?.clientWidth ?? 0, colour), values, target);
  });
}

function fit() {
  for (const plot of drawn) plot.setSize({ width: plot.root.parentElement.clientWidth, height: HEIGHT_PX });
}

draw();
addEventListener("resize", fit);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-theme"] });

// Line charts as SVG that stand alone: one or more panels above each other with one axis of x. They
// are legible in light and dark, by the reader's own setting.

/**
 * @typedef {object} Series
 * @property {string} key names the colour: ours, reno or cubic
 * @property {[number, number][]} points
 * @property {boolean} [dashed] what theory says
 * @property {boolean} [marked] each point is a measurement of its own
 */

/**
 * @typedef {object} Panel
 * @property {string} label of the axis of y, with its unit
 * @property {[number, number]} range
 * @property {boolean} [log]
 * @property {Series[]} series
 * @property {{ value: number, label: string, atTop?: boolean }[]} [lines] levels to compare with; a
 *   label stands above its level, or at the top of the panel
 */

/**
 * @typedef {object} Axis
 * @property {string} label
 * @property {[number, number]} range
 * @property {boolean} [log]
 * @property {(value: number) => string} [format]
 */

const kWidth = 760;
const kLeft = 64;
const kRight = 20;
const kTop = 64;
const kGap = 22;
const kBottom = 46;

const style = `
  svg { color-scheme: light dark; font: 12px system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; }
  .back { fill: #ffffff; } .text { fill: #24292f; } .soft { fill: #57606a; }
  .grid { stroke: #d8dee4; } .frame { stroke: #8c959f; fill: none; }
  .level { stroke: #57606a; stroke-dasharray: 2 4; }
  .line { fill: none; stroke-width: 1.75; stroke-linejoin: round; }
  .dashed { stroke-dasharray: 6 4; stroke-width: 1.25; }
  .ours { stroke: #0550ae; } .reno { stroke: #bc4c00; } .cubic { stroke: #1a7f37; }
  .dot.ours { fill: #0550ae; } .dot.reno { fill: #bc4c00; } .dot.cubic { fill: #1a7f37; }
  .title { font-size: 14px; font-weight: 600; }
  .halo { stroke: #ffffff; stroke-width: 4px; paint-order: stroke; }
  @media (prefers-color-scheme: dark) {
    .back { fill: #0d1117; } .text { fill: #e6edf3; } .soft { fill: #9198a1; }
    .grid { stroke: #262c36; } .frame { stroke: #656c76; } .level { stroke: #9198a1; }
    .halo { stroke: #0d1117; }
    .ours { stroke: #79b8ff; } .reno { stroke: #ffa657; } .cubic { stroke: #7ee787; }
    .dot.ours { fill: #79b8ff; } .dot.reno { fill: #ffa657; } .dot.cubic { fill: #7ee787; }
  }`;

/**
 * @param {object} chart
 * @param {string} chart.title
 * @param {{ key: string, label: string, dashed?: boolean }[]} chart.legend
 * @param {Axis} chart.x
 * @param {Panel[]} chart.panels
 * @param {number} [chart.panelHeight]
 */
export function drawChart({ title, legend, x, panels, panelHeight = 150 }) {
  const height = kTop + panels.length * (panelHeight + kGap) - kGap + kBottom;
  const right = kWidth - kRight;
  const toX = scale(x.range, [kLeft, right], x.log);
  const parts = [
    `<rect class="back" width="${kWidth}" height="${height}"/>`,
    `<text class="text title" x="${kLeft}" y="24">${escape(title)}</text>`,
    ...drawLegend(legend),
  ];
  panels.forEach((panel, index) => {
    const top = kTop + index * (panelHeight + kGap);
    const bottom = top + panelHeight;
    const toY = scale(panel.range, [bottom, top], panel.log);
    for (const value of ticks(x.range, x.log, 10)) {
      const at = round(toX(value));
      parts.push(`<path class="grid" d="M${at} ${top}V${bottom}"/>`);
      if (index === panels.length - 1) {
        const text = x.format?.(value) ?? String(value);
        parts.push(
          `<text class="soft" x="${at}" y="${bottom + 17}" text-anchor="middle">${text}</text>`,
        );
      }
    }
    for (const value of ticks(panel.range, panel.log, 5)) {
      const at = round(toY(value));
      parts.push(
        `<path class="grid" d="M${kLeft} ${at}H${right}"/>`,
        `<text class="soft" x="${kLeft - 7}" y="${at + 4}" text-anchor="end">${value}</text>`,
      );
    }
    parts.push(
      `<path class="frame" d="M${kLeft} ${top}V${bottom}H${right}"/>`,
      `<text class="text" transform="translate(16 ${(top + bottom) / 2}) rotate(-90)" text-anchor="middle">${escape(panel.label)}</text>`,
    );
    const levels = panel.lines ?? [];
    for (const { value } of levels) {
      parts.push(`<path class="level" d="M${kLeft} ${round(toY(value))}H${right}"/>`);
    }
    for (const series of panel.series) parts.push(drawSeries(series, toX, toY, panel.range));
    for (const { value, label, atTop } of levels) {
      const at = atTop ? top + 13 : round(toY(value)) - 6;
      parts.push(
        `<text class="soft halo" x="${right - 4}" y="${at}" text-anchor="end">${escape(label)}</text>`,
      );
    }
  });
  parts.push(
    `<text class="text" x="${(kLeft + right) / 2}" y="${height - 8}" text-anchor="middle">${escape(x.label)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${kWidth} ${height}" width="${kWidth}" height="${height}" role="img">`,
    `<title>${escape(title)}</title>`,
    `<style>${style}\n</style>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function drawLegend(legend) {
  let x = kLeft;
  return legend.map(({ key, label, dashed }) => {
    const at = x;
    x += 42 + label.length * 6.6;
    return (
      `<path class="line ${key}${dashed ? ' dashed' : ''}" d="M${round(at)} 44h22"/>` +
      `<text class="text" x="${round(at + 28)}" y="48">${escape(label)}</text>`
    );
  });
}

function drawSeries({ key, points, dashed, marked }, toX, toY, [low, high]) {
  const within = (value) => Math.min(Math.max(value, low), high);
  const places = points.map(([px, py]) => [round(toX(px)), round(toY(within(py)))]);
  const path = places.map(([px, py], index) => `${index === 0 ? 'M' : 'L'}${px} ${py}`).join('');
  const dots = marked
    ? places.map(([px, py]) => `<circle class="dot ${key}" cx="${px}" cy="${py}" r="3"/>`).join('')
    : '';
  return `<path class="line ${key}${dashed ? ' dashed' : ''}" d="${path}"/>${dots}`;
}

function scale([low, high], [from, to], log) {
  const map = log ? Math.log10 : (value) => value;
  return (value) => from + ((map(value) - map(low)) / (map(high) - map(low))) * (to - from);
}

/** Round values within the range: powers of ten with their half and double, or equal steps. */
function ticks([low, high], log, count) {
  const values = [];
  if (log) {
    for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); ++power) {
      for (const factor of [1, 2, 5]) values.push(Number((factor * 10 ** power).toPrecision(3)));
    }
    return values.filter((value) => value >= low * 0.999 && value <= high * 1.001);
  }
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? rough;
  for (let value = Math.ceil(low / step) * step; value <= high * 1.0001; value += step) {
    values.push(Number(value.toPrecision(6)));
  }
  return values;
}

const round = (value) => Math.round(value * 10) / 10;
const escape = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

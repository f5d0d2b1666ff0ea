// What the panel looks like. Colours are custom properties, for the page to change; they follow the scheme of
// the page, or the attribute `theme` ("light" or "dark").

const kLight = `
  --paper: var(--inspect-paper, #ffffff); --raised: var(--inspect-raised, #f5f6f8);
  --ink: var(--inspect-ink, #1b1f27); --faint: var(--inspect-faint, #5c6573); --rule: var(--inspect-rule, #dde1e7);
  --accent: var(--inspect-accent, #1a5fc4); --good: #17803d; --bad: #c02626; --busy: #9a5b00;
  --s0: #1a6ad8; --s1: #c2540a; --s2: #7b8494; --s3: #8a3ab9; --s4: #0f7f74; --s5: #b3266b;`;
const kDark = `
  --paper: var(--inspect-paper, #14171c); --raised: var(--inspect-raised, #1d2128);
  --ink: var(--inspect-ink, #e7eaef); --faint: var(--inspect-faint, #9aa4b2); --rule: var(--inspect-rule, #333a45);
  --accent: var(--inspect-accent, #7fb4ff); --good: #5fd08a; --bad: #ff8080; --busy: #f0b45a;
  --s0: #6cb0ff; --s1: #ff9f57; --s2: #8d97a6; --s3: #cf93f5; --s4: #4fd1c0; --s5: #ff86bd;`;

const kStyle = `
:host { ${kLight} display: block; color-scheme: light; }
@media (prefers-color-scheme: dark) { :host(:not([theme="light"])) { ${kDark} color-scheme: dark; } }
:host([theme="dark"]) { ${kDark} color-scheme: dark; }
:host([hidden]) { display: none; }
* { box-sizing: border-box; }
.panel { font: 13px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  border: 1px solid var(--rule); border-radius: 10px; overflow: hidden; display: flex; flex-direction: column;
  min-height: 0; height: 100%; }
header, nav { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; padding: 8px 12px;
  background: var(--raised); border-bottom: 1px solid var(--rule); }
header strong { margin-right: 6px; font-size: 14px; }
header .actions { margin-left: auto; display: flex; gap: 6px; }
nav { padding: 0 12px; gap: 2px; }
button, .file { font: inherit; color: var(--ink); background: var(--paper); border: 1px solid var(--rule); border-radius: 6px;
  padding: 3px 10px; cursor: pointer; }
button:hover, .file:hover { border-color: var(--accent); }
button:focus-visible, input:focus-visible, .file:focus-within { outline: 2px solid var(--accent); outline-offset: 1px; }
button[aria-pressed="true"] { border-color: var(--accent); color: var(--accent); }
.file input { position: absolute; opacity: 0; width: 1px; height: 1px; }
nav button { border: 0; border-bottom: 2px solid transparent; border-radius: 0; background: none; padding: 7px 10px;
  color: var(--faint); }
nav button[aria-selected="true"] { color: var(--ink); border-bottom-color: var(--accent); }
main { padding: 12px; overflow: auto; min-height: 0; flex: 1; }
.dot { display: inline-block; width: 8px; height: 8px; border-radius: 50%; background: var(--faint); margin-right: 6px; }
.good .dot, .dot.good { background: var(--good); } .bad .dot, .dot.bad { background: var(--bad); }
.busy .dot, .dot.busy { background: var(--busy); }
.chips { display: flex; flex-wrap: wrap; gap: 6px; margin-bottom: 12px; }
.chip { border: 1px solid var(--rule); border-radius: 14px; padding: 2px 10px; }
.chip span { color: var(--faint); margin-right: 2px; }
.graphs { display: grid; grid-template-columns: repeat(auto-fill, minmax(260px, 1fr)); gap: 12px; margin-bottom: 14px; }
figure { margin: 0; border: 1px solid var(--rule); border-radius: 8px; padding: 8px 10px; background: var(--raised); }
figcaption { display: flex; gap: 6px; align-items: baseline; }
figcaption .unit, .span, figcaption .top { color: var(--faint); font-size: 11px; }
figcaption .top { margin-left: auto; font-variant-numeric: tabular-nums; }
figure svg { width: 100%; height: 90px; display: block; border-top: 1px solid var(--rule); border-bottom: 1px solid var(--rule);
  touch-action: none; }
.line { fill: none; stroke-width: 1.6; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.grid { stroke: var(--rule); stroke-width: 1; vector-effect: non-scaling-stroke; }
.cursor { stroke: var(--faint); stroke-width: 1; vector-effect: non-scaling-stroke; }
.span { display: flex; justify-content: space-between; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 12px; }
.key i { display: inline-block; width: 10px; height: 3px; border-radius: 2px; margin-right: 5px; vertical-align: middle;
  background: currentColor; }
.key b { color: var(--ink); font-variant-numeric: tabular-nums; }
.key { color: var(--faint); }
${[0, 1, 2, 3, 4, 5].map((i) => `.line.series-${i} { stroke: var(--s${i}); } .key.series-${i} i { background: var(--s${i}); }`).join('\n')}
h3 { font-size: 13px; margin: 14px 0 6px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { text-align: left; color: var(--faint); font-weight: 500; }
td, th { padding: 3px 10px 3px 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
.mono, pre { font: 12px/1.45 ui-monospace, monospace; overflow-wrap: anywhere; }
.filter { display: flex; flex-wrap: wrap; gap: 6px; margin-bottom: 8px; }
.filter input { flex: 1; min-width: 140px; font: inherit; color: var(--ink); background: var(--paper);
  border: 1px solid var(--rule); border-radius: 6px; padding: 3px 8px; }
.entries { list-style: none; margin: 0; padding: 0; }
.entries details { border-bottom: 1px solid var(--rule); }
.entries summary { display: grid; grid-template-columns: 78px 74px minmax(90px, 150px) 1fr; gap: 8px; padding: 3px 4px;
  cursor: pointer; list-style: none; }
.entries summary::-webkit-details-marker { display: none; }
.entries .plain summary { cursor: default; }
.entries .what { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.entries .time { color: var(--faint); font-variant-numeric: tabular-nums; text-align: right; }
.entries .kind { color: var(--faint); }
.entries .kind.state, .entries .kind.pair { color: var(--good); } .entries .kind.call { color: var(--accent); }
.entries .kind.throw, .bad { color: var(--bad); } .entries .kind.relay { color: var(--busy); }
pre { margin: 0 0 8px; padding: 8px; background: var(--raised); border-radius: 6px; white-space: pre-wrap; max-height: 340px;
  overflow: auto; }
.empty { color: var(--faint); padding: 24px; text-align: center; }
.problem { color: var(--bad); padding: 6px 12px; }
`;

/**
 * As a sheet, which strict Content Security Policies allow.
 * @param {ShadowRoot} root
 */
export function dress(root) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(kStyle);
  root.adoptedStyleSheets = [sheet];
}

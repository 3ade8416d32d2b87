/** The sheet as one page of HTML that needs nothing else: it prints on A4, reads in the dark, and loads nothing. */
import { dark, light } from '../diagram/theme.ts'
import { clean, escapeXml } from '../diagram/text.ts'
import { POLICY } from './html.ts'
import { sizeOf } from './size.ts'
import type { Sheet, SheetFlow } from './sheet.ts'

/** @param svg the picture, theme `auto`. */
export function sheetHtml(sheet: Sheet, svg: string): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8"/>',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}"/>`,
    '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
    '<meta name="generator" content="Lintel"/>',
    `<title>${plain(sheet.title)}</title>`,
    `<style>${CSS}</style>`,
    '</head>',
    '<body><main>',
    `<header><h1>${plain(sheet.title)}</h1>${sheet.goal === undefined ? '' : `<p class="goal">${plain(sheet.goal)}</p>`}${sheet.stance === undefined ? '' : `<p class="stance">${plain(sheet.stance)}</p>`}</header>`,
    `<div class="${tall(svg) ? 'beside' : 'over'}">`,
    `<figure>${svg.trimEnd()}</figure>`,
    section('The seven axes', `<table class="axes">${sheet.axes.map(({ axis, question, answer }) => `<tr><th scope="row">${plain(capital(axis))}<small>${plain(question)}</small></th><td>${words(answer)}</td></tr>`).join('')}</table>`),
    '</div>',
    '<div class="columns">',
    sheet.estimate.length === 0 ? '' : section('Estimate', `<table class="estimate">${sheet.estimate.map(({ name, expression, result }) => `<tr><th scope="row">${plain(name)}</th><td><code>${plain(expression)}</code></td><td class="number">${plain(result)}</td></tr>`).join('')}</table>`),
    sheet.tradeOffs.length === 0 ? '' : section('Accepted trade-offs', `<ul>${sheet.tradeOffs.map(({ what, because, until }) => `<li><b>${words(what)}</b>${because ? `: ${words(because)}` : ''}${until ? ` <span class="muted">until ${plain(until)}</span>` : ''}</li>`).join('')}</ul>`),
    '</div>',
    sheet.flows.length === 0 ? '' : section('Flows', sheet.flows.map(flow).join('')),
    sheet.failures.length === 0 ? '' : section('When something fails', `<dl>${sheet.failures.map(({ when, then }) => `<dt>${words(capital(when))}</dt><dd>${then.map(words).join(' ')}</dd>`).join('')}</dl>`),
    sheet.open.length === 0 ? '' : section('Still open', `<ul class="open">${sheet.open.map(({ severity, text }) => `<li class="${severity}"><b>${severity}</b> ${words(text)}</li>`).join('')}</ul>`),
    '<footer>Computed by Lintel from the design. What it does not state is not assumed.</footer>',
    '</main></body>',
    '</html>\n',
  ]
    .filter((line) => line !== '')
    .join('\n')
}

/** Beside a tall picture there is room for the axes. */
function tall(svg: string): boolean {
  const { width, height } = sizeOf(svg)
  return width < 1.5 * height
}

function section(title: string, inner: string): string {
  return `<section><h2>${title}</h2>${inner}</section>`
}

function flow({ title, rate, latency, availability, throughput, hops }: SheetFlow): string {
  const facts = [
    ['latency', latency],
    ['availability', availability],
    ['throughput', throughput],
  ].map(([name, value]) => `<tr><th scope="row">${name}</th><td>${words(value!)}</td></tr>`)
  const budget =
    hops.length === 0
      ? ''
      : `<table class="budget"><thead><tr><th>waits for</th><th>time-out</th><th>p99</th><th>tries</th></tr></thead>${hops.map((hop) => `<tr><td>${plain(hop.arrow)}</td><td>${plain(hop.timeout)}</td><td>${plain(hop.p99)}</td><td>${plain(hop.tries)}</td></tr>`).join('')}</table>`
  return `<div class="flow"><h3>${plain(title)} <span class="muted">${plain(rate)}</span></h3><div class="columns"><table>${facts.join('')}</table>${budget}</div></div>`
}

/** Names in backticks become code. */
function words(text: string): string {
  return plain(text).replace(/`([^`]+)`/g, '<code>$1</code>')
}

function plain(text: string): string {
  return escapeXml(clean(text))
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

const CSS = [
  `:root{color-scheme:light dark;--ground:${light.ground};--ink:#1b2330;--muted:#5b6675;--line:#dfe4ea;--soft:#f4f6f8;--accent:#0b62c4;--error:#b42318;--warning:#9a5b00}`,
  `@media (prefers-color-scheme:dark){:root{--ground:${dark.ground};--ink:#e6eaf0;--muted:#9aa7b4;--line:#2c3542;--soft:#1b222c;--accent:#58a6ff;--error:#ff8a80;--warning:#f0a04b}}`,
  'html{background:var(--ground);color:var(--ink);font:15px/1.5 Inter,system-ui,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}',
  'body{margin:0}main{max-width:66rem;margin:0 auto;padding:2.5rem 1.5rem 3rem}',
  'h1{font-size:1.9rem;line-height:1.2;margin:0 0 .4rem;letter-spacing:-.01em}',
  '.goal{font-size:1.15rem;margin:.2rem 0}.stance,.muted,small,footer{color:var(--muted)}.stance{margin:.2rem 0}',
  'h2{font-size:.8rem;text-transform:uppercase;letter-spacing:.08em;color:var(--accent);margin:2rem 0 .6rem;border-bottom:1px solid var(--line);padding-bottom:.3rem}',
  'h3{font-size:1rem;margin:1rem 0 .3rem}h3 .muted{font-weight:400;font-size:.9em;margin-left:.4em}',
  'figure{margin:1.5rem 0 0;text-align:center}figure svg{max-width:100%;height:auto;max-height:36rem}',
  'table{border-collapse:collapse;width:100%;font-size:.92em}th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line)}tr:last-child>*{border-bottom:0}',
  'th{font-weight:600;white-space:nowrap}.axes th{width:14rem;white-space:normal}.axes small{display:block;font-weight:400}',
  '.beside{display:grid;grid-template-columns:1fr 1fr;gap:0 2.5rem;align-items:start}.beside .axes th{width:8.5rem}.beside section h2{margin-top:1.5rem}@media (max-width:48rem){.beside{display:block}}',
  '.number{text-align:right;font-variant-numeric:tabular-nums;font-weight:600;white-space:nowrap}',
  '.budget thead th{color:var(--muted);font-weight:400}.budget td+td,.budget th+th{text-align:right;font-variant-numeric:tabular-nums;padding-right:0;padding-left:.6rem}',
  '.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(18rem,1fr));gap:0 2.5rem}.columns:empty{display:none}',
  'code{font:0.92em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--soft);border-radius:4px;padding:.05em .3em}',
  'dl{margin:0}dt{font-weight:600;margin-top:.6rem}dd{margin:.1rem 0 0}ul{margin:0;padding-left:1.1rem}li{margin:.25rem 0}',
  '.open .error b{color:var(--error)}.open .warning b{color:var(--warning)}footer{margin-top:2.5rem;font-size:.85em}',
  '@media print{@page{size:A4;margin:12mm}html{font-size:9.5px;background:#fff}main{max-width:none;padding:0}figure svg{max-height:90mm}h2{margin:1.1rem 0 .4rem}section,.flow,dd,tr{break-inside:avoid}}',
].join('')

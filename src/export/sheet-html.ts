/** The sheet as one page of HTML that needs nothing else: it prints on A4, reads in the dark, and loads nothing. */
import { clean, escapeXml } from '../diagram/text.ts'
import { POLICY } from './html.ts'
import { FOOTER } from './sheet-blocks.ts'
import { printSizeOf, SHEET_CSS } from './sheet-css.ts'
import type { SheetPicture } from './sheet-picture.ts'
import type { Answer, Sheet, SheetFlow } from './sheet.ts'
import { sizeOf } from './size.ts'

/** @param picture of theme `auto`. */
export function sheetHtml(sheet: Sheet, picture: SheetPicture): string {
  const { title, goal, stance, estimate, axes, flows, failures, tradeOffs, open, more } = sheet
  const { width, height } = sizeOf(picture.svg)
  // Beside a tall picture there is room for words.
  const tall = width < 1.5 * height
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8"/>',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}"/>`,
    '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
    '<meta name="generator" content="Lintel"/>',
    `<title>${plain(title)}</title>`,
    `<style>${SHEET_CSS}@media print{html{font-size:${printSizeOf(sheet, { width, height, tall })}px}}</style>`,
    '</head>',
    `<body><main${tall ? ' class="tall"' : ''}>`,
    `<header><h1>${plain(title)}</h1>${goal === undefined ? '' : `<p class="goal">${plain(goal)}</p>`}${stance === undefined ? '' : `<p class="stance">${plain(stance)}</p>`}</header>`,
    ...(tall ? [] : [figure(picture)]),
    '<div class="sheet">',
    '<div class="first">',
    ...(tall ? [figure(picture), '<div class="numbers">'] : []),
    section('estimate', 'Estimate', estimate.length === 0 ? '' : `<table><thead class="unseen"><tr><th scope="col">number</th><th scope="col">from</th><th scope="col" class="number">result</th></tr></thead><tbody>${estimate.map((one) => `<tr><th scope="row">${plain(one.name)}</th><td class="from">${plain(one.expression)}</td><td class="number">${plain(one.result)}</td></tr>`).join('')}</tbody></table>`, more.estimate),
    section('axes', 'The seven axes', `<table><thead class="unseen"><tr><th scope="col">axis</th><th scope="col">answer</th></tr></thead><tbody>${axes.map(({ axis, question, ...answer }) => `<tr><th scope="row">${plain(capital(axis))}<small>${plain(question)}</small></th><td>${claims(answer)}${answer.derived === '' ? '<span class="muted">not stated</span>' : plain(answer.derived)}</td></tr>`).join('')}</tbody></table>`),
    ...(tall ? ['</div>'] : []),
    '</div>',
    section('flows', 'Flows', flows.map(flow).join(''), more.flows),
    section('failures', 'When something fails', failures.length === 0 ? '' : `<dl>${failures.map(({ when, then }) => `<div><dt>${words(capital(when))}</dt><dd>${then.map(words).join(' ')}</dd></div>`).join('')}</dl>`, more.failures),
    section('trade-offs', 'Accepted trade-offs', tradeOffs.length === 0 ? '' : `<ul>${tradeOffs.map(({ what, because, until }) => `<li>${words(what)}${because ? `: ${plain(because)}` : ''}${until ? ` <span class="muted">(until <time datetime="${plain(until)}">${plain(until)}</time>)</span>` : ''}</li>`).join('')}</ul>`, more.tradeOffs),
    section('open', 'Still open', open.length === 0 ? '' : `<ul>${open.map(({ severity, text }) => `<li><b class="${severity}">${severity}</b> ${words(text)}</li>`).join('')}</ul>`, more.open),
    '</div>',
    `<footer>${FOOTER}</footer>`,
    '</main></body>',
    '</html>\n',
  ]
    .filter((line) => line !== '')
    .join('\n')
}

function figure({ svg, caption }: SheetPicture): string {
  return `<figure>${svg.trimEnd()}${caption === undefined ? '' : `<figcaption>${plain(caption)}</figcaption>`}</figure>`
}

function section(name: string, title: string, inner: string, more?: string): string {
  return inner === '' ? '' : `<section class="${name}"><h2>${title}</h2>${inner}${more === undefined ? '' : `<p class="muted">${more}</p>`}</section>`
}

function flow({ title, rate, budget, hops }: SheetFlow): string {
  const promised = budget.some(({ claims }) => claims.length > 0)
  const rows = budget.map(({ name, ...answer }) => `<tr><th scope="row">${name}</th>${promised ? `<td>${claims(answer)}</td>` : ''}<td>${plain(answer.derived)}</td></tr>`)
  const columns = (['p99', 'timeout', 'tries'] as const).filter((name) => hops.some((hop) => hop[name] !== ''))
  return [
    `<div class="flow"><h3>${plain(title)}${rate === '' ? '' : ` <span class="rate">${plain(rate)}</span>`}</h3><div class="tables">`,
    rows.length === 0 ? '' : `<table class="budget"><thead${promised ? '' : ' class="unseen"'}><tr><td></td>${promised ? '<th scope="col">promised</th>' : ''}<th scope="col">computed</th></tr></thead><tbody>${rows.join('')}</tbody></table>`,
    hops.length === 0 ? '' : `<table class="hops"><thead><tr><th scope="col">waits for</th>${columns.map((name) => `<th scope="col" class="number">${name === 'timeout' ? 'time-out' : name}</th>`).join('')}</tr></thead><tbody>${hops.map((hop) => `<tr><th scope="row">${plain(hop.arrow)}</th>${columns.map((name) => `<td class="number">${plain(hop[name])}</td>`).join('')}</tr>`).join('')}</tbody></table>`,
    '</div></div>',
  ].join('')
}

function claims({ claims }: Answer): string {
  return claims.map(({ text, verdict, note }) => `<div>${plain(text)}: <b class="${verdict}">${verdict}</b>${note === undefined ? '' : `<span class="muted">, ${plain(note)}</span>`}</div>`).join('')
}

/** Names in backticks stand out. */
function words(text: string): string {
  return plain(text).replace(/`([^`]+)`/g, '<b>$1</b>')
}

function plain(text: string): string {
  return escapeXml(clean(text))
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

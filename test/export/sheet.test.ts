/** The sheet: what it says is what was computed, and each of its three forms is one file that needs nothing else. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { check, sheet } from '../../src/core.ts'
import { readXml } from '../../src/export/xml.ts'
import { sheetHtml } from '../../src/export/sheet-html.ts'
import { sheetMarkdown } from '../../src/export/sheet-markdown.ts'
import { sheetPdf } from '../../src/export/sheet-pdf.ts'
import type { Sheet } from '../../src/export/sheet.ts'
import { openText } from '../../src/workspace.ts'
import { ROOT } from '../support/lintel.ts'
import { fonts, svgOf } from './support.ts'

const SALES = readFileSync(join(ROOT, 'examples/ticket-sales/ticket-sales.lintel'), 'utf8')

function sheetFor(text: string): Sheet {
  const opened = openText(text)
  return sheet(opened.model, check(opened, { today: '2026-11-21' }))
}

const HOSTILE = `design "A <b> & | *c*" { goal: "Say \\"x\\" <script>" }
client c "<i>"
service s { accept single-point-of-failure because "one | two <b>" until 2027-03-01 }
c -> s
flow "F & <G>" { rate: 5/s, c -> s }`

describe('sheet', () => {
  it('holds goal, estimate, seven axes, budgets, failures and trade-offs of a design', () => {
    const { title, goal, stance, estimate, axes, flows, failures, open } = sheetFor(SALES)
    assert.equal(title, 'Ticket sales')
    assert.equal(goal, 'Sell every seat once, and survive the minute an event goes on sale')
    assert.equal(stance, 'Optimizes consistency; sacrifices availability.')
    assert.deepEqual(estimate.map(({ name, result }) => [name, result]), [['fans-online', '2M'], ['on-sale', '10k/s'], ['confirmed', '500/s']])
    assert.deepEqual(axes.map(({ axis }) => axis), ['consistency', 'availability', 'latency', 'throughput', 'scale unit', 'state', 'recovery'])
    assert.equal(flows[0]!.rate, '10k/s, 20k/s at peak')
    assert.deepEqual(flows[0]!.hops.find(({ arrow }) => arrow === 'orders → ledger'), { arrow: 'orders → ledger', timeout: '200ms', p99: '', tries: '3' })
    // Scenarios that the design tells come first, and are not asked a second time.
    assert.equal(failures[0]!.when, 'The seat cache dies')
    assert.ok(!failures.slice(1).some(({ when }) => when.includes('seats')))
    assert.match(failures.find(({ when }) => when.includes('ledger'))!.then.join(' '), /“Buy a ticket” is unavailable \(`fans` → .* → `ledger`; `ledger` is down\)/)
    assert.ok(failures.length >= 5 && failures.length <= 7)
    assert.deepEqual(open, [], 'the example is clean')
  })

  it('does not hide what is still open, errors first', () => {
    const { open } = sheetFor(`client c\nservice s { replicas: 1 }\ncache k uses redis { stores: D }\ndata D { class: order }\nc -> s -> k : writes\nflow "F" { availability: 99.9%, c -> s -> k }`)
    assert.ok(open.length > 0)
    assert.equal(open[0]!.severity, 'error')
  })

  it('lists trade-offs with their reasons and dates', () => {
    const { tradeOffs } = sheetFor('client c\nservice s { replicas: 1, accept single-point-of-failure because "a demo" until 2027-03-01 }\ndata D { tolerates: loss }\nc -> s')
    assert.deepEqual(tradeOffs, [
      { what: 'single-point-of-failure on `s`', because: 'a demo', until: '2027-03-01' },
      { what: '`D` tolerates loss', because: '' },
    ])
  })

  it('of a design that says nothing says so, and nothing more', () => {
    const { estimate, flows, failures, tradeOffs } = sheetFor('client c\nservice s\nc -> s')
    assert.deepEqual([estimate, failures, tradeOffs].map(({ length }) => length), [0, 0, 0])
    assert.equal(flows.length, 1)
    assert.equal(flows[0]!.rate, 'not stated')
  })

  it('as HTML is well-formed, loads nothing, and shows what a person wrote as they wrote it', async () => {
    const html = sheetHtml(sheetFor(HOSTILE), await svgOf(HOSTILE, 'auto'))
    assert.doesNotMatch(html, /<script|(?:src|href)="(?!data:|#)|@import|url\((?!data:)/)
    assert.match(html, /A &lt;b&gt; &amp; \| \*c\*/)
    assert.match(html, /one \| two &lt;b&gt;/)
    const body = html.slice(html.indexOf('<main>'), html.indexOf('</body>')).replace(/<svg[\s\S]*<\/svg>/, '')
    assert.equal(readXml(body).name, 'main')
  })

  it('as Markdown keeps its tables whole and carries its picture', async () => {
    const svg = await svgOf(HOSTILE)
    const markdown = sheetMarkdown(sheetFor(HOSTILE), svg)
    const [, data] = /data:image\/svg\+xml;base64,([\w+/=]+)\)/.exec(markdown)!
    assert.equal(Buffer.from(data!, 'base64').toString('utf8'), svg)
    for (const line of markdown.split('\n').filter((one) => one.startsWith('| **'))) assert.equal(line.replace(/\\\|/g, '').split('|').length, 4, line)
    assert.match(markdown, /# A \\<b\\> & \| \\\*c\\\*/)
    const sales = sheetMarkdown(sheetFor(SALES), await svgOf(SALES))
    assert.match(sales, /\| on-sale \| `fans-online \* 3 \/ 10min` \| \*\*10k\/s\*\* \|/)
  })

  it('as PDF is one page for a usual design, more where it must, and the same bytes each time', async () => {
    const faces = await fonts()
    const pdf = async (text: string): Promise<string> => Buffer.from(await sheetPdf(sheetFor(text), await svgOf(text), faces)).toString('latin1')
    const sales = await pdf(SALES)
    assert.match(sales, /^%PDF-1\./)
    assert.match(sales, /\/Count 1\b/)
    assert.match(sales, /\/MediaBox \[0 0 595\.28 841\.89\]/)
    assert.equal(sales, await pdf(SALES))
    const long = `${SALES}\n${Array.from({ length: 6 }, (_, i) => `scenario "A long story number ${i} of what may happen on a day that nobody wished for, told at length" { fails: ledger }`).join('\n')}
      ${Array.from({ length: 5 }, (_, i) => `flow "Buy a ticket in the ${i}th way" { rate: 1/s, fans -> edge -> lb -> orders\n orders -> ledger : writes\n orders -> psp }`).join('\n')}
      ${Array.from({ length: 12 }, (_, i) => `let number-${i} = on-sale * ${i + 2}`).join('\n')}`
    assert.match(await pdf(long), /\/Count 2\b/)
  })
})

/** The sheet: what it says is what was computed, and each of its three forms is one file that needs nothing else. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { check, createRenderer, sheet } from '../../src/core.ts'
import { inProcessEngine } from '../../src/diagram/engine.ts'
import { withoutGlyph } from '../../src/export/letters.ts'
import { readXml, type Element } from '../../src/export/xml.ts'
import { sheetHtml } from '../../src/export/sheet-html.ts'
import { sheetMarkdown } from '../../src/export/sheet-markdown.ts'
import { sheetPdf } from '../../src/export/sheet-pdf.ts'
import { pictureOf, type SheetPicture } from '../../src/export/sheet-picture.ts'
import { wordsOf, type Sheet } from '../../src/export/sheet.ts'
import { sizeOf } from '../../src/export/size.ts'
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
    assert.deepEqual(estimate, [
      { name: 'fans-online', expression: '', result: '2M' },
      { name: 'on-sale', expression: 'fans-online × 3 / 10min', result: '10k/s' },
      { name: 'confirmed', expression: 'on-sale × 5%', result: '500/s' },
    ])
    assert.deepEqual(axes.map(({ axis }) => axis), ['consistency', 'availability', 'latency', 'throughput', 'scale unit', 'state', 'recovery'])
    assert.equal(flows[0]!.rate, '10k/s, 20k/s at peak')
    // In the words of the picture.
    assert.deepEqual(flows[0]!.hops.find(({ arrow }) => arrow === 'Orders API → ledger'), { arrow: 'Orders API → ledger', timeout: '200ms', p99: '', tries: '3' })
    // Scenarios that the design tells come first, and are not asked a second time.
    assert.equal(failures[0]!.when, 'The seat cache dies')
    assert.ok(!failures.slice(1).some(({ when }) => when.includes('seats')))
    assert.equal(failures.find(({ when }) => when.includes('ledger'))!.then.join(' '), '“Buy a ticket” is unavailable: `Orders API` needs it.')
    assert.deepEqual(failures.slice(1).map(({ when }) => when), ['the log `bookings` is down', 'the database `ledger` is down', 'the third party `Payment provider` is down', 'one zone of `us-east` is lost'])
    assert.deepEqual(open, [], 'the example is clean')
  })

  it('puts what is promised beside what was computed, with a verdict, and leaves out what nobody knows', () => {
    const { flows, axes } = sheetFor(SALES)
    const [latency, availability] = flows[0]!.budget
    assert.deepEqual(latency!.claims, [{ text: 'p99 within 1.5s', verdict: 'open' }])
    assert.match(latency!.derived, /given up after 3s/)
    assert.equal(availability!.claims[0]!.text, 'availability 99.9%')
    assert.doesNotMatch(JSON.stringify([flows, axes]), /not stated/)
  })

  it('lists what a flow waits for once, in one unit', () => {
    const { flows } = sheetFor('client c\nservice s\nexternal p\nc -> s { timeout: 2500ms }\ns -> p : calls "a" { timeout: 1s }\ns -> p : calls "b" { timeout: 1s }\nflow "F" { rate: 1/s, c -> s -> p }')
    assert.deepEqual(flows[0]!.hops.map(({ arrow, timeout }) => [arrow, timeout]), [['c → s', '2.5s'], ['s → p', '1s']])
  })

  it('says how much it leaves out', () => {
    const text = `client c\nservice s\nc -> s\n${Array.from({ length: 16 }, (_, i) => `let n${i} = ${i + 1}\n`).join('')}${Array.from({ length: 8 }, (_, i) => `flow "F${i}" { rate: 1/s, c -> s }\n`).join('')}`
    const { more, flows, estimate } = sheetFor(text)
    assert.deepEqual([flows.length, estimate.length], [6, 14])
    assert.deepEqual([more.flows, more.estimate], ['and 2 more flows', 'and 2 more numbers'])
  })

  it('calls things as the picture does, unless two are called alike or the label is no name for a sentence', () => {
    const { failures } = sheetFor(`client c
service s "Shop"
cache k1 "Cache"
cache k2 "Cache"
cache k3 "Seats, free"
database db "Orders"
c -> s
s -> k1, k2, k3 : reads
s -> db
flow "F" { rate: 1/s, c -> s }`)
    assert.deepEqual(failures.map(({ when }) => when), ['the cache `k1` dies', 'the database `Orders` is down', 'the cache `k2` dies', 'the cache `k3` dies'])
    assert.match(failures[1]!.then[0]!, /`Shop` needs it/)
  })

  it('does not hide what is still open, errors first', () => {
    const { open } = sheetFor(`client c\nservice s { replicas: 1 }\ncache k uses redis { stores: D }\ndata D { class: order }\nc -> s -> k : writes\nflow "F" { availability: 99.9%, c -> s -> k }`)
    assert.ok(open.length > 0)
    assert.equal(open[0]!.severity, 'error')
  })

  it('lists trade-offs with their reasons and dates', () => {
    const { tradeOffs } = sheetFor('client c\nservice s { replicas: 1, accept single-point-of-failure because "a demo" until 2027-03-01 }\ndata D { tolerates: loss }\nc -> s')
    assert.deepEqual(tradeOffs, [
      { what: 'Single point of failure: `s`', because: 'a demo', until: '2027-03-01' },
      { what: '`D` may lose some', because: '' },
    ])
  })

  it('of a design that says nothing says so, and nothing more', () => {
    const { estimate, flows, failures, tradeOffs } = sheetFor('client c\nservice s\nc -> s')
    assert.deepEqual([estimate, failures, tradeOffs].map(({ length }) => length), [0, 0, 0])
    assert.equal(flows.length, 1)
    assert.equal(flows[0]!.rate, '')
  })

  it('as HTML is well-formed, loads nothing, and shows what a person wrote as they wrote it', async () => {
    const html = sheetHtml(sheetFor(HOSTILE), { svg: await svgOf(HOSTILE, 'auto') })
    assert.doesNotMatch(html, /<script|(?:src|href)="(?!data:|#)|@import|url\((?!data:)/)
    assert.match(html, /A &lt;b&gt; &amp; \| \*c\*/)
    assert.match(html, /one \| two &lt;b&gt;/)
    const body = html.slice(html.indexOf('<main'), html.indexOf('</body>')).replace(/<svg[\s\S]*<\/svg>/, '')
    const main = readXml(body)
    assert.equal(main.name, 'main')
    const all = (element: Element): readonly Element[] => [element, ...element.children.flatMap((child) => (typeof child === 'string' ? [] : all(child)))]
    const headings = all(main).map(({ name }) => name).filter((name) => /^h\d$/.test(name))
    assert.equal(headings[0], 'h1')
    headings.slice(1).forEach((name, index) => assert.ok(Number(name[1]) - Number(headings[index]![1]) <= 1, 'no level is left out'))
    for (const table of all(main).filter(({ name }) => name === 'table')) assert.ok(all(table).some(({ name, attributes }) => name === 'th' && attributes['scope'] === 'col'), 'a table has heads')
    assert.ok(/<figure><svg [^>]*role="graphics-document document" aria-labelledby=/.test(html), 'the picture has a name and a description')
  })

  it('as Markdown keeps its tables whole and carries its picture', async () => {
    const svg = await svgOf(HOSTILE)
    const markdown = sheetMarkdown(sheetFor(HOSTILE), { svg })
    const [, data] = /data:image\/svg\+xml;base64,([\w+/=]+)\)/.exec(markdown)!
    assert.equal(Buffer.from(data!, 'base64').toString('utf8'), svg)
    const cells = (line: string): number => line.replace(/\\\|/g, '').split('|').length
    const lines = markdown.split('\n')
    lines.forEach((line, index) => {
      if (line.startsWith('|') && lines[index - 1]?.startsWith('|')) assert.equal(cells(line), cells(lines[index - 1]!), line)
    })
    assert.match(markdown, /# A \\<b\\> \\& \| \\\*c\\\*/)
    assert.doesNotMatch(markdown.replace(/\\[<>]/g, ''), /<(?:b|i|G|script)>/)
    const sales = sheetMarkdown(sheetFor(SALES), { svg: await svgOf(SALES) })
    assert.match(sales, /\| on-sale \| `fans-online × 3 \/ 10min` \| \*\*10k\/s\*\* \|/)
    assert.match(sales, /\|---\|---\|---:\|/, 'numbers stand right')
  })

  it('of a design that no page holds has the picture with its containers closed, or a view of it, and says so', async () => {
    const many = `client c\ngateway g\nc -> g\n${Array.from({ length: 4 }, (_, r) => `region r${r} {\n${Array.from({ length: 30 }, (_, i) => `service s${r}-${i} "A service with a long label ${r} ${i}"`).join('\n')}\n}`).join('\n')}
${Array.from({ length: 4 }, (_, r) => Array.from({ length: 30 }, (_, i) => `g -> s${r}-${i}`).join('\n')).join('\n')}`
    const renderer = createRenderer(inProcessEngine())
    const of = async (text: string): Promise<SheetPicture> => {
      const { model } = openText(text)
      return pictureOf(model, (options) => renderer.draw(model, { ...options, theme: 'light' }))
    }
    try {
      const closed = await of(many)
      assert.match(closed.caption!, /containers closed/)
      assert.ok(sizeOf(closed.svg).width < 2100)
      const view = await of(`${many.replaceAll(/region r\d \{|^\}$/gm, '')}\nview "The door" { include: [c, g] }`)
      assert.match(view.caption!, /The door/)
      assert.equal((await of('client c\nservice s\nc -> s')).caption, undefined)
    } finally {
      renderer.dispose()
    }
  })

  it('as PDF marks letters that it has no glyph for, and goes on without pictographs', async () => {
    const odd = 'client c "顧客 🙋"\nservice s\nc -> s'
    assert.ok((await sheetPdf(sheetFor(odd), { svg: await svgOf(odd) }, await fonts())).length > 1000)
    assert.deepEqual(withoutGlyph(wordsOf(sheetFor('design "注 ok"\nservice s'))), ['注'])
  })

  it('as Markdown links to a picture beside it, where that is what shows', () => {
    assert.match(sheetMarkdown(sheetFor(SALES), { path: 'my (new) shop.svg' }), /!\[The picture of Ticket sales\]\(my%20%28new%29%20shop\.svg\)/)
  })

  it('as PDF is one page for a usual design, more where it must, and the same bytes each time', async () => {
    const faces = await fonts()
    const pdf = async (text: string): Promise<string> => Buffer.from(await sheetPdf(sheetFor(text), { svg: await svgOf(text) }, faces)).toString('latin1')
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

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import * as fc from 'fast-check'
import { create, type Font } from 'fontkit'
import { FACTS, factsLines, insets, LABEL, measureLabel, measureNode, PAD, textWidth, TITLE, titleLines, wrap } from '../../src/diagram/measure.ts'
import type { NodeContent } from '../../src/diagram/picture.ts'
import { clean } from '../../src/diagram/text.ts'
import { vocabulary } from '../../src/vocabulary/index.ts'
import { property } from '../support/property.ts'

const require = createRequire(import.meta.url)
const inter = (weight: 400 | 600): Font => create(readFileSync(require.resolve(`@fontsource/inter/files/inter-latin-${weight}-normal.woff2`)))

const content = (over: Partial<NodeContent>): NodeContent => ({
  id: 'a', type: 'component', kind: 'service', label: 'Orders API', facts: 'service', truthOf: [], holds: false, ...over,
})

describe('measuring text', () => {
  it('gives each line the width that the font itself gives it, kerning included', () => {
    const phrases = ['Orders API', 'PostgreSQL · 16 shards by event', 'AVATAR To. We, "Ty"', 'ticket-mailer_v2', '×12', 'café Ångström', 'p99 – 900 ms', 'a  b']
    for (const weight of [400, 600] as const) {
      const font = inter(weight)
      for (const phrase of phrases) {
        const units = font.layout(phrase, { calt: false, liga: false, ccmp: false, kern: true }).advanceWidth
        assert.ok(Math.abs(textWidth(phrase, { size: 2048, weight }) - units) < 2, `${phrase} at ${weight}`)
      }
    }
    assert.notEqual(textWidth('AV', TITLE), textWidth('A', TITLE) + textWidth('V', TITLE))
  })

  it('has a width for every script, and none for what only changes the character before it', () => {
    assert.ok(textWidth('Привет Ελλάδα Łódź', TITLE) > 100)
    assert.equal(textWidth('日本', { size: 10, weight: 400 }), 20)
    assert.equal(textWidth('e\u0301', TITLE), textWidth('e', TITLE))
    assert.equal(textWidth('👩‍👩‍👧', TITLE), textWidth('👩', TITLE))
    assert.equal(textWidth('', TITLE), 0)
  })

  it('keeps every wrapped line within its width, drops nothing without a sign, and tears no character apart', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'W', ' ', '-', 'é', 'e\u0301', '漢', '👩‍👩‍👧', '\n', '.'), maxLength: 80 })
    property(
      fc.property(text, fc.integer({ min: 40, max: 240 }), fc.integer({ min: 1, max: 4 }), (raw, width, most) => {
        const lines = wrap(raw, LABEL, width, most)
        assert.ok(lines.length <= most)
        for (const line of lines) {
          assert.ok(textWidth(line, LABEL) <= width, `${JSON.stringify(line)} is ${textWidth(line, LABEL)} wide, of ${width}`)
          assert.doesNotMatch(line, /^[\u0301\u200D]/)
        }
        const whole = (some: string) => some.replace(/\s/g, '')
        const kept = whole(lines.join(''))
        if (kept.endsWith('…')) assert.ok(whole(clean(raw)).startsWith(kept.slice(0, -1)))
        else assert.equal(kept, whole(clean(raw)))
      }),
    )
  })

  it('breaks long names behind their joints, and makes the lines about equally long', () => {
    assert.deepEqual(titleLines('customer-notification-preferences-service'), ['customer-notification-', 'preferences-service'])
    assert.deepEqual(measureLabel('insert booking and outbox row').lines, ['insert booking', 'and outbox row'])
    assert.deepEqual(titleLines('one\ntwo'), ['one', 'two'])
    assert.equal(wrap('a\nb\nc\nd', LABEL, 100, 3).at(-1), 'c d…')
  })

  it('breaks the facts at their dots', () => {
    assert.deepEqual(factsLines('Redis · cache-aside'), ['Redis · cache-aside'])
    const lines = factsLines('Apache Cassandra · 1024 shards by customer-and-order · quorum')
    assert.equal(lines.length, 2)
    assert.ok(lines.every((line) => !line.startsWith('·') && !line.endsWith('·')))
    assert.deepEqual(factsLines(''), [])
  })
})

describe('measuring a node', () => {
  it('has room for its icon, words and outline, on the grid, for every kind', () => {
    for (const { name: kind } of vocabulary.kinds) {
      for (const label of ['a', 'Orders API', 'A label that is rather longer than others are']) {
        for (const truthOf of [[], ['Booking'], ['One', 'Two', 'Three']]) {
          const facts = 'Something · and another'
          const size = measureNode(content({ kind, label, facts, truthOf }))
          const inset = insets({ kind, truthOf })
          const words = Math.max(...size.title.map((line) => textWidth(line, TITLE)), textWidth(facts, FACTS))
          assert.equal(size.width % 8, 0)
          assert.equal(size.height % 8, 0)
          assert.equal(size.head, 0)
          assert.ok(size.width >= inset.left + PAD + 28 + words + PAD + inset.right, `${kind} ${label}: ${size.width}`)
          assert.ok(size.height >= inset.top + size.title.length * 17 + 14 + inset.bottom, `${kind} ${label}: ${size.height}`)
        }
      }
    }
  })

  it('keeps a head free above what a node holds', () => {
    const region = measureNode(content({ type: 'container', kind: 'region', label: 'us-east', facts: '', holds: true }))
    assert.deepEqual(region.title, ['us-east'])
    assert.ok(region.head >= 32 && region.height > region.head)
    const store = measureNode(content({ kind: 'database', holds: true }))
    assert.ok(store.head >= 48)
    assert.ok(measureNode(content({ type: 'container', kind: 'region', label: 'us-east', collapsed: true })).head === 0)
  })

  it('does not change with what only repaints it: copies up to a stack, or the family', () => {
    const one = measureNode(content({}))
    assert.deepEqual(measureNode(content({ copies: '×3', family: 'compute' })), one)
  })

  it('asks for no gap where there is no label', () => {
    assert.deepEqual(measureLabel(''), { lines: [], width: 0, height: 0 })
    assert.deepEqual(measureLabel(' \u0007 '), { lines: [], width: 0, height: 0 })
    const { width, height } = measureLabel('reads')
    assert.ok(width > textWidth('reads', LABEL) && height >= 14)
  })
})

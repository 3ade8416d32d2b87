import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { axesOf } from '../../src/axes/axes.ts'
import type { AxesTable, Axis } from '../../src/axes/table.ts'
import { describeQuantity } from '../../src/model/quantity.ts'
import { designOf } from '../support/generator.ts'
import { modelOf } from '../support/design.ts'
import { openText } from '../../src/workspace.ts'

const text = (name: string): string => readFileSync(new URL(`../corpus/acceptance/${name}.lintel`, import.meta.url), 'utf8')
const systems = (table: AxesTable): Readonly<Record<Axis, string>> =>
  Object.fromEntries(table.rows.map((row) => [row.axis, row.system.value])) as Record<Axis, string>

describe('the acceptance designs', () => {
  it('the first sketch: nothing durable, one partition too hot, the provider’s quota too small', () => {
    assert.deepEqual(systems(axesOf(modelOf(text('orders-first-sketch')))), {
      consistency: 'nothing is read back',
      availability: 'not stated (at best every flow survives any one replica; copies of carts unknown)',
      latency: 'not stated (nothing on the way of any flow says how long it takes)',
      throughput:
        'already too much: psp’s quota takes 100/s of 8k/s and the busiest partition of events takes 2k/s of 9.46k/s, then carts writes at 50× today’s peak',
      'scale-unit': 'data by country and message; services by replica; only bigger machines: carts',
      state: 'no durable home: Order (only passing through events) and Cart (only in carts)',
      recovery: 'not stated (nothing says how carts comes back; a restart of carts loses what is not in its last snapshot)',
    })
  })

  it('the same, repaired', () => {
    assert.deepEqual(systems(axesOf(modelOf(text('orders-sound')))), {
      consistency: 'Place an order: eventual, may be more than 30min old; Order and Cart CP',
      availability: 'every flow survives any one zone; falls with region us-east',
      latency: 'not stated (waits for lb, api, carts and ledger, whose latency is unknown; given up after 2s)',
      throughput: 'first billing at 24× today’s peak, then psp’s quota at 25×',
      'scale-unit': 'data by user-id, order-id, message and object name; services by replica; only bigger machines: carts',
      state: 'Order in ledger; Cart in cart-store; copies: carts of cart-store',
      recovery: 'ledger is back in 30s; nothing acknowledged is lost, unless no follower answered in time',
    })
  })

  it('Instagram, with its numbers', () => {
    const model = modelOf(text('instagram'))
    const lets = Object.fromEntries(model.lets.map((each) => [each.name, each.value && describeQuantity(each.value)]))
    assert.deepEqual(lets, {
      dau: '500M',
      uploads: '11.6k/s',
      photo: '2MB',
      'per-day': '2PB',
      'five-years': '3.65EB',
      ingress: '23.1GB/s = 185Gb/s',
      'feed-reads': '116k/s',
    })
    const table = systems(axesOf(model))
    assert.equal(table.throughput, 'first api at 1.9× today’s average, then meta writes at 28×; with a zone lost, api takes 1.3×')
    assert.equal(table.consistency, 'Read feed: bounded, at most 1h old; Photo CP')
    assert.equal(table.state, 'Photo in photos; derived: Feed in feeds; copies: feeds of follows')
  })

  it('point at the text for every fact that the text states', () => {
    const model = modelOf(text('orders-sound'))
    const lines = text('orders-sound').split('\n')
    for (const row of axesOf(model).rows) {
      for (const { evidence, claimed = [] } of [row.system, ...[...row.flows, ...row.components].map(({ cell }) => cell)]) {
        for (const { text: words, origin, by } of [...evidence, ...claimed.flatMap((claim) => claim.evidence)]) {
          assert.ok((origin === undefined) !== (by === undefined), words)
          if (!origin) continue
          assert.ok(origin.range.start.line < lines.length, words)
        }
      }
    }
  })
})

describe('the axes over whole designs', () => {
  it('never contradict themselves, whatever line is taken away', () => {
    const lines = text('orders-sound').split('\n')
    for (let without = 0; without < lines.length; without++) {
      const { model } = openText(lines.toSpliced(without, 1).join('\n'))
      check(axesOf(model))
    }
  })

  it('are the same twice', () => {
    const first = axesOf(modelOf(text('instagram')))
    assert.deepEqual(axesOf(modelOf(text('instagram'))), first)
  })

  it('hold on generated designs', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer(), (size, seed) => check(axesOf(openText(designOf(size, seed)).model))),
      { numRuns: 15 },
    )
  })
})

function check(table: AxesTable): void {
  assert.equal(table.rows.length, 7)
  for (const row of table.rows) {
    for (const cell of [row.system, ...[...row.flows, ...row.components].map((each) => each.cell)]) {
      assert.equal(cell.value.startsWith('not stated'), !cell.stated, cell.value)
      assert.doesNotMatch(cell.value, /undefined|NaN|Infinity|\[object|\(\)|; ;|^$/, row.axis)
      for (const wish of cell.missing) assert.match(wish, /\S/)
      for (const { text, note = '' } of cell.claimed ?? []) assert.doesNotMatch(`${text} ${note}`, /undefined|NaN|Infinity|\[object|\(\)|^$/, row.axis)
    }
  }
}

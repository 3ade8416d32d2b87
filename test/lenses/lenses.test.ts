/** The lenses: what they lay over a picture, that it never changes the layout, and what they say beside it. */
import assert from 'node:assert/strict'
import { createRenderer, seen, type Lens } from '../../src/core.ts'
import { inProcessEngine } from '../../src/diagram/engine.ts'
import { modelOf } from '../support/design.ts'
import { corpus } from '../rules/support.ts'
import { openText } from '../../src/workspace.ts'

const SHOP = `
data Order { class: order }
client web
service api { replicas: 3, zones: 3, capacity: 1k/s }
cache hot uses redis { pattern: cache-aside, ttl: 30s, stores: Order, rebuild-from: orders }
database orders uses postgres { stores: Order, truth: yes, capacity { read: 3k/s, write: 900/s }, replicas: 2 }
log events uses kafka { partitions: 12 }
worker mailer { replicas: 2 }
search find uses elasticsearch { refresh: 1s, derived: yes }
web -> api { timeout: 2s }
api -> hot : reads { hit-ratio: 90%, fallback: orders, timeout: 20ms }
api -> orders : writes { data: Order }
orders ~> events : captures { lag: 2s }
events ~> mailer : delivers
events ~> find : delivers { lag: 3s }
flow "Order" {
  rate: 800/s
  web -> api
  api -> orders : writes
}
flow "Look" {
  rate: 1k/s
  web -> api
  api -> hot : reads
}
`
const model = modelOf(SHOP)
const through = (lens: Lens) => seen(model, lens)

describe('the load lens', () => {
  const { overlay, report } = through({ type: 'load' })

  it('shows how full each component is, and what comes where no limit is stated', () => {
    assert.deepEqual(overlay.things.get('orders')?.words, ['800/s of 900/s · 89%', '89%'])
    assert.equal(overlay.things.get('orders')?.tone, 'warm')
    assert.equal(overlay.things.get('events')?.tone, 'quiet')
    assert.equal(overlay.things.has('web'), false)
  })

  it('says the rate of each arrow, wider where more goes', () => {
    assert.deepEqual(overlay.arrows.get('web>api:calls')?.words, ['1.8k/s'])
    assert.equal(overlay.arrows.get('web>api:calls')?.weight, 1)
    assert.ok(overlay.arrows.get('api>orders:writes')!.weight! < 1)
  })

  it('names what is full first, the fullest first', () => {
    assert.match(report.summary, /`orders` is full first, at 1\.1 times this load/)
    assert.deepEqual(report.groups[0]!.entries.map(({ ids }) => ids[0]).slice(0, 2), ['orders', 'api'])
  })

  it('says what to state where nothing is known', () => {
    assert.match(seen(modelOf('service a\ndatabase b\na -> b : reads'), { type: 'load' }).report.summary, /No rate is stated/)
  })
})

describe('the failure lens', () => {
  it('asks for something to take down', () => {
    assert.match(through({ type: 'failure', down: [] }).report.summary, /Click a component/)
    assert.match(through({ type: 'failure', down: ['gone'] }).report.summary, /Click a component/)
  })

  it('shows what is down, what falls with it, and the way on which a flow fails', () => {
    const { overlay, report } = through({ type: 'failure', down: ['orders'] })
    assert.deepEqual(overlay.things.get('orders'), { tone: 'over', out: true, words: ['down'], note: ['is down'] })
    assert.deepEqual(overlay.things.get('api')?.words, ['needs orders', 'cannot work'])
    assert.equal(overlay.arrows.get('api>orders:writes')?.tone, 'over')
    assert.equal(overlay.arrows.get('orders>events:captures')?.faint, true)
    const flows = report.groups.find(({ title }) => title === 'Flows')!.entries
    assert.deepEqual(flows.map(({ text, mark }) => [text, mark]), [['Order', 'unavailable'], ['Look', 'degraded']])
    assert.match(flows[0]!.details[0]!, /`api` → `orders`; `orders` is down/)
  })

  it('shows what stands in', () => {
    const { overlay } = through({ type: 'failure', down: ['hot'] })
    assert.equal(overlay.things.get('orders')?.tone === 'lit' || overlay.things.get('orders')?.tone === 'hot', true)
  })
})

describe('the truth lens', () => {
  it('shows where data is decided, copied, and how old each copy may be', () => {
    const { overlay, report } = through({ type: 'truth', data: 'Order' })
    assert.equal(overlay.things.get('orders')?.tone, 'lit')
    assert.deepEqual(overlay.things.get('hot')?.words, ['up to 30s old', '30s'])
    assert.deepEqual(overlay.things.get('find')?.words, ['up to 6s old', '6s'])
    assert.match(report.summary, /`Order` is decided in `orders`, and copied 2 times/)
    assert.deepEqual(report.choices, [{ id: 'Order', name: 'Order' }])
  })

  it('does not say that a copy is no older than what is stated of it', () => {
    const { overlay } = seen(modelOf(SHOP.replace('captures { lag: 2s }', 'captures')), { type: 'truth' })
    assert.deepEqual(overlay.things.get('find')?.words, ['4s old or more', '4s +'])
  })
})

describe('every lens', () => {
  const renderer = createRenderer(inProcessEngine())
  after(() => renderer.dispose())
  const lensesOf = (ids: readonly string[]): readonly Lens[] => [{ type: 'load' }, { type: 'truth' }, { type: 'failure', down: ids.slice(0, 1) }, { type: 'failure', down: ids.slice(-2) }]

  it('says nothing half, and throws on no design', () => {
    for (const { name, text } of corpus()) {
      const { model } = openText(text)
      for (const lens of lensesOf(model.components.map(({ id }) => id))) {
        const { overlay, report } = seen(model, lens)
        const words = [report.summary, ...report.groups.flatMap(({ title, entries }) => [title, ...entries.flatMap(({ text, mark, details }) => [text, mark ?? '-', ...details])]), ...[...overlay.things.values(), ...overlay.arrows.values()].flatMap(({ words, note }) => [...(words ?? []), ...(note ?? [])])]
        for (const each of words) assert.doesNotMatch(each, /undefined|NaN|\[object|^$/, `${name} ${lens.type}: ${each}`)
      }
    }
  }).timeout(60_000)

  it('keeps every box and line where it is', async () => {
    for (const { text } of corpus().filter(({ name }) => name.startsWith('examples') || name.includes('orders')).slice(0, 12)) {
      const { model } = openText(text)
      const plain = await renderer.draw(model, { theme: 'light' })
      for (const lens of lensesOf(model.components.map(({ id }) => id))) {
        const { svg, placed } = await renderer.draw(model, { theme: 'light', overlay: seen(model, lens).overlay })
        assert.deepEqual(placed, plain.placed)
        assert.match(svg, /^<svg /)
      }
    }
  }).timeout(60_000)
})

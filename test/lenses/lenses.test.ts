/** The lenses: what they lay over a picture, that it never changes the layout, and what they say beside it. */
import assert from 'node:assert/strict'
import { createRenderer, play, seen, type Lens } from '../../src/core.ts'
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
    assert.deepEqual(overlay.things.get('api'), { tone: 'warm', words: ['not for “Order”', 'in part'], note: ['cannot do its part in “Order”: orders is down'] })
    assert.deepEqual(through({ type: 'failure', down: ['api'] }).overlay.things.get('web')?.words, ['needs api', 'cannot work'])
    assert.equal(overlay.arrows.get('api>orders:writes')?.tone, 'over')
    assert.equal(overlay.arrows.get('orders>events:captures')?.faint, true)
    const flows = report.groups.find(({ title }) => title === 'Flows')!.entries
    assert.deepEqual(flows.map(({ text, mark }) => [text, mark]), [['Order', 'unavailable'], ['Look', 'degraded']])
    assert.match(flows[0]!.details[0]!, /`api` → `orders`; `orders` is down/)
  })

  it('shows what backs up, and who works later', () => {
    const later = seen(modelOf('client c\nservice a\nlog l uses kafka { retention: 7d }\nworker w\nexternal x\nc -> a ~> l\nl ~> w -> x : calls\nflow "F" { rate: 5/s, c -> a ~> l }'), { type: 'failure', down: ['x'] })
    assert.deepEqual(later.overlay.things.get('l')?.words, ['grows by 5/s', 'backs up'])
    assert.deepEqual(later.overlay.things.get('w')?.words, ['works later', 'later'])
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

  it('says what the axes say: of what may be forgotten, of backups, and of what arrives over messages', () => {
    const told = (text: string): readonly string[] => seen(modelOf(text), { type: 'truth' }).report.groups.flatMap(({ entries }) => entries.map(({ mark, text }) => `${mark} ${text}`))
    assert.deepEqual(told('data Session\nservice api\ncache sessions uses redis { ttl: 30min, stores: Session }\napi -> sessions : writes { data: Session }'), ['only here `sessions`, which may forget it'])
    assert.deepEqual(told('data Order\nservice api\ndatabase db uses postgres { stores: Order }\nobject-store archive uses s3\napi -> db : writes { data: Order }\ndb ~> archive : backs-up { interval: 1d }'), ['decides `db`', 'backup `archive`: every 1d'])
    assert.deepEqual(told('data Scan\nservice api\nlog scans uses kafka\nworker keep\ndatabase history uses postgres\napi ~> scans : publishes { data: Scan }\nscans ~> keep : delivers\nkeep -> history : writes { data: Scan }'), ['decides `history`', 'passes on `scans`'])
    assert.match(seen(modelOf('data Session\nservice api\ncache c uses redis { stores: Session }\napi -> c : writes'), { type: 'truth' }).report.summary, /`Session` has no durable home/)
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

  it('hangs one thing on a card: what it shows of a store, or its pill of truth', async () => {
    const model = modelOf('data Session\nservice api\ncache sessions uses redis { ttl: 30min, stores: Session }\napi -> sessions : writes { data: Session }')
    const { svg } = await renderer.draw(model, { theme: 'light', overlay: seen(model, { type: 'truth' }).overlay })
    assert.match(svg, />only here</)
    assert.doesNotMatch(svg, />truth of Session</)
  })

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

describe('playing a flow', () => {
  const steps = (text: string) => play(modelOf(text), play(modelOf(text)).flows[0]!.id).playback!.steps.map((step) => `${step.text.replaceAll('`', '')}${step.when === '' ? '' : ` (${step.when})`}${step.later ? ' later' : ''}${step.clock === '' ? '' : ` | ${step.clock}`}`)
  const TEXT = `
client web
service api { p50: 10ms, p99: 50ms }
cache hot uses redis { p50: 1ms, p99: 5ms }
database db uses postgres { p50: 4ms, p99: 40ms }
log events uses kafka
worker mailer
web -> api
api -> hot : reads
api -> db : reads
api ~> events : publishes { async: yes }
events ~> mailer : delivers
flow "Look" {
  web -> api
  api -> hot
  when "not cached" 10% {
    api -> db
  }
  events ~> mailer
  api ~> events
}
`

  it('goes step by step, says what only some runs take, and how long it has taken so far', () => {
    assert.deepEqual(steps(TEXT), [
      'web → api: calls | about 10ms, p99 about 50ms',
      'api → hot: reads | about 11ms, p99 about 51ms',
      'api → db: reads (when “not cached”, 10% of the runs) | about 12ms, p99 about 53ms',
      'api → events: publishes later',
      'events → mailer: delivers later',
    ])
  })

  it('plays what a flow needs without naming it', () => {
    assert.deepEqual(steps('client web\nservice api\ndatabase db { p50: 4ms }\nweb -> api\napi -> db : reads\nflow "F" {\n  web -> api\n}'), ['web → api: calls', 'api → db: reads | at least 4ms'])
  })

  it('plays the requests of a client where there is no flow', () => {
    const { flows } = play(modelOf('client web\nservice api\nweb -> api'))
    assert.deepEqual(flows, [{ id: 'web', title: 'Requests of web' }])
  })

  it('knows no flow that is not there', () => {
    assert.equal(play(modelOf(TEXT), 'Nothing').playback, undefined)
  })
})

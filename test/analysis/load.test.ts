import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { analyse } from '../../src/analysis/analysis.ts'
import type { Model } from '../../src/model/model.ts'
import { modelOf } from '../support/design.ts'
import { modelFrom, type Outline, type StepOutline } from '../support/model.ts'
import { property } from '../support/property.ts'

const loadIn = (outline: Outline) => analyse(modelFrom(outline)).load
const near = (a: number, b: number): void => assert.ok(Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(b)), `${a} is not ${b}`)

const shop: Outline = {
  components: [
    { id: 'app', kind: 'client' },
    { id: 'edge', kind: 'cdn', says: { 'hit-ratio': '90%' } },
    { id: 'api', kind: 'service' },
    { id: 'seats', kind: 'cache', says: { 'hit-ratio': '80%', 'rebuild-from': '@db' } },
    { id: 'db', kind: 'database' },
    { id: 'events', kind: 'log' },
    { id: 'one', kind: 'worker' },
    { id: 'two', kind: 'worker' },
    { id: 'view', kind: 'database' },
  ],
  relations: [
    { from: 'app', to: 'edge', verb: 'calls' },
    { from: 'edge', to: 'api', verb: 'routes' },
    { from: 'api', to: 'seats', verb: 'reads' },
    { from: 'api', to: 'db', verb: 'reads' },
    { from: 'api', to: 'db', verb: 'writes', says: { size: '2KB' } },
    { from: 'db', to: 'events', verb: 'captures' },
    { from: 'events', to: 'one', verb: 'delivers' },
    { from: 'events', to: 'two', verb: 'delivers' },
    { from: 'one', to: 'view', verb: 'writes', says: { calls: '3' } },
  ],
}

/** The part of the shop that only looks. */
const looking: Outline = {
  ...shop,
  relations: shop.relations!.filter((relation) => relation.verb !== 'writes' && relation.verb !== 'captures'),
}

describe('load', () => {
  it('M1: comes from the flow’s rate over its steps', () => {
    const load = loadIn({
      ...shop,
      flows: [{ title: 'Tweet', says: { rate: '1B/day' }, steps: ['app>edge:calls', 'edge>api:routes', 'api>db:writes'] }],
    })
    assert.equal(load.relation('api>db:writes').average.toFixed(0), '11574')
    assert.equal((load.component('db').bytesIn.average / 1e6).toFixed(1), '23.1')
    // The stream of changes and what follows it, though no step names it.
    assert.equal(load.component('view').writes.average.toFixed(0), '34722')
  })

  it('M1: times the size of a record is bytes', () => {
    const bytes = (rate: string): string => {
      const { load } = analyse(modelOf(`
        data Tweet { size: 200B }
        client app
        service api
        database tweets { stores: Tweet }
        app -> api
        api -> tweets : writes { data: Tweet }
        flow "Tweet" { rate: ${rate}  app -> api  api -> tweets : writes }`))
      return (load.component('tweets').bytesIn.average / 1e6).toFixed(2)
    }
    assert.equal(bytes('1B/day'), '2.31')
    assert.equal(bytes('12k/s'), '2.40')
  })

  it('M1: where some writes carry an outbox row, only those rows are passed on', () => {
    const arriving = (update: string, steps: string): number => analyse(modelOf(`
      service api, database db, cdc relay, log events
      api -> db : writes "order" { op: insert, outbox: yes }
      api -> db : writes "note" { op: update${update} }
      db ~> relay ~> events : captures
      flow "Pay" { rate: 100/s  api -> db : writes "order"  api -> db : writes "note"  ${steps} }`)).load.component('events').all.average
    for (const steps of ['', 'db ~> relay ~> events']) {
      near(arriving('', steps), 100)
      near(arriving(', outbox: yes', steps), 200)
    }
  })

  it('M2: caches and CDNs let only misses through, where nothing behind them is changed', () => {
    const reading = loadIn({
      ...looking,
      flows: [{ title: 'Look', says: { rate: '100k/s' }, steps: ['app>edge:calls', 'edge>api:routes'] }],
    })
    near(reading.component('api').all.average, 10_000)
    near(reading.component('seats').reads.average, 10_000)
    near(reading.component('db').reads.average, 2_000)
    const buying = loadIn({
      ...shop,
      flows: [{ title: 'Buy', says: { rate: '100k/s' }, steps: ['app>edge:calls', 'edge>api:routes', 'api>db:writes'] }],
    })
    near(buying.component('api').all.average, 100_000)
  })

  it('M2: lets misses through once, where a step names several targets of a CDN', () => {
    const { load } = analyse(modelOf(`
      client app
      cdn edge { hit-ratio: 90% }
      service us
      service eu
      app -> edge
      edge -> us : routes { share: 60% }
      edge -> eu : routes
      flow "Look" { rate: 100k/s  app -> edge -> us, eu }
    `))
    near(load.component('us').all.average, 6_000)
    near(load.component('eu').all.average, 4_000)
  })

  it('divides an `any-of` by the shares of its ways, where all are stated', () => {
    const cash = (second: Record<string, string>): Outline => ({
      components: ['app', 'a', 'b', 'bank'].map((id) => ({ id, kind: id === 'app' ? 'client' : 'service' })),
      relations: [
        { from: 'app', to: 'a', verb: 'calls', says: { share: '70%' } },
        { from: 'app', to: 'b', verb: 'calls', says: second },
        { from: 'a', to: 'bank', verb: 'calls' },
        { from: 'b', to: 'bank', verb: 'calls' },
      ],
      flows: [{ title: 'Withdraw', says: { rate: '100/s' }, steps: [{ anyOf: ['app>a:calls', 'a>bank:calls', 'app>b:calls', 'b>bank:calls'] }] }],
    })
    const shared = loadIn(cash({ share: '30%' }))
    near(shared.component('a').all.average, 70)
    near(shared.component('b').all.average, 30)
    near(shared.component('bank').all.average, 100)
    assert.equal(loadIn(cash({})).component('bank').all.sureness, 'bound')
  })

  it('keeps average and peak apart and invents neither', () => {
    const steps = ['app>edge:calls', 'edge>api:routes', 'api>db:writes']
    const both = loadIn({
      ...shop,
      flows: [
        { title: 'A', says: { rate: '400/s', 'rate.peak': '2k/s' }, steps },
        { title: 'B', says: { rate: '100/s' }, steps },
      ],
    })
    assert.deepEqual(pick(both.component('db').writes), { average: 500, peak: 2100, peaks: true })
    const surging = loadIn({ ...shop, flows: [{ title: 'A', says: { rate: '400/s', surge: '5' }, steps }] })
    assert.equal(surging.component('db').writes.peak, 2000)
    const silent = loadIn({ ...shop, flows: [{ title: 'A', steps }] })
    assert.equal(silent.component('db').writes.average, 0)
    assert.equal(silent.component('db').writes.sureness, 'bound')
    assert.deepEqual(silent.component('db').writes.missing, ['`rate` of "A"'])
  })

  it('says what it is at least, and what is missing, where an input is unknown', () => {
    const load = loadIn({
      components: [
        { id: 'app', kind: 'client', says: { rate: '100/s' } },
        { id: 'api', kind: 'service' },
        { id: 'edge', kind: 'cdn' },
      ],
      relations: [
        { from: 'app', to: 'edge', verb: 'calls' },
        { from: 'edge', to: 'api', verb: 'routes' },
      ],
    })
    assert.equal(load.component('edge').all.average, 100)
    assert.equal(load.component('api').all.sureness, 'bound')
    assert.deepEqual(load.component('api').all.missing, ['`hit-ratio` of `edge`'])
  })

  it('weighs the branches of a flow', () => {
    const steps: StepOutline[] = [
      'app>edge:calls',
      'edge>api:routes',
      { when: 0.08, steps: ['api>db:writes', 'db>events:captures'] },
      { repeat: 10, steps: ['api>seats:reads'] },
    ]
    const load = loadIn({ ...shop, flows: [{ title: 'A', says: { rate: '1k/s' }, steps }] })
    near(load.component('db').writes.average, 80)
    near(load.component('events').writes.average, 80)
    near(load.component('seats').reads.average, 10_000)
    near(load.component('events').reads.average, 160)
  })

  it('counts what stands behind ten calls ten times, and a second call as another visit', () => {
    const base: Outline = {
      components: [
        { id: 'app', kind: 'client' },
        { id: 'api', kind: 'service' },
        { id: 'stock', kind: 'service' },
        { id: 'db', kind: 'database' },
      ],
      relations: [
        { from: 'app', to: 'api', verb: 'calls' },
        { from: 'api', to: 'stock', verb: 'calls', says: { calls: '10' } },
        { from: 'stock', to: 'db', verb: 'reads' },
        { from: 'api', to: 'db', verb: 'writes' },
      ],
    }
    const named = loadIn({
      ...base,
      flows: [{ title: 'A', says: { rate: '1/s' }, steps: ['app>api:calls', 'api>stock:calls', 'stock>db:reads'] }],
    })
    assert.equal(named.component('db').reads.average, 10)
    const unnamed = loadIn({ ...base, flows: [{ title: 'A', says: { rate: '1/s' }, steps: ['app>api:calls'] }] })
    assert.equal(unnamed.component('db').reads.average, 10)
    assert.equal(unnamed.component('db').writes.average, 1)
    const again = loadIn({
      ...base,
      flows: [{ title: 'A', says: { rate: '1/s' }, steps: ['app>api:calls', 'api>stock:calls', 'app>api:calls', 'api>db:writes'] }],
    })
    assert.equal(again.component('api').all.average, 2)
    assert.equal(again.component('db').writes.average, 1)
  })

  it('spreads a balancer’s load, a queue’s messages and stated shares', () => {
    const load = loadIn({
      components: [
        { id: 'app', kind: 'client', says: { rate: '90/s' } },
        { id: 'lb', kind: 'load-balancer' },
        { id: 'a', kind: 'service' },
        { id: 'b', kind: 'service' },
        { id: 'c', kind: 'service' },
        { id: 'jobs', kind: 'queue' },
        { id: 'w1', kind: 'worker' },
        { id: 'w2', kind: 'worker' },
      ],
      relations: [
        { from: 'app', to: 'lb', verb: 'calls' },
        { from: 'lb', to: 'a', verb: 'routes', says: { share: '50%' } },
        { from: 'lb', to: 'b', verb: 'routes' },
        { from: 'lb', to: 'c', verb: 'routes' },
        { from: 'a', to: 'jobs', verb: 'publishes' },
        { from: 'jobs', to: 'w1', verb: 'delivers' },
        { from: 'jobs', to: 'w2', verb: 'delivers' },
      ],
    })
    assert.deepEqual(
      ['a', 'b', 'c', 'w1', 'w2'].map((id) => load.component(id).all.average),
      [45, 22.5, 22.5, 22.5, 22.5],
    )
    assert.equal(load.component('a').all.sureness, 'exact')
    assert.equal(load.component('b').all.sureness, 'estimate')
  })

  it('sends on over a DNS what asked it for a name, whether or not a step says so', () => {
    const named: Outline = {
      components: [{ id: 'app', kind: 'client' }, { id: 'api', kind: 'service' }, { id: 'names', kind: 'dns' }, { id: 'east', kind: 'service' }, { id: 'west', kind: 'service' }],
      relations: [
        { from: 'app', to: 'api', verb: 'calls' },
        { from: 'api', to: 'names', verb: 'resolves' },
        { from: 'names', to: 'east', verb: 'routes' },
        { from: 'names', to: 'west', verb: 'routes' },
      ],
    }
    for (const steps of [['app>api:calls'], ['app>api:calls', 'api>names:resolves']])
      near(loadIn({ ...named, flows: [{ title: 'F', says: { rate: '100/s' }, steps }] }).component('east').all.average, 50)
  })

  it('sums a cycle that dies out, and says of an endless one what it is at least', () => {
    const ring = (share: string): Outline => ({
      components: [
        { id: 'app', kind: 'client', says: { rate: '10/s' } },
        { id: 'a', kind: 'service' },
        { id: 'b', kind: 'service' },
        { id: 'db', kind: 'database' },
      ],
      relations: [
        { from: 'app', to: 'a', verb: 'calls' },
        { from: 'a', to: 'b', verb: 'calls' },
        { from: 'b', to: 'a', verb: 'calls', says: { share } },
        { from: 'b', to: 'db', verb: 'reads' },
      ],
    })
    near(loadIn(ring('50%')).component('a').all.average, 20)
    const endless = loadIn(ring('100%')).component('db').reads
    assert.equal(endless.average, 10)
    assert.equal(endless.sureness, 'bound')
    assert.ok(endless.missing.includes('how often a cycle repeats'))
  })

  it('names the facts that it was computed from', () => {
    const model = modelFrom({
      ...looking,
      flows: [{ title: 'Look', says: { rate: '100k/s' }, steps: ['app>edge:calls', 'edge>api:routes'] }],
    })
    const { load } = analyse(model)
    const paths = load.facts({ component: 'db' }).map((fact) => pathOf(model, fact))
    assert.deepEqual(new Set(paths), new Set(['Look.rate', 'edge.hit-ratio', 'seats.hit-ratio']))
  })

  it('takes a stated rate of a relation that no flow reaches', () => {
    const load = loadIn({
      ...shop,
      flows: [{ title: 'Look', says: { rate: '1/s' }, steps: ['api>seats:reads'] }],
      relations: shop.relations!.map((relation) => (relation.verb === 'captures' ? { ...relation, says: { rate: '7/s' } } : relation)),
    })
    assert.equal(load.component('events').writes.average, 7)
    assert.equal(load.component('view').writes.average, 21)
  })

  it('agrees with sending requests one by one through random designs', () => {
    property(
      fc.property(randomDag(), ({ outline, edges, size }) => {
        const { load } = analyse(modelFrom(outline))
        // Every request is followed down every way, weighted: slow, and plainly right.
        const visits = new Array<number>(size).fill(0)
        const send = (node: number, weight: number): void => {
          visits[node]! += weight
          for (const edge of edges) if (edge.from === node) send(edge.to, weight * edge.share * edge.calls)
        }
        send(0, 100)
        for (let node = 1; node < size; node++) near(load.component(`s${node}`).all.average, visits[node]!)
      }),
      { numRuns: 200 },
    )
  })

  it('does not care for the order of statements', () => {
    property(
      fc.property(
        randomDag().chain(({ outline }) =>
          fc.tuple(
            fc.constant(outline),
            fc.shuffledSubarray([...outline.relations!], { minLength: outline.relations!.length }),
            fc.shuffledSubarray([...outline.components], { minLength: outline.components.length }),
          ),
        ),
        ([outline, relations, components]) => {
          const one = loadIn(outline)
          const other = loadIn({ ...outline, relations, components })
          for (const { id } of components) near(one.component(id).all.average, other.component(id).all.average)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('stays near-linear: a ladder of diamonds, 2,000 components long, with two flows', () => {
    const rungs = 666
    const components: Outline['components'][number][] = [{ id: 'app', kind: 'client' }]
    const relations: { from: string; to: string; verb: string }[] = [{ from: 'app', to: 'n0', verb: 'calls' }]
    for (let i = 0; i < rungs; i++) {
      components.push({ id: `n${i}`, kind: 'service' }, { id: `l${i}`, kind: 'service' }, { id: `r${i}`, kind: 'service' })
      relations.push({ from: `n${i}`, to: `l${i}`, verb: 'calls' }, { from: `n${i}`, to: `r${i}`, verb: 'calls' })
      if (i + 1 < rungs)
        relations.push({ from: `l${i}`, to: `n${i + 1}`, verb: 'calls' }, { from: `r${i}`, to: `n${i + 1}`, verb: 'calls' })
    }
    const flows = ['A', 'B'].map((title) => ({ title, says: { rate: '1/s' }, steps: ['app>n0:calls'] }))
    const load = loadIn({ components, relations, flows })
    assert.equal(load.component('n20').all.average, 2 ** 21)
  })

  it('counts what a flow brings where it begins also where others come in as well', () => {
    const load = loadIn({
      components: [{ id: 'app', kind: 'client' }, { id: 'api', kind: 'service' }, { id: 'cron', kind: 'scheduler' }],
      relations: [{ from: 'app', to: 'api', verb: 'calls' }, { from: 'cron', to: 'api', verb: 'triggers' }, { from: 'api', to: 'app', verb: 'calls' }],
      flows: [{ title: 'Ask', says: { rate: '10/s' }, steps: ['app>api:calls'] }, { title: 'Tell', says: { rate: '3/s' }, steps: ['api>app:calls'] }],
    })
    near(load.component('api').all.average, 13)
    near(load.component('app').all.average, 13)
  })
})

function pick({ average, peak, peaks }: { average: number; peak: number; peaks: boolean }) {
  return { average, peak, peaks }
}

function pathOf(model: Model, fact: unknown): string {
  for (const subject of [...model.components, ...model.flows, ...model.relations]) {
    for (const [path, own] of Object.entries(subject.facts)) if (own === fact) return `${subject.id}.${path}`
  }
  return 'nowhere'
}

/** A client and services, each calling later ones, with shares and numbers of calls. */
function randomDag() {
  return fc.integer({ min: 2, max: 9 }).chain((size) =>
    fc
      .array(
        fc.record({
          a: fc.nat(size - 1),
          b: fc.nat(size - 1),
          share: fc.integer({ min: 0, max: 100 }),
          calls: fc.integer({ min: 1, max: 3 }),
        }),
        { maxLength: 14 },
      )
      .map((drawn) => {
        const edges = drawn
          .filter(({ a, b }) => a !== b)
          .map(({ a, b, share, calls }) => ({ from: Math.min(a, b), to: Math.max(a, b), share: share / 100, calls }))
          // The client sends one kind of request only, so that its rate needs no shares.
          .filter((edge) => edge.from !== 0)
        if (size > 1) edges.unshift({ from: 0, to: 1, share: 1, calls: 1 })
        const components = Array.from({ length: size }, (_, node) =>
          node === 0 ? { id: 's0', kind: 'client', says: { rate: '100/s' } } : { id: `s${node}`, kind: 'service' },
        )
        const relations = edges.map(({ from, to, share, calls }) => ({
          from: `s${from}`,
          to: `s${to}`,
          verb: 'calls',
          says: { share: `${share * 100}%`, calls: String(calls) },
        }))
        return { size, edges, outline: { components, relations } satisfies Outline }
      }),
  )
}

describe('what is copied', () => {
  const loadOfText = (text: string) => analyse(modelOf(text)).load

  it('costs the other side all writes, and what goes on behind it (M4)', () => {
    const load = loadOfText(`
      client c, service a, database db, database twin, cdc relay, log events, worker w
      c -> a
      a -> db : writes
      a -> db : reads
      db ~> twin : replicates
      twin ~> relay ~> events : captures
      events ~> w : delivers
      flow "W" { rate: 100/s, peak: 200/s  c -> a  a -> db : writes }
      flow "R" { rate: 900/s  c -> a  a -> db : reads }`)
    for (const id of ['twin', 'relay', 'events', 'w']) near(load.component(id).all.average, 100)
    near(load.component('twin').writes.peak, 200)
    near(load.component('twin').reads.peak, 0)
  })

  it('comes to each of several that copy to each other once', () => {
    const pairs = ['x ~> y, y ~> x', 'x ~> y, y ~> z, z ~> x', 'x ~> y, y ~> x, y ~> z, z ~> y', 'x ~> y, x ~> z, y ~> x, y ~> z, z ~> x, z ~> y']
    for (const arrows of pairs) {
      const load = loadOfText(`
        client c
        service a, service b
        database x, database y, database z, database line
        c -> a, b
        a -> x : writes
        b -> y : writes
        ${arrows.split(', ').map((arrow) => `${arrow} : replicates`).join('\n')}
        y ~> line : replicates
        flow "A" { rate: 100/s  c -> a -> x : writes }
        flow "B" { rate: 10/s  c -> b -> y : writes }`)
      for (const id of arrows.includes('z') ? ['x', 'y', 'z', 'line'] : ['x', 'y', 'line']) near(load.component(id).writes.average, 110)
      assert.equal(load.component('x').all.sureness, 'exact')
    }
  })
})

describe('a hedge', () => {
  it('sends a second request for those that are slower than its percentile (M14)', () => {
    const load = analyse(modelOf(`client c, service a, service b, service d  c -> a  a -> b { calls: parallel(10), hedge { after: p95 } }  a -> d { hedge { after: 10ms } }  flow "F" { rate: 100/s  c -> a -> b  a -> d }`)).load
    near(load.component('b').all.average, 1050)
    near(load.component('d').all.average, 100)
  })
})

describe('what is set going', () => {
  it('costs the one that is triggered a run each time, unless a clock says when', () => {
    const arriving = (text: string, id: string) => analyse(modelOf(text)).load.component(id).all
    near(arriving(`scheduler cron, batch report, database d  cron ~> report : triggers  report -> d : reads  flow "N" { rate: 24/day  cron ~> report -> d }`, 'report').average, 24 / 86_400)
    near(arriving('client c, service api, workflow saga, service hotel  c -> api  api ~> saga : triggers { calls: 2 }  saga -> hotel  flow "Book" { rate: 5/s  c -> api }', 'hotel').average, 10)
    const told = 'client c, service api, workflow saga, service hotel  c -> api  api ~> saga : triggers  saga -> hotel  flow "Ask" { rate: 5/s  c -> api ~> saga }  flow "Book" { rate: 4/s  saga -> hotel }'
    near(arriving(told, 'hotel').average, 4)
    near(arriving(told, 'saga').average, 4)
    const clocked = arriving('client c, service api, scheduler cron { cron: "0 3 * * *" }, worker w  c -> api -> cron : calls  cron ~> w : triggers  flow "F" { rate: 5/s  c -> api }', 'w')
    assert.deepEqual([clocked.average, clocked.missing], [0, ['`rate` of `cron → w`']])
  })
})

/** What happens when parts fail: by hand on small designs, and against brute force on random ones. */
import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { aftermathOf, type Aftermath } from '../../src/analysis/aftermath.ts'
import { analyse } from '../../src/analysis/analysis.ts'
import { failureOf } from '../../src/analysis/scenario.ts'
import { backlogStory, flowStory, hitStory } from '../../src/analysis/story.ts'
import { failingNamed } from '../../src/analysis/targets.ts'
import type { State } from '../../src/analysis/success.ts'
import type { Model } from '../../src/model/model.ts'
import { modelFrom, type Outline } from '../support/model.ts'
import { modelOf } from '../support/design.ts'
import { property } from '../support/property.ts'

const SHOP = `
data Order { class: order, key: order-id, size: 1KB }
client shopper
load-balancer lb { replicas: 3, zones: 3 }
region us { service a { replicas: 4, zones: 2, capacity: 1k/s } }
region eu { service b { replicas: 4, zones: 2, capacity: 1k/s } }
database db uses postgres { replicas: 3, zones: 3, capacity: 5k/s, latency { p50: 10ms, p99: 60ms }, stores: Order, failover { mode: auto, detect: 10s, promote: 20s } }
cache hot uses redis { pattern: cache-aside, rebuild-from: db, hit-ratio: 90%, replicas: 2, on-failure: bypass }
service recs { replicas: 2 }
queue mails uses sqs { retention: 4d }
worker mailer { replicas: 2, capacity: 3k/s }
external smtp
shopper -> lb -> a, b
a, b -> hot : reads
a, b -> db : reads
a, b -> db : writes { timeout: 200ms, retries: 2, op: insert }
a, b -> recs : calls { fallback: empty }
a, b ~> mails : publishes
mails ~> mailer -> smtp : calls { op: send }
flow "Buy" {
  rate: 2k/s
  shopper -> lb
  lb -> a, b
  a, b -> hot
  when "it is not cached" 10% { a, b -> db : reads }
  a, b -> recs
  a, b -> db : writes
  a, b ~> mails
}
`

function failing(model: Model, ...targets: readonly string[]): Aftermath {
  return aftermathOf(model, analyse(model), { fails: targets.flatMap((target) => failingNamed(model, target)) })
}

function scenario(text: string): Aftermath {
  const model = modelOf(`${SHOP}\nscenario "s" { ${text} }`)
  const analysis = analyse(model)
  return aftermathOf(model, analysis, failureOf(model, analysis.flows, model.scenarios[0]!))
}

const stateOf = (aftermath: Aftermath): State | undefined => aftermath.flows[0]?.state
const story = (model: Model, aftermath: Aftermath): string => {
  const { headline, details } = flowStory(model, aftermath.flows[0]!)
  return [headline, ...details].join(' ')
}

describe('aftermath', () => {
  const shop = modelOf(SHOP)

  it('of nothing is nothing', () => {
    const { hits, flows, shifts, backlogs, effects } = failing(shop)
    assert.deepEqual([hits, shifts, backlogs, effects].map((list) => list.length), [0, 0, 0, 0])
    assert.equal(flows[0]!.state, 'available')
  })

  it('of what everything needs says on which way the flow fails, and why', () => {
    const lost = failing(shop, 'db')
    assert.equal(stateOf(lost), 'unavailable')
    assert.equal(story(shop, lost), 'unavailable: `shopper` → `lb` → `a` → `db`; `db` is down')
    // Each of its writers tries again; what is down has done nothing that could be done twice.
    assert.deepEqual(lost.effects.map(({ text }) => text).filter((text) => text.includes('times')), ['`a → db` is tried up to 3 times', '`b → db` is tried up to 3 times'])
  })

  it('of one target of a balancer moves its load to the other, and says when that is too much', () => {
    const lost = failing(shop, 'eu')
    assert.equal(stateOf(lost), 'available')
    const shift = lost.shifts.find(({ component }) => component === 'us.a')!
    assert.equal(Math.round(shift.before), 1000)
    assert.equal(Math.round(shift.after), 2000)
    assert.equal(shift.utilisation, 0.5)
    const more = scenario('fails: eu, surges: "Buy"(4)')
    assert.equal(stateOf(more), 'degraded')
    assert.equal(more.flows[0]!.overloaded[0]!.utilisation, 2)
  })

  it('of one of several places divides its load among the others as their shares are', () => {
    const places = modelOf(`
      client reader
      cdn edge { hit-ratio: 90% }
      service us { replicas: 4, capacity: 2k/s }
      service eu { replicas: 4, capacity: 2k/s }
      service ap { replicas: 4, capacity: 2k/s }
      reader -> edge
      edge -> us : routes { share: 40% }
      edge -> eu : routes { share: 40% }
      edge -> ap : routes { share: 20% }
      flow "Read" { rate: 60k/s  reader -> edge -> us, eu, ap }
    `)
    const lost = failing(places, 'eu')
    assert.deepEqual(lost.shifts.map(({ component, before, after }) => [component, Math.round(before), Math.round(after)]), [['us', 2400, 4000], ['ap', 1200, 2000]])
  })

  it('of a cache sends all reads to what it is filled from', () => {
    const lost = failing(shop, 'hot')
    const shift = lost.shifts.find(({ component }) => component === 'db')!
    // 2k/s writes, and of the 2k/s reads 10% before.
    assert.equal(Math.round(shift.before), 2200)
    assert.equal(Math.round(shift.after), 4000)
    assert.ok(lost.effects.some(({ kind, component }) => kind === 'dropped' && component === 'hot'), 'it starts cold')
  })

  it('of a cache whose readers do with something older moves no load', () => {
    for (const [from, to] of [['on-failure: bypass', 'on-failure: stale'], ['a, b -> hot : reads', 'a, b -> hot : reads { fallback: stale(1min) }']] as const) {
      const lost = failing(modelOf(SHOP.replace(from, to)), 'hot')
      assert.deepEqual(lost.shifts, [], to)
    }
  })

  it('of a soft need goes on, degraded, and says what answers instead', () => {
    const lost = failing(shop, 'recs')
    assert.equal(stateOf(lost), 'degraded')
    assert.match(story(shop, lost), /`a → recs` answers with `empty` instead: `recs` is down/)
  })

  it('behind a queue defers, says what keeps the work, for how long, and how long it takes to catch up', () => {
    const lost = failing(shop, 'smtp')
    assert.equal(stateOf(lost), 'deferred')
    assert.match(story(shop, lost), /`mailer` does its part later: it needs `smtp`, which is down. `mails` keeps its work/)
    assert.equal(lost.backlogs.length, 1)
    const [backlog] = lost.backlogs
    assert.equal(backlog!.rate, 2000)
    assert.deepEqual(backlog!.lasts, { seconds: 4 * 86400, until: 'forgets' })
    // λd/(μ − λ), NUMBERS M5: 2,000/s for an hour at 6,000/s.
    assert.equal(backlog!.drain, (2000 * 3600) / 4000)
    assert.match(backlogStory(shop, backlog!), /`mails` grows by 2k\/s, forgets after 4d; an hour of it is worked off in 30min/)
  })

  it('behind a durable workflow defers, and says that the workflow keeps its work', () => {
    const trips = (workflow: string) => modelOf(`
client app
service api
workflow saga ${workflow}
external airline
app -> api
api ~> saga : triggers
saga -> airline : calls
flow "Ask" {
  rate: 10/s
  app -> api
  api ~> saga
}
`)
    const durable = trips('uses temporal')
    const after = failing(durable, 'airline')
    assert.equal(stateOf(after), 'deferred')
    assert.match(story(durable, after), /`saga` does its part later: it needs `airline`, which is down\. It keeps its work until then\./)
    assert.match(after.backlogs.map((backlog) => backlogStory(durable, backlog)).join(), /^The unfinished work of `saga` grows by 10\/s/)
    assert.equal(stateOf(failing(trips('{ durable: no }'), 'airline')), 'available')
  })

  it('sends to the origin of a dead cache what that cache held, and nothing to those of other caches', () => {
    const model = modelOf(`
client shopper
service api
cache hot { rebuild-from: db }
cache reviews { rebuild-from: review-db }
database db
database review-db
shopper -> api
api -> hot : reads { criticality: soft }
api -> reviews : reads { criticality: soft }
api -> db, review-db : reads
flow "Look" {
  rate: 1k/s
  shopper -> api
  api -> hot
  when "not cached" 5% { api -> db }
  api -> reviews
  when "not cached" 5% { api -> review-db }
}
`)
    assert.deepEqual(failing(model, 'hot').shifts.map(({ component, after }) => [component, after]), [['db', 1000]])
  })

  it('behind a store does not touch flows that only read it', () => {
    const model = modelOf(`
client app
service api
database db
cdc relay
log changes
worker indexer
app -> api
api -> db : reads
api -> db : writes
db ~> relay ~> changes : captures
changes ~> indexer : delivers
flow "Look" {
  app -> api
  api -> db : reads
}
flow "Save" {
  app -> api
  api -> db : writes
}
flow "Save and look" {
  app -> api
  api -> db : reads
  api -> db : writes
}
`)
    assert.deepEqual(failing(model, 'indexer').flows.map(({ state }) => state), ['available', 'deferred', 'deferred'])
  })

  it('of a copy tells a pause from an outage, by what the design says of failover', () => {
    const lost = failing(shop, 'replica(db)')
    assert.equal(stateOf(lost), 'available')
    assert.equal(lost.flows[0]!.pause, 30)
    const byHand = modelOf(SHOP.replace('mode: auto, detect: 10s, promote: 20s', 'mode: manual, decide: 30min, promote: 1min'))
    const down = failing(byHand, 'replica(db)')
    assert.equal(stateOf(down), 'unavailable')
    assert.equal(down.flows[0]!.recovers, 31 * 60)
    const open = modelOf(SHOP.replace(', failover { mode: auto, detect: 10s, promote: 20s }', ''))
    assert.notEqual(stateOf(failing(open, 'replica(db)')), undefined)
  })

  it('of a majority stops a group that votes; of fewer it does not', () => {
    const model = modelOf(`client c\nservice s\ncoordinator etcd { voters: 5, zones: 3 }\nc -> s -> etcd : locks\nflow "F" { c -> s -> etcd }`)
    assert.equal(stateOf(failing(model, 'replica(etcd, 2)')), 'available')
    const lost = failing(model, 'replica(etcd, 3)')
    assert.equal(stateOf(lost), 'unavailable')
    assert.equal(hitStory(model, lost.hits[0]!), '`etcd` has 2 of 5 copies left, and a majority is 3')
  })

  it('of copies of a leaderless store asks each arrow for its level', () => {
    const model = modelOf(`client c\nservice s\ndatabase d { replication: leaderless, n: 3 }\nc -> s\ns -> d : writes { consistency: all }\ns -> d : reads { consistency: quorum }
      flow "Write" { c -> s  s -> d : writes }\nflow "Read" { c -> s  s -> d : reads }`)
    const lost = failing(model, 'replica(d)')
    assert.deepEqual(lost.flows.map(({ state }) => state), ['unavailable', 'available'])
    assert.match(flowStory(model, lost.flows[0]!).headline, /`d` cannot answer at `all`, which needs 3 copies: 2 of 3 are left/)
    assert.deepEqual(failing(model, 'replica(d, 2)').flows.map(({ state }) => state), ['unavailable', 'unavailable'])
  })

  it('of a region takes the copies of a leaderless store there, which are counted per region', () => {
    const model = modelOf(`client c\nregion us { service s }\nregion eu { service t }\ndatabase ring { replication: leaderless, n: 3, regions: [us, eu] }\nc -> s -> ring : writes { consistency: local-quorum }`)
    const ring = failing(model, 'eu').hits.find(({ component }) => component === 'ring')!
    assert.equal(hitStory(model, ring), '`ring` has 3 of 6 copies left')
  })

  it('of a reader of changes defers only what makes some', () => {
    const model = modelOf(`client c\nservice s\ndatabase db\nlog changes\nworker w\nc -> s\ns -> db : reads\ns -> db : writes { op: upsert }\ndb ~> changes : captures\nchanges ~> w\nflow "Look" { c -> s  s -> db : reads }\nflow "Change" { c -> s  s -> db : writes }`)
    assert.deepEqual(failing(model, 'w').flows.map(({ state }) => state), ['available', 'deferred'])
  })

  it('of a log below its least in-sync copies refuses what is published, and still delivers', () => {
    const model = modelOf(`client c\nservice s\nlog k uses kafka { partitions: 8, replication-factor: 3, min-isr: 2, acks: all, zones: 3 }\nworker w\nc -> s ~> k ~> w\nflow "F" { c -> s ~> k }`)
    assert.equal(stateOf(failing(model, 'replica(k)')), 'available')
    assert.equal(stateOf(failing(model, 'replica(k, 2)')), 'unavailable')
  })

  it('of a named zone, host, provider or technology takes what says that it is there', () => {
    const model = modelOf(`client c\nservice s { zones: [a, b], replicas: 4 }\ndatabase d { replicas: 2, zones: [a], runs-on: box }\ncache r uses redis { provider: aws }\ncache m uses memcached
      c -> s -> d : reads\ns -> r, m : reads`)
    const hits = (target: string): readonly string[] => failing(model, target).hits.map(({ component, of }) => `${component} ${of}`)
    assert.deepEqual(hits('zone(a)'), ['s some', 'd all'])
    assert.deepEqual(hits('b'), ['s some'])
    assert.deepEqual(hits('box'), ['d all'])
    assert.deepEqual(hits('aws'), ['r all'])
    assert.deepEqual(hits('redis'), ['r all'])
    assert.deepEqual(failingNamed(model, 'nothing'), [])
  })

  it('of one zone of a region takes a share of the copies, and says what it cannot know', () => {
    const model = modelOf(`client c\nregion us { service s { zones: 3, replicas: 6, capacity: 100/s }\n service t { zones: 1, replicas: 2 }\n service u { replicas: 2 } }\nc -> s -> t, u\nflow "F" { rate: 500/s, c -> s }`)
    const lost = failing(model, 'zone(us)')
    assert.deepEqual(lost.hits.map(({ component, of, left }) => [component, of, left]), [['us.s', 'some', 4], ['us.t', 'all', undefined], ['us.u', 'some', undefined]])
    assert.deepEqual(lost.hits[2]!.missing, ['zones'])
    assert.equal(lost.shifts[0]!.utilisation, 1.25)
  })

  it('of a view that a worker fills defers the filling, whatever its readers do', () => {
    const model = modelOf(`client c\nservice s\nlog k uses kafka\nworker w\ncache view uses redis { rebuild-from: k }\nc -> s ~> k ~> w\nw -> view : writes { op: upsert }\nflow "F" { c -> s ~> k }`)
    assert.equal(stateOf(failing(model, 'view')), 'deferred')
  })

  it('lets a limit on the way hold back what comes by another way', () => {
    const model = modelOf(`client c\nservice s\ncache k uses redis { rebuild-from: d, hit-ratio: 90%, on-failure: bypass }\ndatabase d { capacity: 2k/s, replicas: 1 }\nc -> s\ns -> k : reads\ns -> d : reads { rate-limit: 1k/s }
      flow "F" { rate: 10k/s, c -> s -> k\n when "missed" 10% { s -> d } }`)
    const shift = failing(model, 'k').shifts.find(({ component }) => component === 'd')
    assert.equal(shift?.after ?? 1000, 1000)
  })

  it('of slowness depends on the time-out', () => {
    const late = scenario('slows: db(30x)')
    assert.equal(stateOf(late), 'unavailable')
    assert.match(flowStory(modelOf(SHOP), late.flows[0]!).headline, /`db` does not answer in time/)
    assert.equal(stateOf(scenario('slows: db(5x)')), 'degraded')
    assert.equal(scenario('slows: db(5x)').flows[0]!.slow.find(({ edge }) => edge.verb.name === 'writes')!.then, 'tail')
    assert.equal(scenario('slows: db(2x)').flows[0]!.slow.find(({ edge }) => edge.verb.name === 'writes')!.then, 'waits')
    // Of the third party no latency is stated: nothing is concluded.
    assert.equal(stateOf(scenario('slows: recs(10x)')), 'available')
    assert.deepEqual(scenario('slows: recs(10x)').flows[0]!.open, ['`timeout` of `a → recs`', '`latency` of `recs`', '`timeout` of `b → recs`'])
  })

  it('of a cut network loses what crosses it', () => {
    const cut = scenario('partitions: [[us], [db]]')
    assert.equal(stateOf(cut), 'available', 'b still reaches it')
    const both = scenario('partitions: [[us, eu], [db]]')
    assert.equal(stateOf(both), 'unavailable')
    assert.match(flowStory(shop, both.flows[0]!).headline, /the network between `a` and `db` is cut/)
  })

  it('tells what is tried again, and that a repeated insert is a risk', () => {
    const lost = failing(shop, 'db')
    assert.ok(lost.flows[0]!.root?.component === 'db')
    const cut = scenario('slows: db(30x)')
    const retried = cut.effects.filter(({ kind }) => kind === 'retried').map(({ text }) => text)
    assert.ok(retried.every((text) => text.includes('up to 3 times')), retried.join())
  })
})

describe('expectations of scenarios', () => {
  it('are compared by what the person would see', async () => {
    const { outcomeOf } = await import('../rules/support.ts')
    const said = (text: string): readonly string[] =>
      outcomeOf(`${SHOP}\nscenario "s" { ${text} }`).findings.filter(({ rule }) => rule.includes('expectation')).map(({ rule, severity }) => `${severity} ${rule}`)
    assert.deepEqual(said('fails: db\nexpect "Buy": available'), ['error broken-expectation'])
    assert.deepEqual(said('fails: db\nexpect "Buy": unavailable'), [])
    assert.deepEqual(said('fails: recs\nexpect "Buy": degraded'), [])
    assert.deepEqual(said('fails: recs\nexpect "Buy": unavailable'), ['info expectation-exceeded'])
    assert.deepEqual(said('fails: replica(db)\nexpect "Buy": available within 30s'), [])
    assert.deepEqual(said('fails: replica(db)\nexpect "Buy": available within 10s'), ['error broken-expectation'])
    assert.deepEqual(said('fails: smtp\nexpect "Buy": deferred'), [])
  })

  it('stand in the text where they are broken, with a fix that keeps the scenario true', async () => {
    const { outcomeOf, applyFix } = await import('../rules/support.ts')
    const text = `${SHOP}\nscenario "s" { fails: recs\nexpect "Buy": available }`
    const [finding] = outcomeOf(text).findings.filter(({ rule }) => rule === 'broken-expectation')
    assert.equal(text.split('\n')[finding!.at.range.start.line]!.slice(finding!.at.range.start.character, finding!.at.range.end.character), 'expect "Buy": available')
    assert.equal(finding!.message, 'In "s", "Buy" is degraded. `a → recs` answers with `empty` instead: `recs` is down. The scenario expects `available`.')
    const after = outcomeOf(applyFix(text, finding!.fixes[0]!)).findings
    assert.deepEqual(after.filter(({ rule }) => rule === 'broken-expectation'), [])
  })
})

/** Random small designs: services that call on, over routers, soft needs and fallbacks. */
function outlines(): fc.Arbitrary<{ outline: Outline; down: readonly string[] }> {
  return fc.integer({ min: 3, max: 8 }).chain((size) => {
    const ids = Array.from({ length: size }, (_, index) => `n${index}`)
    const edges = fc.array(fc.tuple(fc.nat({ max: size - 2 }), fc.nat(), fc.constantFrom('hard', 'soft', 'empty', 'stand-in')), { minLength: size - 1, maxLength: 2 * size })
    const routers = fc.array(fc.boolean(), { minLength: size, maxLength: size })
    return fc.tuple(edges, routers, fc.subarray(ids.slice(1))).map(([list, routes, down]) => {
      const seen = new Set<string>()
      const relations = list.flatMap(([from, skip, how]) => {
        const to = from + 1 + (skip % (size - from - 1))
        const key = `${from}>${to}`
        if (seen.has(key)) return []
        seen.add(key)
        const isRouter = routes[from]! && from > 0
        const standIn: Readonly<Record<string, string>> = to + 1 < size ? { fallback: `@n${to + 1}` } : {}
        const says: Readonly<Record<string, string>> = isRouter || how === 'hard' ? {} : how === 'soft' ? { criticality: 'soft' } : how === 'empty' ? { fallback: 'empty' } : standIn
        return [{ from: `n${from}`, to: `n${to}`, verb: isRouter ? 'routes' : 'calls', says }]
      })
      const components = ids.map((id, index) => ({ id, kind: index === 0 ? 'client' : routes[index]! ? 'load-balancer' : 'service' }))
      return { outline: { components, relations }, down }
    })
  })
}

/** The definition, taken at its word: a component works where each of its hard needs has one working alternative. */
function works({ components, relations = [] }: Outline, down: ReadonlySet<string>, id: string, asking: ReadonlySet<string> = new Set()): boolean {
  if (down.has(id)) return false
  if (asking.has(id)) return true
  const within = new Set([...asking, id])
  const own = relations.filter(({ from }) => from === id)
  const alive = (target: string): boolean => works({ components, relations }, down, target, within)
  const routed = own.filter(({ verb }) => verb === 'routes')
  if (routed.length > 0 && !routed.some(({ to }) => alive(to))) return false
  return own
    .filter(({ verb }) => verb !== 'routes')
    .every(({ to, says }) => {
      if (says?.['criticality'] === 'soft' || says?.['fallback'] === 'empty') return true
      const standIn = says?.['fallback']?.slice(1)
      return alive(to) || (standIn !== undefined && alive(standIn))
    })
}

describe('failures by brute force', () => {
  it('agree on which flows are unavailable, for every set of components of hundreds of designs', () => {
    const seen = new Set<State>()
    property(
      fc.property(outlines(), ({ outline, down }) => {
        const model = modelFrom(outline)
        const aftermath = failing(model, ...down)
        const [flow] = aftermath.flows
        fc.pre(flow !== undefined)
        seen.add(flow!.state)
        assert.equal(flow!.state !== 'unavailable', works(outline, new Set(down), 'n0'), JSON.stringify({ outline, down, story: flowStory(model, flow!) }))
        if (flow!.state === 'unavailable') assert.equal(flow!.witness.at(-1)?.needed ?? 'n0', flow!.root!.component, 'the way ends at the root')
      }),
      { numRuns: 800 },
    )
    assert.deepEqual([...seen].sort(), ['available', 'degraded', 'unavailable'])
  })

  it('never get better by losing more', () => {
    const rank: Readonly<Record<State, number>> = { available: 0, deferred: 1, degraded: 2, unavailable: 3 }
    property(
      fc.property(outlines(), fc.nat(), ({ outline, down }, pick) => {
        fc.pre(down.length > 0)
        const model = modelFrom(outline)
        const fewer = down.filter((_, index) => index !== pick % down.length)
        const [more, less] = [failing(model, ...down), failing(model, ...fewer)]
        more.flows.forEach((flow, index) => {
          if (less.flows[index]!.state === 'unavailable') assert.equal(flow.state, 'unavailable')
          assert.ok(rank[flow.state] >= 0)
        })
      }),
      { numRuns: 400 },
    )
  })
})

/** The derivations that AXES.md fixes, one by one, on designs as people write them. */
import assert from 'node:assert/strict'
import { axesOf } from '../../src/axes/axes.ts'
import { claimText, type Axis, type Cell } from '../../src/axes/table.ts'
import { modelOf } from '../support/design.ts'

function cell(text: string, axis: Axis, name?: string): Cell {
  const row = axesOf(modelOf(text)).rows.find((each) => each.axis === axis)!
  return name === undefined ? row.system : [...row.flows, ...row.components].find((each) => each.name === name)!.cell
}
const says = (text: string, axis: Axis, name?: string): string => cell(text, axis, name).value
const claims = (text: string, axis: Axis, name?: string): readonly string[] => (cell(text, axis, name).claimed ?? []).map(claimText)

describe('CAP and PACELC', () => {
  const ring = (read: string, write: string, more = ''): string => `
    service api { replicas: 3 }
    database ring uses cassandra { n: 3, replicas: 6, conflict: siblings ${more} }
    api -> ring : reads { consistency: ${read} }
    api -> ring : writes { consistency: ${write} }`

  it('are those of the levels that are used', () => {
    assert.match(says(ring('one', 'one'), 'consistency', 'ring'), /; AP \(PA\/EL\) with one reads, one writes/)
    assert.match(says(ring('quorum', 'quorum'), 'consistency', 'ring'), /; CP \(PC\/EC\) with quorum reads, quorum writes/)
    assert.match(says(ring('one', 'all'), 'consistency', 'ring'), /; CP for writes, reads available \(PC\/EC\) with one reads, all writes/)
    assert.match(says(ring('all', 'one'), 'consistency', 'ring'), /; AP for writes, reads refuse \(PA\/EC\)/)
    assert.match(says(ring('quorum', 'quorum', ', sloppy: yes'), 'consistency', 'ring'), /; AP \(PA\/EC\)/)
  })

  it('are given for each pair where there are several, and then no one letter for the data', () => {
    const mixed = `data Order { class: order }\n${ring('one', 'one', ', stores: Order')}\nservice audit { replicas: 2 }\naudit -> ring : reads { consistency: quorum }\naudit -> ring : writes { consistency: quorum }`
    const value = says(mixed, 'consistency', 'ring')
    assert.match(value, /AP \(PA\/EL\) with one reads, one writes/)
    assert.match(value, /CP \(PC\/EC\) with quorum reads, quorum writes|CP for writes, reads available/)
    assert.match(says(`${mixed}\nflow "Write" { api -> ring : writes }`, 'consistency'), /Order CP or AP by level/)
  })

  it('follow what a write waits for and what a read sees', () => {
    const leader = (body: string): string => says(`database db uses postgres { replicas: 3, zones: 3, ${body} }`, 'consistency', 'db')
    assert.match(leader('sync: semi-sync'), /CP for writes, stale reads available \(PC\/EC\)$/)
    assert.match(leader('sync: async'), /CP for writes, stale reads available \(PC\/EL\)$/)
    assert.match(leader('sync: async, failover { mode: auto, arbiter: quorum, fencing: yes }'), /AP \(PA\/EL\): a failover loses acknowledged writes$/)
    assert.match(says('service api { replicas: 2 }\ndatabase t uses dynamodb { key: id }\napi -> t : reads\napi -> t : writes', 'consistency', 't'), /eventual; CP \(PC\/EL\)/)
    assert.match(
      says('service api { replicas: 2 }\nservice other { replicas: 2 }\ndatabase t uses dynamodb { key: id }\napi -> t : reads { consistency: strong }\nother -> t : reads', 'consistency', 't'),
      /CP \(PC\/EC and PC\/EL\)/,
    )
    assert.match(says('database s uses spanner { replicas: 5 }', 'consistency', 's'), /CP \(PC\/EC\)/)
  })

  it('never say CA', () => {
    for (const body of ['replicas: 2', 'replicas: 1', 'replicas: 3, on-partition: refuse-minority', 'replicas: 3, on-partition: accept-both']) {
      assert.doesNotMatch(says(`database db { ${body} }`, 'consistency', 'db'), /\bCA\b/)
    }
  })
})

describe('the level of a store', () => {
  it('is not linearizable where two can lead', () => {
    const db = (arbiter: string): string => says(`database db uses postgres { replicas: 2, sync: semi-sync, failover { mode: auto, arbiter: ${arbiter}, fencing: yes } }`, 'consistency', 'db')
    assert.match(db('heartbeat'), /^linearizable until the network is cut, then two may lead/)
    assert.match(db('quorum'), /^linearizable per key, from the leader/)
  })

  it('of a cache that is filled from a replica is its TTL, whatever it is told', () => {
    const cache = (fill: string): string => says(`cache c uses redis { ttl: 10min, invalidation { by: delete, delay: 2s }, fill-from: ${fill} }`, 'consistency', 'c')
    assert.equal(cache('replica'), 'bounded, at most 10min old')
    assert.equal(cache('leader'), 'bounded, at most 2s old')
  })

  it('says what it guards', () => {
    const text = 'data Seat { class: inventory, invariants: [unique(seat-id)] }\nservice api { replicas: 2 }\ndatabase db uses postgres { replicas: 3, stores: Seat }\napi -> db : writes { data: Seat }'
    assert.match(says(text, 'consistency', 'db'), /guards unique\(seat-id\)/)
  })

  it('decides whether people see what they wrote', () => {
    const text = (from: string): string => `
      data Post { class: user-content }
      client app
      service api { replicas: 2 }
      database db uses postgres { replicas: 3, stores: Post, lag.p99: 2s }
      app -> api
      api -> db : writes "save" { data: Post }
      api -> db : reads "show" { data: Post, consistency: ${from} }
      flow "Post" { app -> api  api -> db : writes "save"  api -> db : reads "show" }`
    assert.match(says(text('follower'), 'consistency', 'Post'), /; own writes may be missing$/)
    assert.doesNotMatch(says(text('leader'), 'consistency', 'Post'), /missing/)
  })
})

describe('the bottleneck on a worse day', () => {
  const shop = `
    client app
    service api { replicas: 6, zones: 3, capacity: 1k/s }
    cache hot uses redis { ttl: 5min, replicas: 3, zones: 3, capacity: 50k/s, hit-ratio: 90%, rebuild-from: db }
    database db uses postgres { replicas: 1, capacity: 2k/s }
    app -> api
    api -> hot : reads
    api -> db : reads
    flow "Look" { rate: 3k/s  app -> api  api -> hot : reads  when "miss" 10% { api -> db : reads } }`

  it('comes with a cold cache, and with a zone lost', () => {
    assert.equal(says(shop, 'throughput'), 'first api at 2× today’s average, then db reads at 6.7×; with hot cold, db takes 0.67×; with a zone lost, api takes 1.3×')
  })

  it('is computed anew where the zones are drawn', () => {
    const zones = `
      client app
      load-balancer lb { replicas: 3, zones: 3 }
      zone a { service x { replicas: 4, capacity: 1k/s } }
      zone b { service y { replicas: 4, capacity: 1k/s } }
      app -> lb
      lb -> x, y : routes
      flow "Use" { rate: 4k/s  app -> lb }`
    assert.match(says(zones, 'throughput'), /^first x at 2× today’s average, then y at 2×; with a zone lost, [xy] takes 1×$/)
  })
})

describe('the bottleneck behind a broker', () => {
  it('is measured by what arrives there, as the rule about overload measures it', () => {
    const text = `
      client app
      service api { replicas: 6, capacity: 1k/s }
      log events uses kafka { partitions: 12, replication-factor: 3, min-isr: 2, retention: 7d }
      worker sums { replicas: 4, capacity: 500/s }
      app -> api
      api ~> events : publishes
      events ~> sums : delivers
      flow "Go" { rate: 1k/s, peak: 4k/s  app -> api  api ~> events : publishes }`
    assert.equal(says(text, 'throughput'), 'first api at 1.5× today’s peak, then sums at 2×')
  })
})

describe('claims', () => {
  const design = (body: string, flow: string): string => `
    design "Shop" { ${body} }
    data Order { class: order }
    client app
    service api { replicas: 3, zones: 3, latency { p50: 10ms, p99: 40ms } }
    database db uses postgres { replicas: 3, zones: 3, stores: Order, sync: async, lag.p99: 3s, latency { p50: 5ms, p99: 20ms }, failover { mode: auto, arbiter: quorum, fencing: yes, detect: 10s, promote: 20s } }
    app -> api
    api -> db : writes { data: Order }
    flow "Order" { ${flow}  app -> api  api -> db : writes }`

  it('of the whole stand on the axis that they are about', () => {
    const text = design('optimizes: [latency, durability], sacrifices: availability', '')
    assert.deepEqual(claims(text, 'latency'), ['optimizes latency'])
    assert.deepEqual(claims(text, 'state'), ['optimizes durability'])
    assert.deepEqual(claims(text, 'availability'), ['sacrifices availability'])
    assert.deepEqual(claims(text, 'consistency'), [])
  })

  it('of a flow say whether they are kept, and by how much', () => {
    const text = design('', 'p99: 200ms, p50: 10ms, availability: 99.9%, survives: zone, rto: 1min, rpo: 1s')
    const [p50, p99] = claims(text, 'latency', 'Order')
    assert.match(p50!, /^p50 within 10ms: broken \(at least 5ms over\)$/)
    assert.match(p99!, /^p99 within 200ms: kept \(by estimate, 15\d(\.\d)?ms to spare\)$/)
    assert.deepEqual(claims(text, 'availability', 'Order'), ['availability 99.9%', 'survives a zone: kept'])
    assert.deepEqual(claims(text, 'recovery', 'Order'), ['RTO 1min: kept', 'RPO 1s: broken'])
  })

  it('of a flow about staleness are compared with what it reads', () => {
    const text = (says: string): string => `
      client app
      service api { replicas: 2 }
      cache c uses redis { ttl: 60s }
      app -> api
      api -> c : reads
      flow "Look" { ${says}  app -> api  api -> c : reads }`
    assert.deepEqual(claims(text('requires: staleness(30s)'), 'consistency', 'Look'), ['requires staleness up to 30s: broken'])
    assert.deepEqual(claims(text('tolerates: staleness(5min)'), 'consistency', 'Look'), ['tolerates staleness up to 5min'])
    assert.deepEqual(claims(text('consistency: linearizable'), 'consistency', 'Look'), ['requires linearizable: broken'])
  })
})

describe('recovery', () => {
  it('tells how long a consumer takes to catch up, and what comes again', () => {
    const text = `
      client app
      service api { replicas: 2 }
      log events uses kafka { partitions: 12, replication-factor: 3, min-isr: 2 }
      worker ship { replicas: 4, capacity: 500/s }
      app -> api { retries: 2, timeout: 1s }
      api ~> events : publishes
      events ~> ship : delivers { delivery: at-least-once }
      flow "Ship" { rate: 1k/s  app -> api  api ~> events : publishes }`
    assert.match(says(text, 'recovery', 'ship'), /an hour of backlog is worked off in 1h$/)
    assert.match(says(text, 'recovery', 'Ship'), /one request is tried up to 3 times; ship may get the same message twice/)
  })

  it('adds up what a lone store needs to come back', () => {
    const text = 'database db uses postgres { replicas: 1, volume: none, storage: 2TB, restart: 90s, restore { bandwidth: 200MB/s }, warm-up: 5min }'
    assert.match(says(text, 'recovery', 'db'), /^back in 2\.\d+h after starting it again, restoring 2TB at 200MB\/s and warming up/)
  })
})

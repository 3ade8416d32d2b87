/** The derivations that AXES.md fixes, one by one, on designs as people write them. */
import assert from 'node:assert/strict'
import { axesOf } from '../../src/axes/axes.ts'
import { claimText, type Axis, type Cell } from '../../src/axes/table.ts'
import { ABOUT } from '../../src/axes/trade-offs.ts'
import { rules } from '../../src/rules/index.ts'
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
    assert.match(says(ring('one', 'one'), 'consistency', 'ring'), /; AP \(PA\/EL\) with ONE reads and ONE writes/)
    assert.match(says(ring('quorum', 'quorum'), 'consistency', 'ring'), /; CP \(PC\/EC\) with QUORUM reads and QUORUM writes/)
    assert.match(says(ring('one', 'all'), 'consistency', 'ring'), /; CP for writes, reads available \(PC\/EC\) with ONE reads and ALL writes/)
    assert.match(says(ring('all', 'one'), 'consistency', 'ring'), /; AP for writes, reads refuse \(PA\/EC\)/)
    assert.match(says(ring('quorum', 'quorum', ', sloppy: yes'), 'consistency', 'ring'), /; AP \(PA\/EC\)/)
  })

  it('are given for each pair where there are several, and then no one letter for the data', () => {
    const mixed = `data Order { class: order }\n${ring('one', 'one', ', stores: Order')}\nservice audit { replicas: 2 }\naudit -> ring : reads { consistency: quorum }\naudit -> ring : writes { consistency: quorum }`
    const value = says(mixed, 'consistency', 'ring')
    assert.match(value, /AP \(PA\/EL\) with ONE reads and ONE writes/)
    assert.match(value, /CP for writes, stale reads available \(PC\/EL\) with ONE reads and QUORUM writes/)
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

  it('of a pair that need not meet are latency’s, whatever waits', () => {
    assert.match(says(ring('one', 'quorum'), 'consistency', 'ring'), /^eventual \(a read at ONE may miss a write at QUORUM\); CP for writes, stale reads available \(PC\/EL\)/)
    assert.match(says(ring('one', 'all'), 'consistency', 'ring'), /^overlapping quorums, not linearizable; CP for writes, reads available \(PC\/EC\)/)
    assert.match(says('service api\ndatabase ring uses cassandra { n: 3, key: id }\napi -> ring : writes { consistency: serial }', 'consistency', 'ring'), /^nothing reads it; CP \(PC\/EC\) with SERIAL writes/)
  })

  it('are those of the systems that people name', () => {
    const store = (body: string, read = '', write = ''): string => says(`service api { replicas: 2 }\n${body}\napi -> s : reads ${read}\napi -> s : writes ${write}`, 'consistency', 's')
    assert.match(store('database s uses cockroachdb { key: id }'), /; CP \(PC\/EC\)$/)
    assert.match(store('coordinator s uses etcd { voters: 5 }'), /; CP \(PC\/EC\)$/)
    assert.match(store('coordinator s uses zookeeper { voters: 5 }'), /^sequential; CP \(PC\/EC\)$/)
    assert.match(store('database s uses mongodb { replicas: 3 }', '{ consistency: majority }', '{ consistency: majority }'), /^what a majority has acknowledged, not linearizable; CP \(PC\/EC\)$/)
    assert.match(store('database s uses dynamodb { key: id }', '{ consistency: strong }'), /^linearizable; CP \(PC\/EC\)$/)
    assert.match(store('database s uses dynamodb-global-tables { key: id }'), /; AP \(PA\/EL\); of two concurrent writes the older is dropped$/)
    assert.match(store('database s uses redis { replicas: 2, failover { mode: auto } }'), /; AP \(PA\/EL\): a failover loses acknowledged writes$/)
    assert.match(store('database s uses mysql { replicas: 3, sync: async, failover { mode: auto, arbiter: quorum, fencing: yes } }'), /; AP \(PA\/EL\): a failover loses acknowledged writes$/)
    assert.match(store('database s { replication: leader-follower, replicas: 3, sync: async, read-from: follower, on-partition: refuse-minority }'), /; CP \(PC\/EL\)$/)
  })

  it('are a condition where nobody says that there is more than one copy', () => {
    const lone = cell('database db uses postgres', 'consistency', 'db')
    assert.equal(lone.value, 'linearizable per key, from the leader; once replicated: CP for writes, stale reads available (PC/EL)')
    assert.deepEqual(lone.missing, ['`replicas` of `db`'])
    const text = 'data Order { class: order }\nservice api\ndatabase db uses postgres { stores: Order }\napi -> db : reads\nflow "Look" { api -> db }'
    assert.doesNotMatch(says(text, 'consistency'), /CP|AP/)
  })

  it('come with the flows that stop when regions are cut off from each other', () => {
    const world = (eu: string): string => `
      data Cart { class: order }
      client app
      dns names
      region us { service a { replicas: 2 }  database carts { replicas: 3, replication: leader-follower, read-from: leader, on-partition: refuse-minority, stores: Cart } }
      region eu { service b { replicas: 2 }  database copy { replicas: 3, read-from: leader, replication: leader-follower } }
      app -> names -> a, b
      a -> carts : reads
      b -> ${eu} : reads
      carts ~> copy : replicates { lag.p99: 2s }
      flow "Look" { app -> names -> b   b -> ${eu} }`
    assert.match(says(world('carts'), 'consistency'), /; a cut between regions stops Look$/)
    assert.match(says(world('copy'), 'consistency'), /^Look: bounded, at most 2s old/)
    const stretched = `
      client app
      region us { service a { replicas: 2 } }
      region eu { service b { replicas: 2 } }
      database ledger uses spanner { regions: 3, key: id }
      app -> a, b
      a, b -> ledger : writes
      flow "Pay" { app -> a -> ledger }`
    assert.match(says(stretched, 'consistency'), /Pay stops in a region that is cut off$/)
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

  it('is that of its readers, and of each where they differ', () => {
    const text = (second: string): string => `service api { replicas: 2 }\nservice report { replicas: 2 }\ndatabase db uses postgres { replicas: 3, lag.p99: 2s }\napi -> db : reads { consistency: follower }\nreport -> db : reads ${second}`
    assert.match(says(text('{ consistency: follower }'), 'consistency', 'db'), /^bounded, at most 2s old; CP/)
    assert.match(says(text(''), 'consistency', 'db'), /^bounded, at most 2s old for api; linearizable per key, from the leader for report; CP/)
  })

  it('of a copy is how far it is behind what it copies, and has no label of its own', () => {
    const text = (lag: string): string => `region us { database db uses postgres { replicas: 3 } }\nregion eu { service api { replicas: 2 }  database copy uses postgres { replicas: 3 } }\ndb ~> copy : replicates ${lag}\napi -> copy : reads`
    assert.equal(says(text('{ lag.p99: 3s }'), 'consistency', 'copy'), 'bounded, at most 3s old')
    assert.equal(says(text(''), 'consistency', 'copy'), 'eventual, bound not stated')
    assert.deepEqual(cell(text(''), 'consistency', 'copy').missing, ['`lag` of `db → copy`'])
  })

  it('behind a CDN is what the CDN keeps', () => {
    const text = 'client app\ncdn edge uses cloudfront { ttl: 1d, key: photo-id }\nobject-store photos uses s3\napp -> edge -> photos\nflow "Look" { app -> edge -> photos }'
    assert.equal(says(text, 'consistency', 'Look'), 'bounded, at most 1d old')
    assert.equal(says(text, 'state', 'Look'), 'reads photos')
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
    assert.match(says(text('follower'), 'consistency', 'Post'), /, own writes may be missing$/)
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
    assert.match(p99!, /^p99 within 200ms: kept \(by estimate, 150ms to spare\)$/)
    assert.deepEqual(claims(text, 'availability', 'Order'), ['availability 99.9%', 'survives a zone: kept'])
    assert.deepEqual(claims(text, 'recovery', 'Order'), ['RTO 1min: kept', 'RPO 1s: broken'])
  })

  it('of a flow about availability are not broken by what a provider allows itself', () => {
    const text = (edge: string): string => `
      client app
      cdn edge uses cloudfront ${edge}
      service api { replicas: 3, zones: 3, availability: 99.99% }
      app -> edge -> api
      flow "Look" { availability: 99.9%, app -> edge -> api }`
    assert.deepEqual(claims(text(''), 'availability', 'Look'), ['availability 99.9% (less, if edge is down as long as the provider allows itself)'])
    assert.deepEqual(claims(text('{ availability: 99.9% }'), 'availability', 'Look'), ['availability 99.9%: broken'])
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

describe('trade-offs', () => {
  const text = `
    data Cart { class: order, tolerates: staleness(30min) }
    client app
    service api { replicas: 2 }
    database db uses postgres {
      stores: Cart, replicas: 1, cap: CA, survives: zone, zones: 1
      accept no-independent-backup because "It is a cache of the bank's own books" until 2030-01-01
    }
    app -> api -> db : reads
    flow "Look" { tolerates: [unavailability, duplicates]  app -> api -> db }`

  it('that are accepted stand on their axis, with the reason, at the thing and for the whole', () => {
    assert.deepEqual(claims(text, 'recovery', 'db'), ["accepts no-independent-backup until 2030-01-01 (It is a cache of the bank's own books)"])
    assert.deepEqual(claims(text, 'recovery'), ["db accepts no-independent-backup until 2030-01-01 (It is a cache of the bank's own books)"])
    const [accepted] = cell(text, 'recovery', 'db').claimed!
    assert.equal(accepted!.evidence[0]?.origin?.range.start.line, 6)
  })

  it('that are tolerated stand on theirs', () => {
    assert.deepEqual(claims(text, 'consistency'), ['Cart tolerates staleness up to 30min'])
    assert.deepEqual(claims(text, 'availability', 'Look'), ['tolerates unavailability'])
    assert.deepEqual(claims(text, 'recovery', 'Look'), ['tolerates duplicates'])
  })

  it('of each rule about one of the axes have their place', () => {
    const none = ['origin-bypass', 'schema-change-unguarded', 'shared-cache-key-missing-identity', 'stated-numbers-contradict', 'trace-broken-at-hop', 'unauthenticated-path-to-data']
    assert.deepEqual(rules().flatMap(({ id }) => (ABOUT[id] === undefined ? [id] : [])).sort(), none)
    assert.deepEqual(Object.keys(ABOUT).filter((rule) => !rules().some(({ id }) => id === rule)), [])
  })

  it('and guarantees of a store are held against it', () => {
    assert.deepEqual(claims(text, 'availability', 'db'), ['survives a zone: broken (it stands in one zone)'])
    const cap = (label: string): readonly string[] => claims(`database db uses postgres { replicas: 3, cap: ${label} }`, 'consistency', 'db')
    assert.deepEqual([cap('CP'), cap('AP'), cap('CA')], [['CP: kept'], ['AP: broken'], ['CA: broken']])
    assert.deepEqual(claims('database db { replicas: 3, cap: AP }', 'consistency', 'db'), ['AP'])
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

describe('availability', () => {
  it('says what the known parts would survive', () => {
    const text = 'client app\nservice api { replicas: 6, zones: 3 }\nlog orders uses kafka { partitions: 24, key: id }\napp -> api\napi ~> orders : publishes\nflow "Order" { app -> api ~> orders }'
    assert.equal(says(text, 'availability'), 'not stated (at best every flow survives any one zone; copies of orders unknown)')
    assert.equal(says(text, 'availability', 'orders'), 'not stated (one copy by default of kafka; fails closed)')
    assert.deepEqual(cell(text, 'availability', 'orders').missing, ['`replication-factor` of `orders`'])
  })

  it('has the single-fault table, with what falls and what only does less', () => {
    const text = 'client app\nservice api { replicas: 2 }\ndatabase db { replicas: 1 }\nservice ads { replicas: 1 }\napp -> api -> db : writes\napi -> ads { fallback: empty }\nflow "Buy" { app -> api  api -> db  api -> ads }\nflow "Look" { app -> api  api -> ads }'
    const table = axesOf(modelOf(text))
    const row = table.rows.find(({ axis }) => axis === 'availability')!
    const named = (ids: readonly string[]): readonly string[] => ids.map((id) => row.flows.find((flow) => flow.id === id)!.name)
    assert.deepEqual(row.faults!.map(({ unit, fails, degrades, origin }) => [unit, named(fails), named(degrades), origin.range.start.line]), [['db', ['Buy'], [], 2], ['ads', [], ['Buy', 'Look'], 3]])
  })

  it('of somebody else’s is their promise, or nothing', () => {
    const text = (says: string): string => `service api { replicas: 2 }\nexternal psp ${says}\napi -> psp`
    assert.equal(says(text('{ availability: 99.95% }'), 'availability', 'psp'), '99.95% by its provider; fails closed')
    assert.equal(says(text(''), 'availability', 'psp'), 'not stated (somebody else runs it; fails closed)')
  })
})

describe('the scale unit', () => {
  it('of a ring is the key, without anybody counting shards', () => {
    assert.equal(says('database ring uses cassandra { n: 3, key: [channel-id, day], nodes: 24 }', 'scale-unit', 'ring'), 'channel-id + day (hash, spread over 24 nodes)')
    assert.match(says('database ring uses cassandra { n: 3 }', 'scale-unit', 'ring'), /^not stated/)
  })
})

describe('state', () => {
  const shop = (store: string): string => `
    data Charge { class: money }
    client app
    service api { replicas: 2 }
    log events uses kafka { replication-factor: 3, min-isr: 2, partitions: 3, key: id }
    worker billing { replicas: 2 }
    ${store}
    app -> api
    api ~> events : publishes { data: Charge }
    events ~> billing : delivers
    billing -> ledger : writes { data: Charge }
    flow "Charge" { app -> api ~> events }`

  it('knows a home that is reached by messages', () => {
    const text = shop('database ledger uses postgres { replicas: 3, stores: Charge, sync: quorum }')
    assert.equal(says(text, 'state'), 'Charge in ledger')
    assert.match(says(text, 'state', 'ledger'), /^truth of Charge; acknowledged on a majority of 3$/)
    assert.match(says(text, 'state', 'Charge'), /^changes Charge in ledger; passes on Charge by events$/)
    assert.match(says(text, 'consistency'), /Charge CP/)
  })

  it('keeps a home, a derived copy and nowhere apart', () => {
    const text = `data Post { class: user-content }\ndata Feed { class: feed }\ndata Cart { class: order }\nservice api { replicas: 2 }\ndatabase posts uses postgres { stores: Post }\ncache feeds uses redis { stores: Feed, rebuild-from: posts }\ncache carts uses redis\napi -> carts : writes { data: Cart }`
    assert.equal(says(text, 'state'), 'Post in posts; derived: Feed in feeds; no durable home: Cart (only in carts); copies: feeds of posts')
    assert.match(says(text, 'state', 'carts'), /^only copy of Cart, and it may forget/)
  })

  it('counts the copies at the level at which is written', () => {
    const text = 'data M\nservice api { replicas: 2 }\ndatabase ring uses cassandra { n: 3, key: id, stores: M }\napi -> ring : writes { consistency: quorum, data: M }'
    assert.match(says(text, 'state', 'ring'), /acknowledged on 2 of 3 copies at QUORUM$/)
    assert.match(says(text, 'recovery', 'ring'), /; loses nothing acknowledged$/)
  })
})

describe('throughput', () => {
  it('says of whom the capacity is missing, and gives no bound that is out of sight', () => {
    const text = (api: string): string => `client app\nservice api ${api}\ndatabase db\napp -> api -> db : reads\nflow "Look" { rate: 5/s  app -> api -> db }`
    assert.equal(says(text(''), 'throughput'), 'not stated (today 5/s; capacity of db unknown)')
    assert.equal(says(text('{ replicas: 10, capacity: 10k/s }'), 'throughput'), 'not stated (capacity of db unknown)')
    assert.equal(says(text('{ replicas: 2, capacity: 5/s }'), 'throughput'), 'not stated (at most 2× today’s average, by api; capacity of db unknown)')
  })
})

describe('what is lost', () => {
  const db = (body: string): string => says(`database db uses postgres { ${body} }`, 'recovery', 'db')

  it('of the only copy is what no backup has', () => {
    assert.equal(db('replicas: 1'), 'not stated (restored by hand; a lost disk takes all that is on it, unless there is a backup)')
    assert.equal(db('replicas: 1, backup { interval: 5min }'), 'not stated (restored by hand; a lost disk takes up to 5min of writes; backups every 5min)')
    assert.match(says('log l uses kafka { replication-factor: 1 }', 'recovery', 'l'), /a lost disk takes the messages on it/)
  })

  it('by a failover is said also where nobody knows how much', () => {
    assert.match(db('replicas: 3, sync: async'), /a person promotes another; a failover loses what the followers do not have yet/)
    assert.deepEqual(cell('database db uses postgres { replicas: 3 }', 'recovery', 'db').missing, ['`failover.decide` of `db`', '`failover.promote` of `db`'])
    assert.equal(db(''), 'not stated (nothing says that another copy can take over)')
  })

  it('by a ring without a leader is repaired', () => {
    assert.equal(
      says('database ring uses cassandra { n: 3, w: 2, repair-interval: 7d }', 'recovery', 'ring'),
      'no leader to replace: the other copies answer, and what one missed comes from hints for 3h, then by a repair every 7d; loses nothing acknowledged',
    )
  })

  it('on the way over a broker is what the broker may lose', () => {
    const text = (factor: string): string => `client app\nservice api { replicas: 2 }\nlog events uses kafka { ${factor} }\nworker ship { replicas: 2 }\nqueue parked uses sqs\napp -> api { retries: 2, retry-budget: 10%, timeout: 1s }\napi ~> events : publishes\nevents ~> ship : delivers { max-deliveries: 5, dead-letter: parked }\nflow "Ship" { rate: 10/s  app -> api ~> events }`
    assert.equal(says(text('replication-factor: 3, min-isr: 2'), 'recovery', 'Ship'), 'nothing that events acknowledged is lost; retries add at most 10%; ship may get the same message twice; what fails again and again ends in parked')
    assert.match(says(text('replication-factor: 1'), 'recovery', 'Ship'), /^a lost disk of events takes the messages on it; /)
  })
})

describe('latency', () => {
  it('says what is waited for where nothing says how long', () => {
    const text = 'client app\nservice api\ndatabase db\napp -> api\napi -> db : reads\nflow "Look" { app -> api -> db }'
    assert.equal(says(text, 'latency', 'Look'), 'not stated (waits for api and db, whose latency is unknown)')
    assert.equal(says(text, 'latency'), says(text, 'latency', 'Look'))
    assert.equal(says(`${text}\nflow "Again" { app -> api }`, 'latency'), 'not stated (nothing on the way of any flow says how long it takes)')
  })
})

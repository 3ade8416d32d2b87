/** What `lintel load` tells of designs as people write them, against what a person computes by hand. */
import assert from 'node:assert/strict'
import { figures, load, type LoadReport } from '../../src/core.ts'
import { openText } from '../../src/workspace.ts'

function reportOf(text: string): LoadReport {
  const { model, problems } = openText(text)
  assert.deepEqual(problems.filter(({ severity }) => severity === 'error'), [], text)
  return load(model)
}

const near = (value: number | undefined, wanted: number): void => assert.ok(value !== undefined && Math.abs(value / wanted - 1) < 1e-6, `${value} is not ${wanted}`)
const component = (report: LoadReport, name: string) => report.components.find((one) => one.name === name)!

const CLICKS = `
  client browser
  service ingest { replicas: 10 }
  log clicks uses kafka { partitions: 12, retention: 7d, replication-factor: 3 }
  worker enricher { replicas: 24 }
  database out { capacity: 1k/s, replicas: 1 }
  browser -> ingest
  ingest ~> clicks : publishes { size: 1KB }
  clicks ~> enricher : delivers { proc-time: 40ms }
  enricher -> out : writes { op: insert, size: 2KB }
  flow "Click" { rate: 500/s, peak: 800/s  browser -> ingest ~> clicks ~> enricher -> out }`

describe('the load report', () => {
  it('shows how fast a consumer is, what piles up and when it is lost (M5)', () => {
    const report = reportOf(CLICKS)
    const [backlog] = report.backlogs
    near(backlog!.can, 300)
    near(backlog!.lag * 3600, 720_000)
    near(backlog!.lossAfter, 17.5 * 86_400)
    assert.equal(backlog!.drain, undefined)
    assert.equal(backlog!.takes, '300/s (12 partitions, 40ms for a message)')
    assert.equal(backlog!.text, 'the backlog grows by 720k messages an hour; after 17.5d the oldest is 7d old and is deleted unread')
    const { capacity, used, exceeded, load: gets } = component(report, 'enricher')
    assert.deepEqual([capacity, exceeded, gets], ['300/s', true, '500/s on average'])
    near(used, 500 / 300)
  })

  it('says how long an hour of standstill takes to work off', () => {
    const [backlog] = reportOf(`
      client app
      queue jobs uses sqs
      worker mill { replicas: 8, capacity: 1k/s }
      app ~> jobs : publishes
      jobs ~> mill : delivers
      flow "Job" { rate: 5k/s  app ~> jobs ~> mill }`).backlogs
    near(backlog!.drain, 6000)
    assert.equal(backlog!.takes, '8k/s (8 replicas, 1k/s each)')
    assert.equal(backlog!.text, 'works off an hour of standstill in 1.7h')
  })

  it('shows how stores fill, with copies and retention (M22)', () => {
    const { stores } = reportOf(CLICKS)
    assert.deepEqual(
      stores.map(({ name, text }) => [name, text]),
      [
        ['clicks', 'grows by 43.2GB a day × 3 for copies: 907GB on disk, since it keeps 7d'],
        ['out', 'grows by 86.4GB a day: 31.5TB a year on disk'],
      ],
    )
    near(stores[0]!.settlesAt, 500 * 1000 * 7 * 86_400 * 3)
    const [tweets] = reportOf(`
      data Tweet { size: 200bytes }
      client app
      database db { stores: Tweet, replicas: 3, storage: 10TB }
      app -> db : writes { op: insert }
      flow "Tweet" { rate: 1B/day  app -> db }`).stores
    near(tweets!.fullAfter, 50 * 86_400)
    assert.equal(tweets!.text, 'grows by 200GB a day × 3 for copies, so its room of 30TB is full after 50 days')
  })

  it('shows the connections that all copies of all callers open', () => {
    const { connections } = reportOf(`
      client app
      service api { replicas: 20, pool: 30 }
      service jobs { replicas: 2 }
      database db { replicas: 1, max-connections: 500 }
      app -> api -> db : writes
      jobs -> db : reads
      flow "F" { rate: 1/s  app -> api -> db }`)
    assert.deepEqual(connections.map(({ open, accepted, used, missing }) => [open, accepted, used, missing]), [[600, 500, '≥ 120%', ['`pool` of `jobs`']]])
  })

  it('derives latency and availability step by step, with the waiting that load brings', () => {
    const [flow] = reportOf(`
      client c
      service a { replicas: 2, capacity: 1k/s, latency { p50: 10ms, p99: 50ms, unloaded: yes } }
      service b { latency { p50: 3ms, p99: 30ms }, availability: 99.9% }
      c -> a -> b
      flow "F" { rate: 1.4k/s  c -> a -> b }`).flows
    assert.deepEqual(flow!.derivation().map(({ text }) => text).filter((text) => !text.includes('latency.')), [
      '`a`: p50 10ms, p99 50ms, 3.3 times that with the waiting that its load brings',
      '`b`: p50 3ms, p99 30ms',
      'p99 of all that is waited for, each hop taken for lognormal (Fenton–Wilkinson): about 170ms',
      'at least 50ms, whatever else is true',
      '`b`: 99.9%, which costs 43.2 min in 30 days',
      'together at most 99.9%: at least 43.2 min in 30 days',
    ])
  })

  it('gives p50 and p99 of flows without a target, and says what is at least so', () => {
    const [flow, half] = reportOf(`
      client c
      service a { replicas: 3, p50: 10ms, p99: 100ms }
      service b { p50: 10ms, p99: 100ms }
      service d { p50: 10ms, p99: 100ms }
      service e { p99: 900ms }
      c -> a -> b -> d
      c -> e
      flow "Three" { c -> a -> b -> d }
      flow "Half" { p99: 1s  c -> e }`).flows
    assert.deepEqual(flow!.latency.map(({ of, text, target }) => [of, text, target]), [['p50', '≈ 39ms', undefined], ['p99', '≈ 180ms', undefined]])
    near(Number(flow!.latency[1]!.seconds!.toFixed(4)), 0.1841)
    assert.deepEqual(half!.latency.map(({ of, text, target }) => [of, text, target]), [['p99', '≥ 900ms', '1s']])
    assert.ok(half!.missing.includes('`latency` of `e`'))
  })

  it('marks loads that are at least so or by an assumption, and says what is not known', () => {
    const report = reportOf(`
      client c
      load-balancer lb { replicas: 2 }
      service a { capacity: 100/s, replicas: 1 }
      service b { capacity: 100/s, replicas: 1 }
      database d
      c -> lb
      lb -> a, b : routes
      a -> d : reads { share: unknown }
      flow "F" { rate: 100/s, availability: 99.9%  c -> lb }`)
    assert.equal(component(report, 'a').load, '≈ 50/s')
    assert.equal(component(report, 'a').utilisation, '≈ 50%')
    assert.equal(component(report, 'd').load, 'not known')
    assert.deepEqual([report.flows[0]!.availability, report.flows[0]!.availabilityTarget], [undefined, '99.9%'])
    assert.ok(report.missing.includes('`share` of `a → d`') && report.missing.includes('`availability` of `lb`'), report.missing.join())
  })

  it('tells what of the load counts against the limit that is fullest', () => {
    const report = reportOf(`
      client c
      service a { replicas: 3 }
      database db { replicas: 3, replication: leader-follower, capacity { read: 10k/s, write: 1k/s } }
      log events { partitions: 4, partition-limit { write: 1MB/s } }
      c -> a
      a -> db : reads
      a -> db : writes { share: 10% }
      a ~> events : publishes { size: 1KB }
      flow "F" { rate: 8k/s  c -> a }`)
    const { load: gets, part, capacity, of, utilisation } = component(report, 'db')
    assert.deepEqual([gets, part, capacity, of, utilisation], ['8.8k/s', ', of it 800/s', '1k/s', 'writes', '80%'])
    assert.equal(component(report, 'events').part, ' = 8MB/s')
    assert.equal(component(report, 'events').of, 'all partitions')
  })

  it('counts each write of a leaderless store on all its copies, and each read on as many as it asks (M4)', () => {
    const ring = (says: string) => component(reportOf(`
      client c
      service a { replicas: 6 }
      database kv uses cassandra { n: 3, ${says}nodes: 9, capacity: 5k/s }
      c -> a
      a -> kv : reads
      a -> kv : writes
      flow "R" { rate: 30k/s  c -> a -> kv : reads }
      flow "W" { rate: 5k/s  c -> a -> kv : writes }`), 'kv')
    // (5k × 3 + 30k) / 9 = 5k a node, and with two asked for each read (5k × 3 + 30k × 2) / 9 = 8.33k.
    near(ring('').used, 1)
    near(ring('r: 2, ').used, 75 / 45)
    assert.deepEqual(ring('r: 2, ').derivation()[0]?.text, '35k/s arrive, and with each write on all copies of its record its 9 nodes take 21k/s: 167%')
  })

  it('tells a slow component’s time with the waiting that its load brings (M6)', () => {
    const report = reportOf(`
      client c
      service a { replicas: 2, capacity: 1k/s, latency { p50: 10ms, p99: 50ms, unloaded: yes } }
      c -> a
      flow "F" { rate: 1.4k/s  c -> a }`)
    assert.equal(component(report, 'a').latency, 'p50 ≈ 33ms, p99 ≈ 170ms with waiting')
  })
})

describe('figures in the editor', () => {
  const shown = (text: string): readonly { readonly behind: string; readonly value: string; readonly steps: readonly string[] }[] =>
    figures(openText(text).model).map(({ at, value, steps }) => ({ behind: text.split('\n')[at.range.start.line]!.slice(at.range.start.character, at.range.end.character), value, steps: steps().map((step) => step.text) }))
  const beside = (text: string, start: string) => shown(text).find(({ behind }) => behind.startsWith(start))

  it('stand beside what a message takes, the room, and the connections that are accepted', () => {
    assert.equal(beside(CLICKS, 'proc-time')?.value, '167%')
    assert.equal(beside(CLICKS, 'proc-time')?.steps[0], '500/s arrive, and its 12 partitions are worked through at 300/s: 167%')
    const design = `data Tweet { size: 200bytes }
      client app
      service api { replicas: 20, pool: 30 }
      database db { stores: Tweet, replicas: 3, replication: leader-follower, storage: 10TB, max-connections: 500 }
      app -> api
      api -> db : writes { op: insert }
      flow "Tweet" { rate: 1B/day  app -> api -> db }`
    assert.equal(beside(design, 'storage')?.value, 'full in 50 days')
    assert.equal(beside(design, 'max-connections')?.value, '600 of 500')
    assert.equal(beside(design, 'max-connections')?.steps[0], '20 copies of `api` × a pool of 30 = 600 connections, of 500 that `db` accepts')
  })

  it('tell the busiest key’s share where one partition is fullest (M8, M9)', () => {
    const design = `client c
      database kv { replicas: 1, shards: 64, key: user-id, key-dist: zipf(1, 1M), partition-limit { write: 1k/s } }
      c -> kv : writes
      flow "W" { rate: 10k/s  c -> kv }`
    assert.deepEqual(beside(design, 'write')?.steps.slice(0, 2), [
      'the busiest shard gets 840/s writes, and takes 1k/s writes: 84%',
      'the busiest key has 6.95% of it; among 64 its own gets 8.4% of the load',
    ])
  })
})

/** What the author claims and the design plainly is not; above all, what is no contradiction. */
import assert from 'node:assert/strict'
import { outcomeOf } from './support.ts'

const claims = (text: string): readonly string[] => {
  const { problems, findings } = outcomeOf(text)
  assert.deepEqual(problems.filter(({ severity }) => severity === 'error').map(({ message }) => message), [])
  return findings.filter(({ rule }) => rule === 'claim-contradicted').map(({ message, severity }) => `${severity}: ${message}`)
}
const silent = (text: string): void => assert.deepEqual(claims(text), [])

describe('a claim of the whole design', () => {
  const lone = (design: string, body: string): string => `
    design "Shop" { ${design} }
    client app
    service api { ${body} }
    app -> api
    flow "Buy" { app -> api }`

  it('of availability is contradicted where each flow stops with one machine', () => {
    assert.deepEqual(claims(lone('optimizes: availability', 'replicas: 1')), [
      'warning: The design is made for availability (`optimizes`), but its only flow stops with one machine: `api` runs alone.',
    ])
    silent(lone('optimizes: availability', 'replicas: 2'))
    silent(lone('optimizes: availability', ''))
    silent(lone('optimizes: availability', 'replicas: unknown'))
    silent(lone('sacrifices: availability', 'replicas: 1'))
    silent(lone('', 'replicas: 1'))
    silent(`${lone('optimizes: availability', 'replicas: 1')}\naccept single-point-of-failure because "a demo"`)
  })

  it('of availability is not where one flow goes on', () => {
    silent(`${lone('optimizes: availability', 'replicas: 1')}\nservice other { replicas: 2 }\napp -> other\nflow "Look" { app -> other }`)
  })

  const kept = (design: string, store: string): string => `
    design "Shop" { ${design} }
    data Order { class: order }
    client app
    service api { replicas: 3 }
    database db { replicas: 3, stores: Order, ${store} }
    app -> api
    api -> db : writes { data: Order }
    flow "Buy" { app -> api  api -> db : writes }`

  it('of availability at the price of consistency is contradicted by stores that refuse in a cut', () => {
    const refusing = 'replication: consensus, on-partition: refuse-minority'
    assert.equal(claims(kept('optimizes: availability, sacrifices: consistency', refusing)).length, 1)
    silent(kept('optimizes: availability', refusing))
    silent(kept('optimizes: availability, sacrifices: latency', refusing))
    silent(kept('optimizes: availability, sacrifices: consistency', 'replication: consensus'))
  })

  it('of consistency is contradicted by stores that drop one of two writes', () => {
    const dropping = 'replication: multi-leader, on-partition: accept-both, conflict: lww'
    assert.equal(claims(kept('optimizes: consistency', dropping)).length, 1)
    silent(kept('optimizes: consistency', dropping.replace('lww', 'crdt')))
    silent(kept('optimizes: consistency', `${dropping}, tolerates: conflicts`))
    silent(kept('sacrifices: consistency', dropping))
  })

  it('of latency is contradicted by a flow that cannot keep its own objective', () => {
    const slow = (p99: string, design = 'optimizes: latency'): string => `
      design "Shop" { ${design} }
      client app
      service api { replicas: 3, latency { p50: 80ms, p99: 300ms } }
      app -> api
      flow "Buy" { p99: ${p99}  app -> api }`
    assert.deepEqual(claims(slow('200ms')), ['warning: The design is made for latency (`optimizes`), but "Buy" cannot keep its own p99 of 200ms: it takes at least 300ms.'])
    silent(slow('400ms'))
    silent(slow('200ms', 'sacrifices: latency'))
  })

  it('of throughput is contradicted by what is full at the stated load', () => {
    const full = (rate: string): string => `
      design "Shop" { optimizes: throughput }
      client app
      service api { replicas: 3, capacity: 1k/s }
      app -> api
      flow "Buy" { rate: ${rate}  app -> api }`
    assert.equal(claims(full('4k/s')).length, 1)
    silent(full('2k/s'))
    silent(full('4k/s').replace('replicas: 3', 'replicas: unknown'))
  })

  it('of durability is contradicted where what must not be lost is kept in memory', () => {
    assert.equal(claims(kept('optimizes: durability', 'truth: yes, durability: memory')).length, 1)
    silent(kept('optimizes: durability', 'truth: yes, durability: fsync'))
  })

  it('contradicts itself where the same is optimized and sacrificed', () => {
    assert.deepEqual(claims(lone('optimizes: [latency, availability], sacrifices: latency', 'replicas: 2')), [
      'warning: The design is made for latency (`optimizes`), but it sacrifices latency as well.',
    ])
  })
})

describe('a guarantee of one store', () => {
  const store = (body: string): string => `database db { replicas: 3, ${body} }`

  it('is contradicted where it is read from copies that lag', () => {
    assert.equal(claims(store('consistency: linearizable, replication: leader-follower, read-from: follower, sync: async')).length, 1)
    silent(store('consistency: linearizable, replication: leader-follower, read-from: leader, sync: async'))
    silent(store('consistency: linearizable, replication: leader-follower, read-from: follower, sync: unknown'))
    silent(store('consistency: eventual, replication: leader-follower, read-from: follower, sync: async'))
  })

  it('is contradicted where it stands in the one place that it is to survive', () => {
    assert.equal(claims(store('survives: zone, zones: 1')).length, 1)
    assert.equal(claims(store('survives: region, regions: 1, zones: 3')).length, 1)
    silent(store('survives: zone, zones: 3'))
    silent(store('survives: replica, zones: 1'))
    silent(store('survives: zone'))
  })
})

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { analyse } from '../../src/analysis/analysis.ts'
import { hitRatioAfterResize, hitRatioOfTtl, hitRatioWithNodeLost, isHeldBack, isPreparedForCold, loadBehind, nodesOf, originLoadOf, type OriginLoad } from '../../src/analysis/cold-cache.ts'
import type { Front } from '../../src/analysis/fronts.ts'
import { modelFrom, type Outline, type Said } from '../support/model.ts'
import { property } from '../support/property.ts'

interface Says {
  readonly cache?: Said
  readonly read?: Said
  readonly fill?: Said
  readonly origin?: Said
  readonly reader?: Said
}

/** A reader asks a cache, 5% of the requests go on to the database, and another flow reads the database by itself. */
const shop = ({ cache, read, fill, origin, reader }: Says = {}): Outline => ({
  components: [
    { id: 'app', kind: 'client' },
    { id: 'api', kind: 'service', says: reader ?? {} },
    { id: 'cache', kind: 'cache', says: { 'rebuild-from': '@db', ...cache } },
    { id: 'db', kind: 'database', says: { capacity: '4k/s', replicas: '3', ...origin } },
  ],
  relations: [
    { from: 'app', to: 'api', verb: 'calls' },
    { from: 'api', to: 'cache', verb: 'reads', says: read ?? {} },
    { from: 'api', to: 'db', verb: 'reads', says: fill ?? {} },
  ],
  flows: [
    { title: 'Look', says: { rate: '100k/s' }, steps: ['app>api:calls', 'api>cache:reads', { when: 0.05, steps: ['api>db:reads'] }] },
    { title: 'Export', says: { rate: '200/s' }, steps: ['app>api:calls', 'api>db:reads'] },
  ],
})

function front(says?: Says): { readonly front: Front; readonly load: OriginLoad | undefined; readonly held: boolean; readonly prepared: boolean } {
  const model = modelFrom(shop(says))
  const analysis = analyse(model)
  const [only] = analysis.fronts.all
  assert.ok(only)
  return { front: only, load: originLoadOf(analysis.load, only), held: isHeldBack(model, only, 12_000), prepared: isPreparedForCold(analysis.graph, only) }
}

describe('fronts', () => {
  it('know the origin of a cache by name, by cache-aside over one store, and by a flow that reads it on a miss', () => {
    const origins = (cache: Said, outline = shop()): readonly string[] => {
      const components = outline.components.map((each) => (each.id === 'cache' ? { id: 'cache', kind: 'cache', says: cache } : each))
      return analyse(modelFrom({ ...outline, components })).fronts.all.map(({ origin }) => origin.id)
    }
    const { flows: _, ...still } = shop()
    assert.deepEqual(origins({ 'rebuild-from': '@db' }, still), ['db'])
    assert.deepEqual(origins({ pattern: 'cache-aside' }, still), ['db'])
    assert.deepEqual(origins({}, still), [], 'nobody says so')
    assert.deepEqual(origins({}), ['db'], 'the flow asks the database when the cache misses')
    assert.deepEqual(origins({ pattern: 'unknown' }), [])
    assert.deepEqual(origins({ pattern: 'cache-aside', 'rebuild-from': 'unknown' }), [])
  })

  it('know who reads and over what a miss is fetched', () => {
    const { front: only } = front()
    assert.deepEqual([only.reads.map(({ id }) => id), only.fills.map(({ id }) => id)], [['api>cache:reads'], ['api>db:reads']])
  })
})

describe('load behind a cache', () => {
  it('takes the hit ratio from the flow that asks the cache, and leaves others out', () => {
    const { load } = front()
    assert.ok(load)
    assert.equal(load.hitRatio?.toFixed(4), '0.9500')
    assert.deepEqual([load.reads, load.now, load.other, load.capacity], [100_000, 5200, 200, 12_000])
    assert.ok(load.complete)
  })

  it('prefers a stated ratio, and knows none where it is said to be unknown', () => {
    assert.equal(front({ cache: { 'hit-ratio': '90%' } }).load?.hitRatio, 0.9)
    assert.equal(front({ cache: { 'hit-ratio': '90%' }, read: { 'hit-ratio': '80%' } }).load?.hitRatio, 0.8)
    assert.equal(front({ origin: { capacity: 'unknown' } }).load, undefined)
  })

  it('counts nodes where each key has one copy', () => {
    const nodes = (says: Said, uses?: string) => nodesOf(modelFrom({ components: [{ id: 'c', kind: 'cache', says, ...(uses !== undefined && { uses }) }] }).components[0]!)?.count
    assert.equal(nodes({ shards: '10', replicas: '1' }), 10)
    assert.equal(nodes({ shards: '10', replicas: '2' }), undefined)
    assert.equal(nodes({ shards: '10' }), undefined)
    assert.equal(nodes({ replicas: '10' }), undefined, 'copies of one')
    assert.equal(nodes({ replicas: '10' }, 'memcached'), 10)
    assert.equal(nodes({ replicas: 'unknown' }, 'memcached'), undefined)
  })

  it('sees what holds misses back', () => {
    assert.equal(front().held, false)
    const holding: readonly Says[] = [
      { fill: { 'rate-limit': '9k/s' } },
      { fill: { bulkhead: '30' } },
      { origin: { 'load-shed': 'yes' } },
      { reader: { 'concurrency-limit': '200' } },
      { reader: { 'load-shed': 'unknown' } },
    ]
    for (const says of holding) assert.ok(front(says).held, JSON.stringify(says))
    const idle: readonly Says[] = [{ fill: { 'rate-limit': '90k/s' } }, { reader: { 'rate-limit.limit': '50/s', 'rate-limit.per': 'client' } }, { fill: { bulkhead: 'none' } }]
    for (const says of idle) assert.ok(!front(says).held, JSON.stringify(says))
  })

  it('sees what is prepared for a cold cache', () => {
    assert.equal(front().prepared, false)
    const preparing: readonly Says[] = [{ cache: { prewarm: 'peer' } }, { cache: { coalesce: 'lease' } }, { cache: { 'on-failure': 'stale' } }, { read: { fallback: 'stale' } }]
    for (const says of preparing) assert.ok(front(says).prepared, JSON.stringify(says))
    assert.ok(!front({ cache: { 'on-failure': 'bypass', 'warm-rate': 'full' } }).prepared)
  })
})

describe('arithmetic of cold caches', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  const nodes = fc.integer({ min: 1, max: 1000 })

  it('a smaller loss brings no more than a larger one', () => {
    property(
      fc.property(share, nodes, (hit, n) => {
        const lost = loadBehind(1000, hitRatioWithNodeLost(hit, n), 10)
        assert.ok(lost <= loadBehind(1000, 0, 10) + 1e-6 && lost >= loadBehind(1000, hit, 10) - 1e-6)
        if (n > 1) assert.ok(hitRatioAfterResize(hit, n) <= hitRatioWithNodeLost(hit, n) + 1e-12)
      }),
    )
  })

  it('more time and fewer keys never hit less', () => {
    const some = fc.integer({ min: 1, max: 1_000_000 })
    property(
      fc.property(some, some, some, (rate, keys, ttl) => {
        const hits = hitRatioOfTtl(rate, keys, ttl)
        assert.ok(hits >= 0 && hits < 1)
        assert.ok(hitRatioOfTtl(rate, keys, 2 * ttl) >= hits && hitRatioOfTtl(rate, 2 * keys, ttl) <= hits)
      }),
    )
  })
})

import assert from 'node:assert/strict'
import { analyse } from '../../src/analysis/analysis.ts'
import { capacityOf, shardCapacity } from '../../src/analysis/capacity.ts'
import { hottestShare, keySkewOf, partitionLimitsOf, placementOf } from '../../src/analysis/partitions.ts'
import { modelFrom, type Outline, type Said } from '../support/model.ts'

describe('truth', () => {
  const forgets = (kind: string, uses: string | undefined, says: Said = {}): string =>
    analyse(modelFrom({ components: [{ id: 's', kind, says, ...(uses && { uses }) }] })).truths.forgets('s').certain

  it('is not in what may forget', () => {
    assert.equal(forgets('cache', undefined), 'yes')
    assert.equal(forgets('cache', 'redis'), 'yes')
    assert.equal(forgets('cache', 'memcached'), 'yes')
    assert.equal(forgets('database', 'redis'), 'yes')
    assert.equal(forgets('database', 'redis', { durability: 'fsync' }), 'no')
    assert.equal(forgets('database', 'postgres'), 'no')
    assert.equal(forgets('database', 'memorydb'), 'no')
    assert.equal(forgets('database', undefined), 'unknown')
    assert.equal(forgets('cache', 'redis', { durability: 'unknown' }), 'unknown')
    assert.equal(forgets('database', 'redis', { durability: 'fsync', eviction: 'lru' }), 'yes')
  })

  const shop: Outline = {
    data: [
      { id: 'Cart', says: { class: 'order' } },
      { id: 'Order', says: { class: 'order' } },
    ],
    components: [
      { id: 'api', kind: 'service' },
      { id: 'carts', kind: 'cache', uses: 'redis', says: { stores: '#Cart' } },
      { id: 'orders', kind: 'database', uses: 'postgres', says: { stores: '#Order' } },
      { id: 'main', kind: 'database', uses: 'postgres' },
      { id: 'events', kind: 'log', uses: 'kafka' },
      { id: 'projector', kind: 'worker' },
      { id: 'view', kind: 'database', uses: 'postgres', says: { stores: '#Order' } },
    ],
    relations: [
      { from: 'api', to: 'carts', verb: 'writes' },
      { from: 'api', to: 'orders', verb: 'writes' },
      { from: 'orders', to: 'events', verb: 'captures' },
      { from: 'events', to: 'projector', verb: 'delivers' },
      { from: 'projector', to: 'view', verb: 'writes' },
    ],
  }
  const truths = (relations: Outline['relations'] = shop.relations!) => analyse(modelFrom({ ...shop, relations })).truths

  it('is where data is written first, not where it is copied to', () => {
    assert.deepEqual(truths().of('Order'), ['orders'])
    assert.equal(truths().derived('view'), true)
    assert.equal(truths().derived('orders'), false)
    assert.deepEqual(truths().of('Cart'), [])
  })

  it('finds no other home for what goes to a cache only', () => {
    assert.deepEqual(truths().otherHomes('carts', 'Cart'), [])
  })

  it('takes for a home whatever may be one', () => {
    const also = (...more: NonNullable<Outline['relations']>) => truths([...shop.relations!, ...more]).otherHomes('carts', 'Cart')
    assert.deepEqual(also({ from: 'api', to: 'main', verb: 'writes' }), ['main'])
    assert.deepEqual(also({ from: 'api', to: 'main', verb: 'reads' }), ['main'])
    assert.deepEqual(also({ from: 'api', to: 'main', verb: 'writes', says: { data: '#Order' } }), [])
    assert.deepEqual(also({ from: 'api', to: 'main', verb: 'writes', says: { data: 'unknown' } }), ['main'])
    assert.deepEqual(also({ from: 'carts', to: 'main', verb: 'replicates' }), ['main'])
    assert.deepEqual(also({ from: 'carts', to: 'main', verb: 'caches' }), ['main'])
  })
})

describe('capacity', () => {
  const component = (kind: string, says: Said, uses?: string) =>
    modelFrom({ components: [{ id: 'x', kind, says, ...(uses && { uses }) }] }).components[0]!

  it('multiplies by what divides the work', () => {
    assert.equal(capacityOf(component('service', { capacity: '100/s', replicas: '4' }), 'all')?.rate, 400)
    assert.equal(capacityOf(component('service', { capacity: '100/s', replicas: '4..12' }), 'all')?.rate, 1200)
    assert.equal(capacityOf(component('service', { capacity: '100/s', replicas: '4', 'autoscale.max': '20' }), 'all')?.rate, 2000)
    assert.equal(capacityOf(component('service', { capacity: '100/s' }), 'all'), undefined)
    assert.equal(capacityOf(component('external', { quota: '50/s' }), 'all')?.rate, 50)
  })

  it('does not let replicas add to the writes of one leader', () => {
    const ledger = component('database', { capacity: '5k/s', replicas: '5' }, 'postgres')
    assert.equal(capacityOf(ledger, 'writes')?.rate, 5000)
    assert.equal(capacityOf(ledger, 'all')?.rate, 25_000)
    assert.equal(capacityOf(component('database', { capacity: '5k/s', replicas: '5', shards: '16' }, 'postgres'), 'writes')?.rate, 80_000)
    assert.equal(
      shardCapacity(component('database', { 'capacity.read': '8k/s', 'capacity.write': '2k/s', replicas: '3' }, 'postgres'), 'writes')
        ?.rate,
      2000,
    )
    assert.equal(capacityOf(component('database', { capacity: '5k/s', replicas: '3' }, 'cassandra'), 'writes')?.rate, 15_000)
  })
})

describe('partitions', () => {
  const component = (kind: string, says: Said, uses?: string) =>
    modelFrom({ components: [{ id: 'x', kind, says, ...(uses && { uses }) }] }).components[0]!
  const share = (says: Said, kind = 'database', uses?: string): string | undefined => {
    const x = component(kind, says, uses)
    const skew = keySkewOf(x)
    return skew && `${(100 * hottestShare(skew, placementOf(x))).toFixed(2)}%`
  }

  it('M9: the busiest gets its key and an even part of the rest', () => {
    assert.equal(share({ shards: '64', 'key-dist': 'zipf(1, 1M)' }), '8.40%')
    assert.equal(share({ shards: '64', 'key-dist': 'zipf(1)', 'key-cardinality': '1M' }), '8.40%')
    assert.equal(share({ shards: '24', 'key-dist': 'hot(45%)' }), '47.29%')
    assert.equal(share({ 'key-dist': 'hot(45%)' }), '45.00%')
    assert.equal(share({ 'key-cardinality': '40' }), '2.50%')
    assert.equal(share({ 'key-dist': 'hot(1%)', 'key-cardinality': '40' }), '2.50%')
    assert.equal(share({ shards: '10', 'key-dist': 'uniform' }), '10.00%')
  })

  it('takes off what is done about it, and says nothing where that is unknown', () => {
    assert.equal(share({ 'key-dist': 'hot(40%)', split: 'by(10)' }), '4.00%')
    assert.equal(share({ 'key-dist': 'hot(40%)', 'hot-keys': 'split(4)' }), '10.00%')
    for (const says of [{ split: 'adaptive' } as Said, { split: 'unknown' }, { 'hot-keys': 'cached' }, { 'key-dist': 'unknown' }])
      assert.equal(share({ 'key-dist': 'hot(40%)', ...says }), undefined)
    assert.equal(share({}), undefined)
  })

  it('leaves a single key whole where the store splits by itself', () => {
    assert.equal(share({ shards: '64', 'key-dist': 'hot(40%)' }, 'database', 'dynamodb'), '40.00%')
  })

  it('knows what one of them takes', () => {
    const limits = (kind: string, says: Said, uses?: string) =>
      partitionLimitsOf(component(kind, says, uses)).map(({ work, limit }) => `${work} ${limit}`)
    assert.deepEqual(limits('database', {}, 'dynamodb'), ['writes 1000', 'reads 3000'])
    assert.deepEqual(limits('log', {}, 'kinesis'), ['writes 1000', 'bytes 1000000'])
    assert.deepEqual(limits('database', { capacity: '5k/s', replicas: '3' }, 'postgres'), ['writes 5000', 'reads 15000'])
    assert.deepEqual(limits('database', { 'partition-limit': 'unknown', capacity: '5k/s' }, 'postgres'), [])
    assert.deepEqual(limits('log', {}), [])
  })
})

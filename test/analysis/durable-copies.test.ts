import assert from 'node:assert/strict'
import { copiesAtAck, losesAtFailover } from '../../src/analysis/durable-copies.ts'
import { serialBound, serialLatency } from '../../src/analysis/latency.ts'
import { modelFrom, type Said } from '../support/model.ts'

describe('copies at acknowledgement', () => {
  const of = (kind: string, uses: string | undefined, says: Said = {}) =>
    copiesAtAck(modelFrom({ components: [{ id: 'x', kind, ...(uses && { uses }), says }] }).components[0]!)
  const cases: readonly [string, string | undefined, Said, number | undefined, string | undefined][] = [
    ['database', 'postgres', { replicas: '3' }, 1, '1 of 3 copies'],
    ['database', 'postgres', { replicas: '1' }, 1, '1 copy'],
    ['database', 'postgres', { replicas: '3', sync: 'sync(2)' }, 3, '3 copies'],
    ['database', 'postgres', { replicas: '3', sync: 'semi-sync' }, 2, '2 of 3 copies, or 1 when no follower answers in time'],
    ['database', undefined, { replication: 'consensus', replicas: '5' }, 3, 'a majority of 5'],
    ['coordinator', 'etcd', {}, undefined, 'a majority'],
    ['database', 'cassandra', { n: '3', w: '2' }, 2, '2 of 3 copies'],
    ['cache', 'memcached', {}, 0, 'memory only'],
    ['log', 'kafka', {}, 1, '1 copy'],
    ['log', 'kafka', { 'replication-factor': '3', 'min-isr': '2' }, 2, '2 of 3 copies'],
    ['log', 'kafka', { 'replication-factor': '3', 'min-isr': '2', acks: '0' }, 0, '0 of 3 copies'],
    ['database', undefined, {}, undefined, undefined],
    ['database', 'postgres', { sync: 'unknown' }, undefined, undefined],
  ]
  for (const [kind, uses, says, count, text] of cases) {
    it(`${uses ?? kind} ${JSON.stringify(says)}`, () => {
      const copies = of(kind, uses, says)
      assert.equal(copies?.count, count)
      assert.equal(copies?.text, text)
    })
  }

  it('decide what a failover loses', () => {
    const loses = (kind: string, uses: string, says: Said) =>
      losesAtFailover(modelFrom({ components: [{ id: 'x', kind, uses, says }] }).components[0]!)
    assert.equal(loses('database', 'postgres', { replicas: '3' }), true)
    assert.equal(loses('database', 'dynamodb', {}), false)
    assert.equal(loses('log', 'kafka', { 'replication-factor': '3', 'min-isr': '2', 'unclean-election': 'yes' }), true)
    assert.equal(loses('database', 'postgres', { sync: 'unknown' }), undefined)
  })
})

describe('M12: hops in series', () => {
  it('come to the worked examples', () => {
    const three = serialLatency(Array.from({ length: 3 }, () => ({ p50: 0.01, p99: 0.1 })))
    assert.equal((three.p50 * 1000).toFixed(1), '39.3')
    assert.equal((three.p99 * 1000).toFixed(1), '184.1')
    assert.equal(Math.round(serialBound(Array.from({ length: 3 }, () => ({ p50: 0.01, p99: 0.1 }))) * 1000), 300)
    assert.equal((serialLatency(Array.from({ length: 5 }, () => ({ p50: 0.002, p99: 0.01 }))).p99 * 1000).toFixed(1), '26.5')
  })

  it('leave one hop as it is, and add what does not vary', () => {
    const one = serialLatency([{ p50: 0.01, p99: 0.1 }])
    assert.ok(Math.abs(one.p50 - 0.01) < 1e-9 && Math.abs(one.p99 - 0.1) < 1e-9)
    assert.deepEqual(
      serialLatency([
        { p50: 0.01, p99: 0.01 },
        { p50: 0.02, p99: 0.02 },
      ]),
      { p50: 0.03, p99: 0.03 },
    )
  })
})

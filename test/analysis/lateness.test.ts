import assert from 'node:assert/strict'
import { analyse } from '../../src/analysis/analysis.ts'
import { latenessOf } from '../../src/analysis/lateness.ts'
import { modelFrom, type Said } from '../support/model.ts'

function lateness(client: Said, hops: readonly Said[]): { seconds: number; what: readonly string[] } | undefined {
  const model = modelFrom({
    components: [
      { id: 'app', kind: 'client', says: client },
      { id: 'in', kind: 'service' },
      { id: 'log', kind: 'log' },
      { id: 'sums', kind: 'stream-processor' },
    ],
    relations: [
      { from: 'app', to: 'in', verb: 'calls' },
      { from: 'in', to: 'log', verb: 'publishes', ...(hops[0] && { says: hops[0] }) },
      { from: 'log', to: 'sums', verb: 'delivers', ...(hops[1] && { says: hops[1] }) },
    ],
  })
  const found = latenessOf(model, analyse(model).flows)('sums')
  return found && { seconds: found.seconds, what: found.delays.map(({ what }) => what) }
}

describe('lateness', () => {
  it('adds up what a device keeps and what each hop is behind', () => {
    assert.deepEqual(lateness({ 'offline-buffer': '2h' }, [{}, { 'lag.p99': '30s' }]), { seconds: 7230, what: ['`app` can be offline for 2h', '`log → sums` 30s'] })
    assert.equal(lateness({}, [{}, { 'lag.p99': '30s' }])?.seconds, 30)
  })

  it('is without end where a device keeps events for ever, and unknown where nothing is said', () => {
    assert.equal(lateness({ 'offline-buffer': 'unlimited' }, [])?.seconds, Infinity)
    assert.equal(lateness({}, []), undefined)
    assert.equal(lateness({ 'offline-buffer': 'none' }, []), undefined)
    assert.equal(lateness({ 'offline-buffer': 'unknown' }, []), undefined)
  })
})

/** What a failure costs in data and time: the arithmetic of NUMBERS M23, and what is read from a design. */
import assert from 'node:assert/strict'
import { bytesOf, lossByMistake, lossOfCopy, lossOfRegion, lostWrites, recoveryTime, replayTime, restoreTime, takeoverSteps } from '../../src/analysis/recovery.ts'
import { lookup } from '../../src/model/lookup.ts'
import { openText } from '../../src/workspace.ts'

const HOUR = 3600

describe('worked examples of NUMBERS.md, recovery', () => {
  it('M23: what is lost, and how long it takes', () => {
    assert.equal(lostWrites(2000, 3), 6000)
    assert.equal((restoreTime(2e12, 200e6) / HOUR).toFixed(2), '2.78')
    assert.equal((recoveryTime([90, 15 * 60, restoreTime(2e12, 200e6), 5 * 60]) / HOUR).toFixed(2), '3.14')
    assert.equal(replayTime(7.2e6, 1000) / HOUR, 2)
  })
})

describe('what a loss takes with it', () => {
  const read = (text: string, id: string) => {
    const { model } = openText(text)
    return { model, component: lookup(model).component(id)! }
  }
  const copy = (body: string) => lossOfCopy(read(`database db uses postgres { ${body} }`, 'db').component)?.seconds
  const region = (text: string) => {
    const { model, component } = read(`region a { database db uses postgres { replicas: 3, backup: 1h } }\nregion b { database twin uses postgres  object-store vault uses s3 }\n${text}`, 'a.db')
    return lossOfRegion(model, component)
  }

  it('of one copy', () => {
    assert.equal(copy('replicas: 3, sync: async, lag: 30s'), 30)
    assert.equal(copy('replicas: 3, sync: quorum, lag: 30s'), undefined)
    assert.equal(copy('replicas: 3, sync: unknown, lag: 30s'), undefined)
    assert.equal(copy('lag: 30s'), undefined)
    assert.equal(copy('replicas: 1, volume: host, backup: 1d'), 86_400)
    assert.equal(copy('replicas: 1, volume: network, backup: 1d'), undefined)
    assert.equal(copy('replicas: 1, durability: os-buffer, flush: 5s'), 5)
    const unknown = lossOfCopy(read('database db uses postgres { replicas: 2, sync: async }', 'db').component)
    assert.ok(unknown && unknown.seconds === undefined)
  })

  it('of a region: the best of what is elsewhere', () => {
    assert.equal(region(''), undefined)
    assert.equal(region('db ~> vault : backs-up')?.seconds, HOUR)
    assert.equal(region('db ~> vault : backs-up { period: 10min }')?.seconds, 600)
    assert.equal(region('db ~> vault : backs-up\ndb ~> twin : replicates { sync: async, lag: 3s }')?.seconds, 3)
    assert.equal(region('db ~> twin : replicates { sync: sync }'), undefined)
    assert.equal(region('db ~> twin : replicates { sync: unknown, lag: 3s }'), undefined)
  })

  it('of a mistake: what came since the last backup', () => {
    const mistake = (text: string) => {
      const { model, component } = read(text, 'db')
      return lossByMistake(model, component)?.seconds
    }
    assert.equal(mistake('database db { backup { interval: 6h } }'), 6 * HOUR)
    assert.equal(mistake('database db { backup { interval: 6h, pitr: yes } }'), undefined)
    assert.equal(mistake('database db { backup { interval: 6h, pitr: unknown } }'), undefined)
    assert.equal(mistake('database db { backup: 1d }\nobject-store vault\ndb ~> vault : backs-up { period: 1h }'), HOUR)
    assert.equal(mistake('database db { backup: yes }'), undefined)
  })
})

describe('the way back', () => {
  it('adds up what is known, and takes a usual time only for a person', () => {
    const steps = (body: string) => takeoverSteps(openText(`database db { failover { ${body} } }`).model.components[0]!.facts, 'failover.', 1800).map(({ seconds, assumed }) => (assumed ? -seconds : seconds))
    assert.deepEqual(steps('mode: auto, detect: 10s, promote: 20s'), [10, 20])
    assert.deepEqual(steps('mode: manual, promote: 20s'), [-1800, 20])
    assert.deepEqual(steps('mode: manual, decide: 5min'), [300])
    assert.deepEqual(steps('mode: manual, decide: unknown'), [])
    assert.deepEqual(steps('mode: none, detect: 10s'), [])
  })

  it('knows how much there is to bring back', () => {
    const bytes = (text: string) => {
      const { model } = openText(text)
      return bytesOf(model, lookup(model).component('db')!)?.bytes
    }
    assert.equal(bytes('database db { storage: 2TB }'), 2e12)
    assert.equal(bytes('data A { count: 1M, size: 2KB }\ndata B { count: 10, size: 1MB }\ndatabase db { stores: [A, B] }'), 2.01e9)
    assert.equal(bytes('data A { count: 1M }\ndatabase db { stores: A }'), undefined)
  })
})

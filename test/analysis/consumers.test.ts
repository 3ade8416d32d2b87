import assert from 'node:assert/strict'
import { backlogAfter, consumerRate, drainTime, lagGrowth, lossAfter, parallelismNeeded, usableParallelism } from '../../src/analysis/consumers.ts'

const HOUR = 3600
const DAY = 24 * HOUR

describe('worked examples of NUMBERS.md', () => {
  it('M5: what a group can do', () => {
    // 24 instances on 12 partitions, 40 ms a message.
    const parallel = usableParallelism(24, 12)
    assert.equal(parallel, 12)
    assert.equal(consumerRate(parallel, 1, 0.04).toFixed(0), '300')
    assert.equal((lagGrowth(500, 300) * HOUR).toFixed(0), '720000')
    assert.equal((lossAfter(7 * DAY, 500, 300) / DAY).toFixed(1), '17.5')
    assert.equal(parallelismNeeded(500, 1, 0.04), 20)
    assert.equal(parallelismNeeded(500, 1, 0.04, 0.7), 29)
  })

  it('M5: what an outage leaves, and how long it takes to catch up', () => {
    const backlog = backlogAfter(HOUR, 5000)
    assert.equal(backlog, 18_000_000)
    assert.equal((drainTime(backlog, 5000, 8000) / 60).toFixed(0), '100')
    assert.equal((drainTime(backlog, 5000, 6000) / 60).toFixed(0), '300')
    assert.equal((drainTime(backlog, 5000, 5100) / HOUR).toFixed(0), '50')
  })
})

describe('a consumer', () => {
  it('is bound by whatever is fewest', () => {
    assert.equal(usableParallelism(4, 12), 4)
    assert.equal(usableParallelism(24, 12, 3), 3)
    assert.equal(usableParallelism(24), 24)
  })

  it('never catches up at the rate of the arrivals, and loses nothing while it keeps up', () => {
    assert.equal(drainTime(10, 100, 100), Infinity)
    assert.equal(drainTime(0, 100, 100), 0)
    assert.equal(lagGrowth(100, 200), 0)
    assert.equal(lossAfter(7 * DAY, 100, 100), Infinity)
    assert.equal(consumerRate(4, 1, 0), Infinity)
  })

  it('does more with batches', () => {
    assert.equal(consumerRate(2, 100, 0.5), 400)
    assert.equal(parallelismNeeded(400, 100, 0.5), 2)
  })
})

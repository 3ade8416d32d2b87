import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { herdOf, herdRate, spreadNeeded } from '../../src/analysis/herd.ts'
import { busy, exhaustedAfter } from '../../src/analysis/little.ts'
import { serialLimit, serialUtilisation } from '../../src/analysis/serial.ts'
import { property } from '../support/property.ts'

const positive = fc.double({ min: 1e-3, max: 1e6, noNaN: true })

describe('worked examples of NUMBERS.md about waiting', () => {
  it('M7: Little’s law', () => {
    assert.equal(busy(200, 0.05), 10)
    assert.equal(busy(200, 5), 1000)
    assert.equal(exhaustedAfter(200, 500), 0.4)
    assert.equal(busy(0, Infinity), 0)
  })

  it('M25: a herd that comes back', () => {
    const herd = herdOf(1e6, 10)
    assert.equal(herd, 100_000)
    assert.equal(spreadNeeded(herd, 8000).toFixed(1), '15.6')
    assert.equal(herdRate(herd, 0), 100_000)
    assert.equal(herdRate(herd, 20), 5000)
    assert.equal(herdOf(1e6, 10, 20), 1e6)
  })

  it('M26: one at a time', () => {
    assert.equal(serialLimit(0.4), 2.5)
    assert.equal(serialLimit(0.005), 200)
    assert.equal(serialLimit(0.4, 10), 25)
    assert.equal(serialLimit(0), Infinity)
    assert.equal(serialUtilisation(2.5, 0.4), 1)
  })

  it('agree with each other', () => {
    property(
      fc.property(positive, positive, (rate, time) => {
        const near = (a: number, b: number): void => assert.ok(Math.abs(a - b) <= 1e-9 * Math.max(a, b), `${a} is not ${b}`)
        // As many workers as are busy are taken just when the first comes back.
        near(exhaustedAfter(busy(rate, time), rate), time)
        near(serialUtilisation(serialLimit(time), time), 1)
        assert.ok(herdRate(rate, Math.max(1, spreadNeeded(rate, time))) <= time * 0.8 * (1 + 1e-9) || spreadNeeded(rate, time) < 1)
      }),
    )
  })
})

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import {
  collisionProbability,
  counterLifetime,
  expectedCollisions,
  expectedCollisionsPerTick,
  idsPerSecond,
  inYears,
  lifetimeOf,
  workersOf,
} from '../../src/analysis/ids.ts'
import { property } from '../support/property.ts'

/** Compares to the digits that the worked example shows. */
function shows(value: number, digits: string): void {
  const decimals = digits.split('.')[1]?.length ?? 0
  assert.equal(value.toFixed(decimals), digits)
}

describe('M27: ids', () => {
  it('of Snowflake: 41 bits of time, 10 of worker, 12 of sequence', () => {
    assert.equal(idsPerSecond(12), 4_096_000)
    assert.equal(workersOf(10), 1024)
    shows(inYears(lifetimeOf(41)), '69.68')
  })

  it('meet by chance', () => {
    shows(100 * collisionProbability(1e9, 64), '2.67')
    shows(expectedCollisions(200, 10), '19.4')
    assert.ok(collisionProbability(200, 10) > 0.999)
    assert.equal((collisionProbability(1e12, 122) * 1e14).toFixed(1), '9.4')
  })

  it('are used up', () => {
    // A signed 32-bit counter at 100 a second: a good eight months.
    shows(counterLifetime(31, 100) / 86_400, '248.6')
  })

  it('meet less often where only those of one millisecond can', () => {
    // UUIDv7 with 74 random bits, a million a second for ten years.
    const n = 1e6 * 10 * 365 * 86_400
    assert.ok(expectedCollisionsPerTick(n, 1e6, 74) < 1e-5)
    assert.ok(expectedCollisionsPerTick(n, 1e6, 74) < expectedCollisions(n, 74))
  })

  it('are chances: between 0 and 1, more with more draws, fewer with more bits', () => {
    property(
      fc.property(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 1, max: 128 }), (n, more, bits) => {
        const chance = collisionProbability(n, bits)
        assert.ok(chance >= 0 && chance <= 1)
        assert.ok(collisionProbability(n + more, bits) >= chance)
        assert.ok(collisionProbability(n, bits + 1) <= chance)
      }),
    )
  })
})

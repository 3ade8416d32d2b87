import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { answeringOf, majority, mayMiss, type Answering } from '../../src/analysis/quorum.ts'
import { property } from '../support/property.ts'

describe('overlap of quorums', () => {
  it('is R + W > N in one region', () => {
    for (let n = 1; n <= 7; n++) {
      for (let w = 1; w <= n; w++) {
        for (let r = 1; r <= n; r++) {
          const missed = mayMiss({ where: 'anywhere', count: w }, { where: 'anywhere', count: r }, { n, regions: 1 })
          assert.equal(missed, r + w <= n, `N=${n} W=${w} R=${r}`)
        }
      }
    }
  })

  it('agrees with trying every pair of sets of copies', () => {
    const answering = (n: number, regions: number) =>
      fc.oneof(
        fc.record({ where: fc.constant('anywhere' as const), count: fc.integer({ min: 1, max: n * regions }) }),
        fc.record({
          where: fc.constant('local' as const),
          count: fc.integer({ min: 1, max: n }),
          region: fc.integer({ min: 0, max: regions - 1 }).map(String),
        }),
        fc.record({ where: fc.constant('each' as const), count: fc.integer({ min: 1, max: n }) }),
      )
    const shape = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }))
    const cases = shape.chain(([n, regions]) =>
      fc.tuple(fc.constant(n), fc.constant(regions), answering(n, regions), answering(n, regions)),
    )
    property(
      fc.property(cases, ([n, regions, write, read]) => {
        const writes = setsOf(write, n, regions)
        const reads = setsOf(read, n, regions)
        const disjoint = writes.some((one) => reads.some((other) => (one & other) === 0))
        assert.equal(mayMiss(write, read, { n, regions }), disjoint)
      }),
      { numRuns: 400 },
    )
  })

  it('stays open where the regions of two local callers are not known', () => {
    assert.equal(mayMiss({ where: 'local', count: 2 }, { where: 'local', count: 2, region: 'us' }, { n: 3, regions: 2 }), undefined)
    assert.equal(mayMiss({ where: 'local', count: 1 }, { where: 'local', count: 1 }, { n: 3, regions: 2 }), true)
  })

  it('reads the words of levels', () => {
    const copies = { n: 3, regions: 2 }
    assert.equal(majority(4), 3)
    assert.deepEqual(answeringOf('quorum', copies), { where: 'anywhere', count: 4 })
    assert.deepEqual(answeringOf('local-quorum', copies, 'eu'), { where: 'local', count: 2, region: 'eu' })
    assert.deepEqual(answeringOf('each-quorum', copies), { where: 'each', count: 2 })
    assert.deepEqual(answeringOf('all', copies), { where: 'anywhere', count: 6 })
    assert.equal(answeringOf('leader', copies), undefined)
  })
})

/** Every set of copies that satisfies the level with no copy to spare, as a bit mask; copy i of region g is bit g·n + i. */
function setsOf(answering: Answering, n: number, regions: number): number[] {
  const bits = (mask: number): number => mask.toString(2).replaceAll('0', '').length
  const within = (mask: number, region: number): number => (mask >> (region * n)) & (2 ** n - 1)
  return Array.from({ length: 2 ** (n * regions) }, (_, mask) => mask).filter((mask) => {
    if (answering.where === 'anywhere') return bits(mask) === answering.count
    if (answering.where === 'each')
      return Array.from({ length: regions }, (_, region) => bits(within(mask, region))).every((count) => count === answering.count)
    const region = Number(answering.region)
    return bits(mask) === answering.count && bits(within(mask, region)) === answering.count
  })
}

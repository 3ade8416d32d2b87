import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { celebrityDrain } from '../../src/analysis/followers.ts'
import {
  harmonic,
  hottestPartitionShare,
  missed,
  missedWithNodeLost,
  movedByModulo,
  movedByRing,
  ringImbalance,
  splitsNeeded,
  stampede,
  zipfShare,
  zipfTopShare,
} from '../../src/analysis/keys.ts'
import { hitRatioAfterResize, hitRatioOfTtl, hitRatioWithNodeLost, loadBehind } from '../../src/analysis/cold-cache.ts'
import { erasureOverhead, leaderFollower, leaderlessNodeLoad } from '../../src/analysis/replication.ts'
import { attemptsUnderBudget, expectedAttempts, worstAttempts } from '../../src/analysis/retries.ts'
import { solve } from '../../src/analysis/linear.ts'
import { bytesPerByte } from '../../src/analysis/storage.ts'
import { property } from '../support/property.ts'

/** Compares to the digits that the worked example shows. */
function shows(value: number, digits: string): void {
  const decimals = digits.split('.')[1]?.length ?? 0
  assert.equal(value.toFixed(decimals), digits)
}

describe('worked examples of NUMBERS.md', () => {
  it('M2: what gets through caches', () => {
    shows(missed(100_000, 0.95), '5000')
    shows(missed(100_000, 0.9, 0.8), '2000')
  })

  it('M3: retries, on average and at worst', () => {
    shows(expectedAttempts(0.5, 4), '1.875')
    assert.equal(worstAttempts([4, 4, 4]), 64)
    assert.equal(worstAttempts([3, 3, 3, 3, 3]), 243)
    shows(worstAttempts([4, 4, 4].map((attempts) => attemptsUnderBudget(attempts, 0.1))), '1.331')
  })

  it('M4: copies', () => {
    shows(leaderFollower({ reads: 0, writes: 9000 }, 4, 5000).leader, '1.8')
    shows(erasureOverhead(9, 6), '1.667')
    shows(erasureOverhead(10, 4), '1.4')
    assert.equal(bytesPerByte({ copies: 3 }), 3)
    assert.equal(leaderlessNodeLoad({ reads: 100, writes: 50 }, 3, 2, 5), 70)
  })

  it('M8: Zipf', () => {
    shows(harmonic(1e6, 1), '14.393')
    shows(100 * zipfShare(1, 1, 1e6), '6.948')
    shows(100 * zipfTopShare(100, 1, 1e6), '36.0')
    shows(100 * zipfTopShare(1e4, 1, 1e6), '68.0')
    shows(100 * zipfShare(1, 0.99, 1e6), '6.497')
    shows(100 * zipfShare(1, 1, 1000), '13.36')
    shows(100 * zipfTopShare(100, 1, 1000), '69.3')
  })

  it('M9: the hottest shard, and keys that move', () => {
    const hottest = hottestPartitionShare(0.06948, 64)
    shows(100 * hottest, '8.40')
    shows(hottest * 64, '5.38')
    shows(100 * movedByModulo(4), '80')
    shows(100 * movedByModulo(10), '90.9')
    shows(100 * movedByRing(10), '9.1')
    shows(ringImbalance(10), '2.93')
    shows(ringImbalance(100), '5.19')
    shows(ringImbalance(10, 100), '1.16')
  })

  it('M10: the best hit ratio for a size', () => {
    shows(100 * zipfTopShare(1e4, 1, 1e6), '68.0')
    shows(100 * zipfTopShare(1e5, 1, 1e6), '84.0')
    shows(100 * zipfTopShare(2e5, 1, 1e6), '88.8')
    shows(100 * hitRatioOfTtl(1000, 60_000, 60), '50.0')
  })

  it('M11: cold caches', () => {
    shows(missedWithNodeLost(100_000, 0.95, 10), '14500')
    shows(missedWithNodeLost(100_000, 0.95, 1), '100000')
    assert.equal(stampede(8000, 0.25), 2000)
    shows(loadBehind(100_000, 0.95, 0), '5000')
    shows(loadBehind(100_000, hitRatioWithNodeLost(0.95, 10), 0), '14500')
    shows(loadBehind(100_000, hitRatioWithNodeLost(0.95, 1), 0), '100000')
    shows(100 * hitRatioAfterResize(0.95, 4), '19.0')
    shows(loadBehind(100_000, hitRatioAfterResize(0.95, 10), 700), '92064')
  })
})

describe('fanning out', () => {
  it('M31: how long a celebrity keeps the pipeline busy', () => {
    shows(celebrityDrain(1e8, 1e5) / 60, '16.7')
    assert.equal(celebrityDrain(1e8, 0), Infinity)
  })
})

describe('rings', () => {
  it('get more even with each place, and cost nothing', () => {
    property(
      fc.property(fc.integer({ min: 2, max: 1000 }), fc.integer({ min: 1, max: 600 }), (n, v) => {
        assert.ok(ringImbalance(n, v + 1) < ringImbalance(n, v) + 1e-6, `${n} nodes, ${v} places`)
        assert.ok(ringImbalance(n, v) > 1)
      }),
      { numRuns: 60 },
    )
  })
})

describe('harmonic numbers', () => {
  it('agree with plain summation', () => {
    property(
      fc.property(fc.integer({ min: 1, max: 20_000 }), fc.double({ min: 0, max: 2.5, noNaN: true }), (n, s) => {
        let sum = 0
        for (let i = n; i >= 1; i--) sum += i ** -s
        assert.ok(Math.abs(harmonic(n, s) - sum) <= 1e-9 * sum, `${harmonic(n, s)} is not ${sum}`)
      }),
    )
  })

  it('are monotone, and cost nothing for a billion keys', () => {
    assert.ok(zipfShare(1, 1, 1e9) < zipfShare(1, 1, 1e6))
    shows(harmonic(1e9, 1), '21.300')
  })
})

describe('splitting a hot key', () => {
  it('takes the fewest parts that fit', () => {
    property(
      fc.property(
        fc.double({ min: 0.001, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 500 }),
        fc.double({ min: 0.001, max: 1, noNaN: true }),
        (top, n, limit) => {
          const parts = splitsNeeded(top, n, limit)
          if (parts === undefined) return assert.ok(1 / n >= limit)
          assert.ok(hottestPartitionShare(top / parts, n) <= limit + 1e-9)
          if (parts > 1) assert.ok(hottestPartitionShare(top / (parts - 1), n) > limit - 1e-9)
        },
      ),
    )
  })
})

describe('solving for load', () => {
  const system = (size: number, source: number[], edges: [number, number, number][]) => ({
    size,
    source,
    feeds: Array.from({ length: size }, (_, to) => edges.filter((edge) => edge[1] === to).map(([from, , factor]) => ({ from, factor }))),
  })

  it('runs through a diamond once for each way', () => {
    const { values } = solve(
      system(
        4,
        [10, 0, 0, 0],
        [
          [0, 1, 1],
          [0, 2, 0.5],
          [1, 3, 2],
          [2, 3, 4],
        ],
      ),
    )
    assert.deepEqual(values, [10, 10, 5, 40])
  })

  it('sums a cycle that dies out, and calls one that does not endless', () => {
    shows(
      solve(
        system(
          2,
          [10, 0],
          [
            [0, 1, 1],
            [1, 0, 0.5],
          ],
        ),
      ).values[0]!,
      '20',
    )
    assert.deepEqual(
      solve(
        system(
          3,
          [10, 0, 0],
          [
            [0, 1, 1],
            [1, 0, 1],
            [1, 2, 1],
          ],
        ),
      ).values,
      [Infinity, Infinity, Infinity],
    )
    assert.deepEqual(
      solve(
        system(
          2,
          [1, 0],
          [
            [0, 1, 2],
            [1, 0, 1],
          ],
        ),
      ).values,
      [Infinity, Infinity],
    )
    assert.deepEqual(solve(system(1, [1], [[0, 0, 1.5]])).values, [Infinity])
  })

  it('leaves a cycle that nothing enters at rest', () => {
    assert.deepEqual(
      solve(
        system(
          3,
          [1, 0, 0],
          [
            [1, 2, 1],
            [2, 1, 1],
          ],
        ),
      ).values,
      [1, 0, 0],
    )
  })

  it('agrees with summing the visits round by round, also where a part is too large to eliminate', () => {
    for (const [size, runs] of [
      [8, 200],
      [300, 5],
    ] as const) {
      property(
        fc.property(
          fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1), fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: size * 3 }),
          (edges) => {
            // A ring makes the whole one part; scaling by the fan-out keeps the spectral radius below one.
            const all: [number, number, number][] = [
              ...edges,
              ...Array.from({ length: size }, (_, i): [number, number, number] => [i, (i + 1) % size, 1]),
            ]
            const fanOut = Array.from({ length: size }, (_, i) => all.filter((edge) => edge[0] === i).length)
            const scaled = all.map(([from, to, factor]): [number, number, number] => [from, to, (0.9 * factor) / fanOut[from]!])
            const source = Array.from({ length: size }, (_, i): number => (i === 0 ? 1 : 0))
            let visits = [...source]
            const sums = [...source]
            for (let round = 0; round < 600; round++) {
              const next = new Array<number>(size).fill(0)
              for (const [from, to, factor] of scaled) next[to]! += factor * visits[from]!
              visits = next
              next.forEach((value, i) => (sums[i]! += value))
            }
            solve(system(size, source, scaled)).values.forEach((value, i) =>
              assert.ok(Math.abs(value - sums[i]!) < 1e-6, `${value} is not ${sums[i]}`),
            )
          },
        ),
        { numRuns: runs },
      )
    }
  })

  it('takes a chain of ten thousand', () => {
    const size = 10_000
    const feeds = Array.from({ length: size }, (_, i) => (i === 0 ? [] : [{ from: i - 1, factor: 1 }]))
    assert.equal(solve({ size, source: Array.from({ length: size }, (_, i) => (i === 0 ? 7 : 0)), feeds }).values[size - 1], 7)
  })
})

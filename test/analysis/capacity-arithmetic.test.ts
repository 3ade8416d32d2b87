/** The worked examples of NUMBERS.md about capacity, latency, storage and batches, to the digits that it shows; and laws between the formulas. */
import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { batchFloor, batchFloors } from '../../src/analysis/batch.ts'
import { lossOfAny, tripleLoss } from '../../src/analysis/disk-loss.ts'
import { anySlow, bothSlow, hedgedLatency, hedgeLoad, leafPercentile, leafPercentileFor, parallelLatency } from '../../src/analysis/fan-out.ts'
import { momentsOf, NO_TIME, normalQuantile, quantileOf, quantileOfMixture, quantileOfMoments, serialBound, serialLatency, serialQuick, shareOfMoments, shareWithin } from '../../src/analysis/latency.ts'
import { erlangC, knee, pooledTime, pooledWait, singleServerQuantile, singleServerTime, slowdown, utilisation } from '../../src/analysis/queueing.ts'
import { followersCommit, leaderlessCommit, majorityCommit } from '../../src/analysis/quorum-latency.ts'
import { mostUseful, speedup } from '../../src/analysis/scalability.ts'
import { staleReadProbability } from '../../src/analysis/staleness.ts'
import { shortfall } from '../../src/analysis/spike.ts'
import { bitsPerSecond, bytesPerByte, stored, timeUntilFull } from '../../src/analysis/storage.ts'
import { isInverted, longestWork } from '../../src/analysis/timeouts.ts'
import { random } from '../support/generator.ts'
import { property } from '../support/property.ts'

/** Compares to the digits that the worked example shows. */
function shows(value: number, digits: string): void {
  const decimals = digits.split('.')[1]?.length ?? 0
  assert.equal(value.toFixed(decimals), digits)
}

const YEAR = 365 * 86_400
const hops = (count: number, p50: number, p99: number) => Array.from({ length: count }, () => ({ p50, p99 }))

describe('worked examples of NUMBERS.md: capacity and latency', () => {
  it('M6: waiting at one server', () => {
    const times = [0.5, 0.7, 0.8, 0.9, 0.95].map((share) => 1000 * singleServerTime(share * 100, 100))
    assert.deepEqual(times.map((ms) => Number(ms.toFixed(1))), [20, 33.3, 50, 100, 200])
    assert.deepEqual([0.5, 0.7, 0.8, 0.9, 0.95].map((share) => Number(slowdown(share).toFixed(1))), [2, 3.3, 5, 10, 20])
    shows(1000 * singleServerQuantile(70, 100, 0.99), '153.5')
    assert.equal(utilisation(900, 10, 100), 0.9)
  })

  it('M6: waiting at a pool, by Erlang C', () => {
    shows(erlangC(10, 9), '0.6687')
    shows(1000 * pooledWait(900, 10, 100), '6.69')
    shows(1000 * pooledTime(900, 10, 100), '16.69')
    assert.equal(pooledWait(1000, 10, 100), Infinity)
    assert.deepEqual([knee(1), knee(9), knee(10)], [0.7, 0.7, 0.85])
  })

  it('M12: hops that follow each other', () => {
    const three = hops(3, 0.01, 0.1)
    shows(1000 * serialLatency(three).p50, '39.3')
    shows(1000 * serialLatency(three).p99, '184.1')
    shows(1000 * serialQuick(three), '185.9')
    shows(1000 * serialBound(three), '300')
    shows(1000 * serialLatency(hops(5, 0.002, 0.01)).p99, '26.5')
    shows(1000 * serialQuick(hops(5, 0.002, 0.01)), '27.9')
  })

  it('M12: agrees with drawing each hop, as NUMBERS did', () => {
    const draw = random(12)
    const drawn = (count: number, p50: number, p99: number): readonly [number, number] => {
      const times = Float64Array.from({ length: 300_000 }, () => {
        let sum = 0
        for (let hop = 0; hop < count; hop++) sum += p50 * Math.exp((Math.log(p99 / p50) / 2.3263) * Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw()))
        return sum
      }).sort()
      return [times[times.length / 2]!, times[times.length * 0.99]!]
    }
    // Within what so many draws can tell.
    const near = (seen: number, shown: number): void => assert.ok(Math.abs(seen / shown - 1) < 0.012, `${seen} is not ${shown}`)
    const [p50, p99] = drawn(3, 10, 100)
    near(p50, 39.5)
    near(p99, 183.9)
    near(drawn(5, 2, 10)[1], 26.9)
  })

  it('M13: many at once', () => {
    shows(100 * anySlow(0.01, 100), '63.4')
    shows(100 * anySlow(0.01, 10), '9.56')
    shows(100 * anySlow(0.0001, 2000), '18.1')
    shows(100 * leafPercentile(0.99, 100), '99.98995')
    shows(100 * leafPercentile(0.99, 10), '99.8995')
  })

  it('M14: hedging', () => {
    shows(100 * hedgeLoad(0.95), '5')
    shows(100 * bothSlow(0.05), '0.25')
  })

  it('M15: quorums', () => {
    const commit = majorityCommit([0.08, 0.15])
    assert.equal(commit, 0.08)
    assert.equal(commit + 0.08, 0.16)
    assert.equal(majorityCommit([0.01, 0.03, 0.08, 0.15]), 0.03)
    assert.equal(leaderlessCommit([0.001, 0.08, 0.15], 2), 0.08)
    assert.equal(followersCommit([0.001, 0.08], 1), 0.001)
    assert.equal(majorityCommit([]), 0)
  })

  it('M21: the odds of a stale read', () => shows(100 * staleReadProbability(0.1, 2), '18.1'))

  it('M22: storage and bandwidth', () => {
    const tweets = 1e9 / 86_400
    shows(stored(tweets, 200, 5 * YEAR) / 1e12, '365')
    shows(stored(tweets, 200, 5 * YEAR, bytesPerByte({ copies: 3 })) / 1e15, '1.095')
    shows(stored(tweets, 2e6, 86_400) / 1e15, '2')
    shows(stored(tweets, 2e6, 5 * YEAR) / 1e18, '3.65')
    shows(bitsPerSecond(tweets, 2e6) / 1e9, '185.2')
    shows(stored(2000, 1000, YEAR, 3) / 1e12, '189.2')
    shows(bytesPerByte({ copies: 3, indexes: 0.3, compression: 2 }), '1.95')
    assert.equal(timeUntilFull(100, 10, 20), 8)
    assert.equal(timeUntilFull(100, 10, 20, 5), Infinity)
    assert.equal(timeUntilFull(100, 10, 200), 0)
  })

  it('M24: what a caller may wait for', () => {
    const work = longestWork(0, [{ timeout: 1.5, attempts: 3 }])
    assert.equal(work, 4.5)
    assert.ok(isInverted(2, work) && !isInverted(5, work))
  })

  it('M28: batches', () => {
    const join = { workers: 200, shuffle: 60e12, network: 10e9 / 8 }
    shows(batchFloor(join) / 60, '4')
    shows(batchFloor({ ...join, skew: 0.12, scan: 200e6 }) / 3600, '10')
    assert.deepEqual([...batchFloors({ ...join, output: 1e12, sink: 1e9 }).keys()], ['shuffle', 'sink'])
  })

  it('M29: three copies', () => {
    const day = 1 / 365
    assert.equal(tripleLoss(0.02, day).toExponential(1), '3.6e-10')
    assert.equal(lossOfAny(tripleLoss(0.02, day), 1e4).toExponential(1), '3.6e-6')
    assert.equal(tripleLoss(0.02, day / 4).toExponential(2), '2.25e-11')
  })

  it('M32: scalability', () => {
    shows(speedup(32, 0.02, 0.0005), '15.1')
    shows(mostUseful(0.02, 0.0005), '44')
    assert.equal(mostUseful(0.02, 0), Infinity)
  })
})

describe('a spike', () => {
  it('brings what is more than the capacity until help is there', () => {
    assert.equal(shortfall(1500, 4500, 0, 1500, 180), 540_000)
    assert.equal(shortfall(1000, 4500, 30, 4500, 180), 0)
    assert.equal(shortfall(1000, 4500, 3600, 1500, 180), 0)
    assert.equal(Math.round(shortfall(1000, 4500, 30, 1500, 180)), 488_571)
  })

  it('is the sum of its seconds', () => {
    const amount = fc.integer({ min: 1, max: 1000 })
    property(
      fc.property(amount, amount, amount, amount, amount, (from, rise, ramp, capacity, ready) => {
        const steps = 20_000
        let sum = 0
        for (let i = 0; i < steps; i++) {
          const t = ((i + 0.5) * ready) / steps
          sum += Math.max(0, from + rise * Math.min(1, t / ramp) - capacity) * (ready / steps)
        }
        const exact = shortfall(from, from + rise, ramp, capacity, ready)
        assert.ok(Math.abs(exact - sum) <= 1e-3 * Math.max(100, sum), `${exact} is not ${sum}`)
      }),
      { numRuns: 60 },
    )
  })
})

describe('laws of latency', () => {
  const share = fc.double({ min: 0.001, max: 0.999, noNaN: true })
  const leaf = fc
    .tuple(fc.double({ min: 0.001, max: 1, noNaN: true }), fc.double({ min: 1.01, max: 20, noNaN: true }))
    .map(([p50, times]) => ({ p50, p99: p50 * times }))

  it('a quantile and the share below it are inverse to each other', () => {
    assert.ok(Math.abs(normalQuantile(0.975) - 1.959964) < 1e-6)
    assert.ok(Math.abs(normalQuantile(0.001) + normalQuantile(0.999)) < 1e-8)
    property(fc.property(leaf, share, (hop, q) => assert.ok(Math.abs(shareWithin(hop, quantileOf(hop, q)) - q) < 1e-4)))
  })

  it('a mixture is between its parts, and is exactly the fastest where enough take no longer', () => {
    const [fast, slow] = [{ mean: 0, variance: 0, fixed: 0.01 }, momentsOf({ p50: 0.1, p99: 0.3 })]
    assert.equal(quantileOfMixture([{ share: 0.7, moments: fast }, { share: 0.3, moments: slow }], 0.5), 0.01)
    assert.equal(quantileOfMixture([{ share: 0.7, moments: NO_TIME }, { share: 0.3, moments: slow }], 0.5), 0)
    property(
      fc.property(leaf, leaf, share, share, (a, b, part, q) => {
        const [one, other] = [momentsOf(a), momentsOf(b)]
        const mixed = quantileOfMixture([{ share: part, moments: one }, { share: 1 - part, moments: other }], q)
        const ends = [quantileOfMoments(one, q), quantileOfMoments(other, q)]
        assert.ok(mixed >= Math.min(...ends) * (1 - 1e-6) && mixed <= Math.max(...ends) * (1 + 1e-6))
        assert.ok(Math.abs(part * shareOfMoments(one, mixed) + (1 - part) * shareOfMoments(other, mixed) - q) < 1e-3)
      }),
    )
  })

  it('the slowest of more is slower, fewer that are needed are faster, and one is one', () => {
    property(
      fc.property(leaf, fc.integer({ min: 2, max: 200 }), (hop, n) => {
        const all = parallelLatency(hop, n)
        assert.ok(all.p99 > hop.p99 && all.p50 > hop.p50)
        assert.ok(parallelLatency(hop, n + 1).p99 >= all.p99)
        assert.ok(parallelLatency(hop, n, n - 1).p99 < all.p99)
        assert.deepEqual(parallelLatency(hop, 1), hop)
      }),
    )
    assert.ok(Math.abs(leafPercentileFor(0.99, 2, 1) - (1 - Math.sqrt(0.01))) < 1e-9)
  })

  it('a hedge never makes it slower, and takes most of a long tail away', () => {
    property(
      fc.property(leaf, share, (hop, after) => {
        const hedged = hedgedLatency(hop, quantileOf(hop, after))
        assert.ok(hedged.p99 <= hop.p99 * (1 + 1e-9) && hedged.p50 <= hop.p50 * (1 + 1e-9))
      }),
    )
    assert.ok(hedgedLatency({ p50: 0.01, p99: 1 }, 0.05).p99 < 0.25)
  })

  it('Erlang C is a probability that grows with the load', () => {
    property(
      fc.property(fc.integer({ min: 1, max: 400 }), share, (servers, busy) => {
        const waits = erlangC(servers, busy * servers)
        assert.ok(waits >= 0 && waits <= 1)
        assert.ok(erlangC(servers, Math.min(1, busy * 1.01) * servers) >= waits)
      }),
    )
    shows(erlangC(1, 0.7), '0.7')
  })
})

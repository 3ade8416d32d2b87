import assert from 'node:assert/strict'
import { placeOnLine, type Distance } from '../../src/diagram/simplex.ts'
import { random } from '../support/generator.ts'

const cost = (distances: readonly Distance[], place: ArrayLike<number>) => distances.reduce((sum, d) => sum + d.weight * (place[d.to]! - place[d.from]!), 0)
const holds = (distances: readonly Distance[], place: ArrayLike<number>) => distances.every((d) => place[d.to]! - place[d.from]! >= d.least)

describe('places on a line', () => {
  it('are the best there are: 600 small programs, against all possibilities', () => {
    const next = random(11)
    const below = (n: number) => Math.floor(next() * n)
    for (let round = 0; round < 600; round++) {
      const count = 2 + below(4)
      const distances: Distance[] = []
      for (let from = 0; from < count; from++) {
        for (let to = from + 1; to < count; to++) if (next() < 0.6) distances.push({ from, to, least: below(3), weight: below(4) })
      }
      for (let to = 1; to < count; to++) distances.push({ from: 0, to, least: 0, weight: below(2) })
      const [a, b] = [below(count), below(count)]
      if (next() < 0.4 && a !== b) distances.push({ from: a, to: b, least: -4 - below(3), weight: 0 })

      let best = Infinity
      const trial = new Array<number>(count).fill(0)
      const tryAll = (i: number): void => {
        if (i === count) {
          if (holds(distances, trial)) best = Math.min(best, cost(distances, trial))
          return
        }
        for (trial[i] = 0; trial[i]! < 10; trial[i]!++) tryAll(i + 1)
      }
      tryAll(1)

      const found = placeOnLine(count, distances)
      const what = `round ${round}: ${JSON.stringify(distances)}`
      if ('contradiction' in found) assert.equal(best, Infinity, what)
      else {
        assert.ok(holds(distances, found), what)
        assert.equal(cost(distances, found), best, what)
      }
    }
  })

  it('name the distances that contradict each other', () => {
    const found = placeOnLine(4, [
      { from: 0, to: 1, least: 5, weight: 1 },
      { from: 1, to: 2, least: 5, weight: 1 },
      { from: 0, to: 3, least: 1, weight: 1 },
      { from: 2, to: 0, least: -8, weight: 0 },
    ])
    assert.ok('contradiction' in found)
    assert.deepEqual([...found.contradiction].sort(), [0, 1, 3])
  })

  it('are found for what is in several pieces, and for nothing', () => {
    const found = placeOnLine(4, [{ from: 0, to: 1, least: 3, weight: 1 }, { from: 2, to: 3, least: 7, weight: 1 }])
    assert.ok(!('contradiction' in found))
    assert.equal(found[1]! - found[0]!, 3)
    assert.equal(found[3]! - found[2]!, 7)
    assert.deepEqual(placeOnLine(0, []), new Int32Array(0))
  })

  it('of a long chain with a short cut are straight', () => {
    const count = 2_000
    const distances: Distance[] = Array.from({ length: count - 1 }, (_, i) => ({ from: i, to: i + 1, least: 1, weight: 1 }))
    const found = placeOnLine(count, [...distances, { from: 0, to: count - 1, least: 3_000, weight: 1 }])
    assert.ok(!('contradiction' in found))
    assert.equal(found[count - 1]! - found[0]!, 3_000)
  })
})

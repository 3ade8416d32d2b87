/** What is left when a place falls: the arithmetic of NUMBERS M30, and the design computed once more without the place. */
import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { analyse } from '../../src/analysis/analysis.ts'
import { afterLoss, capacityFactor, copiesToSurvive, safeUtilisation } from '../../src/analysis/headroom.ts'
import { loadWithout } from '../../src/analysis/place-loss.ts'
import { openText } from '../../src/workspace.ts'
import { property } from '../support/property.ts'

describe('headroom', () => {
  it('M30: three zones', () => {
    assert.equal(capacityFactor(3).toFixed(1), '1.5')
    assert.equal((100 * afterLoss(0.75, 3)).toFixed(1), '112.5')
    assert.equal((100 * safeUtilisation(3, 0.9)).toFixed(0), '60')
  })

  it('asks for the fewest copies that are enough', () => {
    property(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 2, max: 9 }), (load, each, places) => {
        const left = (copies: number): number => copies - Math.ceil(copies / places)
        const enough = (copies: number): boolean => load / (left(copies) * each) <= 0.9 * (1 + 1e-9)
        const copies = copiesToSurvive(load, each, places, 0.9)
        assert.ok(enough(copies), `${copies} are too few`)
        assert.ok(copies === places || !enough(copies - 1) || left(copies - 1) === left(copies), `${copies - 1} are enough`)
      }),
    )
  })
})

describe('the load when a place is lost', () => {
  const withoutIn = (text: string, unit: string) => {
    const analysis = analyse(openText(text).model)
    return { before: analysis.load, after: loadWithout(analysis, analysis.units.find(({ id }) => id === unit)!) }
  }

  it('goes to the targets that are left, by their shares', () => {
    const { before, after } = withoutIn(
      `client user
       dns names
       region a { service x { replicas: 2 } }
       region b { service y { replicas: 2 } }
       region c { service z { replicas: 2 } }
       user -> names
       names -> x : routes { share: 50% }
       names -> y : routes { share: 30% }
       names -> z : routes { share: 20% }
       flow "Use" { rate: 100/s  user -> names }`,
      'region:a',
    )
    assert.deepEqual(['x', 'y', 'z'].map((id) => Math.round(before.component(idOf(id)).all.average)), [50, 30, 20])
    assert.deepEqual(['y', 'z'].map((id) => Math.round(after.component(idOf(id)).all.average)), [60, 40])
  })

  it('goes to what takes over, and to what that needs', () => {
    const { before, after } = withoutIn(
      `client user
       region a { service x { replicas: 2 } database first { replicas: 3 } }
       region b { service y { replicas: 2 } database second { replicas: 3 } }
       user -> x -> first
       y -> second : writes
       x -> y : fails-over-to
       flow "Use" { rate: 100/s  user -> x -> first }`,
      'region:a',
    )
    assert.equal(before.component('b.second').writes.average, 0)
    assert.equal(after.component('b.y').all.average, 100)
    assert.equal(after.component('b.second').writes.average, 100)
  })

  function idOf(name: string): string {
    return `${{ x: 'a', y: 'b', z: 'c' }[name]}.${name}`
  }
})

/** Inside, outside, or nobody knows: where something stands, against what a residency allows. */
import assert from 'node:assert/strict'
import { placesFor } from '../../src/analysis/residency.ts'
import { lookup } from '../../src/model/lookup.ts'
import { openText } from '../../src/workspace.ts'

function standing(region: string, allowed: readonly string[], rest = ''): string {
  const { model } = openText(`region ${region} { ${rest}  database db }`)
  const [place] = placesFor(model, lookup(model).component(`${region}.db`)!, allowed)
  return place?.standing ?? 'nowhere'
}

describe('residency', () => {
  it('knows the names of places that begin alike', () => {
    assert.equal(standing('eu', ['eu']), 'inside')
    assert.equal(standing('eu-west-1', ['eu']), 'inside')
    assert.equal(standing('us-east-1', ['us', 'eu']), 'inside')
    assert.equal(standing('cloud', ['eu'], 'place: eu-central-1'), 'inside')
  })

  it('knows another continent, and claims to know no more', () => {
    assert.equal(standing('us-east-1', ['eu']), 'outside')
    assert.equal(standing('ap-south-1', ['de']), 'outside')
    assert.equal(standing('eu-west-2', ['uk']), 'unknown')
    assert.equal(standing('europe-west2', ['eu']), 'unknown')
    assert.equal(standing('frankfurt', ['eu']), 'unknown')
    assert.equal(standing('se-asia', ['us']), 'unknown')
    assert.equal(standing('us-east-1', ['wonderland']), 'unknown')
  })

  it('takes the law before the name', () => {
    assert.equal(standing('frankfurt', ['eu'], 'jurisdiction: de'), 'inside')
    assert.equal(standing('rented', ['eu'], 'jurisdiction: us'), 'outside')
    assert.equal(standing('rented', ['eu'], 'jurisdiction: uk'), 'outside')
    assert.equal(standing('rented', ['de'], 'jurisdiction: fr'), 'outside')
    assert.equal(standing('rented', ['de'], 'jurisdiction: eu'), 'unknown')
    assert.equal(standing('rented', ['eu'], 'jurisdiction: elsewhere'), 'unknown')
  })

  it('knows the regions of the design by their names', () => {
    const { model } = openText('region north { database a }\nregion south { database b }\ndatabase c { regions: [north, south] }\nexternal d { jurisdiction: us }\ndatabase e')
    const of = (id: string, allowed: string) => placesFor(model, lookup(model).component(id)!, [allowed]).map(({ standing }) => standing)
    assert.deepEqual(of('north.a', 'north'), ['inside'])
    assert.deepEqual(of('south.b', 'north'), ['outside'])
    assert.deepEqual(of('c', 'north'), ['inside', 'outside'])
    assert.deepEqual(of('d', 'eu'), ['outside'])
    assert.deepEqual(of('e', 'eu'), [])
  })
})

import assert from 'node:assert/strict'
import { membersOf, spreadOf } from '../../src/analysis/quorum-loss.ts'
import type { Component } from '../../src/model/model.ts'
import { modelOf } from '../support/design.ts'

function only(text: string): Component {
  return modelOf(text).components[0]!
}

describe('quorum loss', () => {
  it('counts members by whatever the design calls them, and never by a default or a span', () => {
    assert.equal(membersOf(only('coordinator c { voters: 5 }'))?.count, 5)
    assert.equal(membersOf(only('database d { replicas: 3 }'))?.property, 'replicas')
    assert.equal(membersOf(only('log l uses kafka')), undefined)
    assert.equal(membersOf(only('service s { replicas: 2..4 }')), undefined)
    assert.equal(membersOf(only('coordinator c { voters: unknown, replicas: 3 }')), undefined)
  })

  it('spreads them as evenly as they can be', () => {
    const most = (voters: number, zones: number): number | undefined => {
      const component = only(`coordinator c { voters: ${voters}, zones: ${zones} }`)
      return spreadOf(component, membersOf(component)!, 'zones')?.most
    }
    assert.deepEqual([most(3, 3), most(3, 2), most(4, 2), most(5, 3), most(5, 2)], [1, 2, 2, 2, 3])
    assert.equal(most(3, 1), undefined, 'one zone is not spread')
  })

  it('takes named replicas where they stand', () => {
    const component = only('database d { replica a { zone: x }, replica b { zone: x }, replica w { zone: y, role: witness } }')
    const members = membersOf(component)!
    assert.equal(members.count, 3)
    const spread = spreadOf(component, members, 'zones')
    assert.deepEqual([spread?.places, spread?.most, spread?.name], [2, 2, 'x'])
  })
})

import assert from 'node:assert/strict'
import { analyse } from '../../src/analysis/analysis.ts'
import { flowsOver } from '../../src/analysis/flows.ts'
import { bearsReordering, orderDemanded, overwrites } from '../../src/analysis/order.ts'
import { openText } from '../../src/workspace.ts'

describe('order', () => {
  const open = (data: string, { delivery = '', worker = '', effect = 'op: upsert', flow = '' } = {}) => {
    const { model } = openText(
      `data D { key: d-id, ${data} }\nservice api\nqueue jobs\nworker w ${worker}\ndatabase db\napi ~> jobs : publishes { data: D }\njobs ~> w : delivers ${delivery}\nw -> db : writes { ${effect} }\n${flow}`,
    )
    return { model, analysis: analyse(model), relation: model.relations.find(({ verb }) => verb === 'delivers')! }
  }
  const demanded = (...given: Parameters<typeof open>): string => {
    const { model, analysis, relation } = open(...given)
    const demand = orderDemanded(model, analysis, relation)
    return demand ? `${demand.stated ? 'stated' : 'implied'} ${demand.scope} ${demand.key ?? '-'}` : 'none'
  }

  it('is asked for by data, by a flow, by a requirement, by a class', () => {
    assert.equal(demanded('order: per-key(account-id)'), 'stated key account-id')
    assert.equal(demanded('order: per-key'), 'stated key d-id')
    assert.equal(demanded('order: total'), 'stated total -')
    assert.equal(demanded('requires: order'), 'stated key d-id')
    assert.equal(demanded('requires: order(account-id)'), 'stated key account-id')
    assert.equal(demanded('class: order'), 'implied key d-id')
    assert.equal(demanded('size: 1KB', { flow: 'flow "F" { order: per-key(user-id)  api ~> jobs }' }), 'stated key user-id')
  })

  it('is not asked for where it is tolerated, denied or unknown', () => {
    assert.equal(demanded('size: 1KB'), 'none')
    assert.equal(demanded('class: telemetry'), 'none')
    assert.equal(demanded('class: order, order: none'), 'none')
    assert.equal(demanded('class: order, order: unknown'), 'none')
    assert.equal(demanded('class: order, tolerates: reordering'), 'none')
    assert.equal(demanded('class: order', { delivery: '{ tolerates: reordering }' }), 'none')
  })

  it('matters nothing where a version decides, the effects commute, or the consumer sorts', () => {
    const bears = (given: Parameters<typeof open>[1]): boolean => {
      const { model, analysis, relation } = open('class: order', given)
      return bearsReordering(model, analysis, relation)
    }
    assert.equal(bears({}), false)
    assert.equal(bears({ delivery: '{ apply: if-newer(version) }' }), true)
    assert.equal(bears({ effect: 'op: upsert, if: version' }), true)
    assert.equal(bears({ effect: 'op: upsert, order-by: version' }), true)
    assert.equal(bears({ effect: 'op: increment' }), true)
    assert.equal(bears({ effect: 'op: unknown' }), true)
    assert.equal(bears({ worker: '{ order: per-key }' }), true)
  })

  it('is lost on what replaces what is there', () => {
    const replaced = (effect: string): boolean => {
      const { model, analysis, relation } = open('class: order', { effect })
      return overwrites(model, analysis, relation) !== undefined
    }
    assert.deepEqual(['op: upsert', 'op: set', 'op: update'].map(replaced), [true, true, true])
    assert.deepEqual(['op: insert', 'op: append', 'data: D', 'op: upsert, if: version'].map(replaced), [false, false, false, false])
  })
})

describe('flows over a relation', () => {
  it('are those that wait for it and those that bring it about', () => {
    const { model } = openText(
      'client c\nservice api\nqueue q\nworker w\ndatabase db\nc -> api\napi -> db : writes\napi ~> q : publishes\nq ~> w : delivers\nflow "Write" { c -> api  api -> db }\nflow "Tell" { c -> api  api ~> q }',
    )
    const { flows } = analyse(model)
    const over = (verb: string): readonly string[] => flowsOver(flows, model.relations.find((relation) => relation.verb === verb)!.id).map(({ name }) => name)
    assert.deepEqual(over('calls'), ['"Write"', '"Tell"'])
    assert.deepEqual(over('writes'), ['"Write"'])
    assert.deepEqual(over('delivers'), ['"Tell"'])
    assert.deepEqual(flowsOver(flows, 'nothing'), [])
  })
})

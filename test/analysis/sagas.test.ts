import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { analyse } from '../../src/analysis/analysis.ts'
import { stepOrder } from '../../src/analysis/sagas.ts'
import { property } from '../support/property.ts'
import { modelFrom, type Outline, type Said, type StepOutline } from '../support/model.ts'

const service = (id: string, says?: Said) => ({ id, kind: 'service', ...(says && { says }) })
const calls = (from: string, to: string, says?: Said) => ({ from, to, verb: 'calls', ...(says && { says }) })

/** Each pair of steps of which the first is certainly over before the second, as `a<b` by the names of what they lead to. */
function ordered(outline: Outline): readonly string[] {
  const { sagas } = analyse(modelFrom(outline))
  return sagas.flatMap((saga) => saga.steps.flatMap((a) => saga.steps.flatMap((b) => (saga.before(a, b) ? [`${a.relation.to}<${b.relation.to}`] : []))))
}

const STEPS = ['one', 'two', 'three']
const orchestrated = (says: (index: number) => Said): Outline => ({
  components: [service('run'), ...STEPS.map((id) => service(id))],
  relations: STEPS.map((id, index) => calls('run', id, { saga: 'trip', ...says(index) })),
})

describe('sagas', () => {
  it('are ordered by the numbers of their steps', () => {
    assert.deepEqual(ordered(orchestrated((index) => ({ step: String(3 - index) }))), ['three<two', 'three<one', 'two<one'])
  })

  it('have no order where nothing says it, or where it is said to be unknown', () => {
    assert.deepEqual(ordered(orchestrated(() => ({}))), [])
    assert.deepEqual(ordered(orchestrated((index) => ({ step: index === 1 ? 'unknown' : String(index) }))), ['one<three'])
  })

  it('are ordered by a flow that names them', () => {
    const flow = (steps: readonly StepOutline[]): Outline => ({ ...orchestrated(() => ({})), flows: [{ title: 'Book', steps }] })
    assert.deepEqual(ordered(flow(['run>one:calls', 'run>two:calls'])), ['one<two'])
    assert.deepEqual(ordered(flow([{ parallel: ['run>one:calls', 'run>two:calls'] }, 'run>three:calls'])), ['one<three', 'two<three'])
    assert.deepEqual(ordered(flow([{ anyOf: ['run>one:calls', 'run>two:calls'] }])), [])
    assert.deepEqual(ordered(flow(['run>two:calls', { when: 0.1, steps: ['run>one:calls'] }])), ['two<one'])
  })

  it('are ordered by who brings about whom, but not by what tells of a failure', () => {
    const chain: Outline = {
      components: [service('orders'), { id: 'placed', kind: 'queue' }, { id: 'stock', kind: 'worker' }, service('a'), service('b'), { id: 'refused', kind: 'queue' }],
      relations: [
        calls('orders', 'a', { saga: 'place' }),
        { from: 'orders', to: 'placed', verb: 'publishes' },
        { from: 'placed', to: 'stock', verb: 'delivers' },
        calls('stock', 'b', { saga: 'place' }),
        { from: 'stock', to: 'refused', verb: 'publishes', says: { outcome: 'failure' } },
        { from: 'refused', to: 'orders', verb: 'delivers', says: { outcome: 'failure' } },
      ],
    }
    assert.deepEqual(ordered(chain), ['a<b'])
    const told = chain.relations!.map((relation) => ({ ...relation, says: relation.says?.['outcome'] ? {} : (relation.says ?? {}) }))
    assert.deepEqual(ordered({ ...chain, relations: told }), [])
  })

  it('of a workflow are its steps, in the order that it lists', () => {
    const outline: Outline = {
      components: [{ id: 'trip', kind: 'workflow', says: { steps: '[two, one]' } }, ...STEPS.map((id) => service(id))],
      relations: [calls('trip', 'one'), calls('trip', 'two')],
    }
    assert.deepEqual(ordered(outline), ['two<one'])
  })

  it('are not judged where a step may belong to any of them', () => {
    const outline = orchestrated((index) => ({ step: String(index) }))
    assert.deepEqual(ordered({ ...outline, relations: [...outline.relations!, calls('one', 'two', { saga: 'unknown' })] }), [])
  })

  it('never run in a circle', () => {
    const steps: fc.Arbitrary<readonly StepOutline[]> = fc.array(fc.constantFrom('run>one:calls', 'run>two:calls', 'run>three:calls'), { maxLength: 6 })
    property(
      fc.property(steps, steps, (first, second) => {
        const outline: Outline = { ...orchestrated(() => ({})), flows: [{ title: 'A', steps: first }, { title: 'B', steps: second }] }
        const { flows, graph } = analyse(modelFrom(outline))
        const order = stepOrder(flows)
        for (const a of graph.edges) for (const b of graph.edges) assert.ok(!(order.before(a, b) && order.before(b, a)))
      }),
    )
  })
})

/** What is taken over after a failure is what would be computed afresh. */
import assert from 'node:assert/strict'
import { modelAfter } from '../../src/analysis/after.ts'
import { analyse, analyseAfter, type Analysis } from '../../src/analysis/analysis.ts'
import { withoutUnit } from '../../src/analysis/place-loss.ts'
import { strikeOf, type Failure } from '../../src/analysis/strike.ts'
import type { Model } from '../../src/model/model.ts'
import { openText } from '../../src/workspace.ts'
import { designOf } from '../support/generator.ts'
import { corpus } from '../rules/support.ts'

/** All that a failure asks of what is left. */
function shown({ model, graph, flows, load, admission }: Analysis): unknown {
  return {
    edges: graph.edges,
    flows: flows.map(({ id, entries, waited, caused, conditional, reach }) => ({ id, entries, waited, caused, conditional, reach: [...reach.components.keys()] })),
    relations: model.relations.map(({ id }) => [id, load.relation(id), admission.relation(id), load.facts({ relation: id })]),
    components: model.components.map(({ id }) => {
      const { all, reads, writes, bytesIn } = admission.component(id)
      return [id, all, reads, writes, bytesIn]
    }),
  }
}

function same(after: Model, before: Analysis, what: string): number {
  const quick = analyseAfter(after, before)
  assert.deepEqual(shown(quick), shown(analyse({ ...after })), what)
  const known = new Set(before.flows)
  return quick.flows.filter((flow) => known.has(flow)).length
}

describe('an analysis after a failure', () => {
  for (const { name, text } of [...corpus(), { name: 'generated', text: designOf(60) }]) {
    it(`of ${name} is the one that is made afresh`, () => {
      const { model } = openText(text)
      const analysis = analyse(model)
      const failures: readonly Failure[] = [
        ...model.components.slice(0, 40).map(({ id }): Failure => ({ fails: [{ type: 'thing', target: { kind: 'component', id } }] })),
        ...model.flows.map(({ id }): Failure => ({ fails: [], surges: new Map([[id, 3]]) })),
        { fails: [] },
      ]
      let kept = 0
      for (const failure of failures) kept += same(modelAfter(model, analysis, failure, strikeOf(model, analysis.quorums, failure)), analysis, JSON.stringify(failure.fails))
      for (const unit of analysis.units.filter(({ losses }) => losses.size > 1)) same(withoutUnit(analysis, unit), analysis, unit.name)
      if (model.flows.length > 0) assert.ok(kept > 0, 'nothing was taken over')
    })
  }
})

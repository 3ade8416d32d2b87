/** Flows, scenarios and views: what their steps and names mean. */
import assert from 'node:assert/strict'
import type { Model, Step } from '../../src/model/model.ts'
import { openText } from '../../src/workspace.ts'
import { modelOf, problemsOf } from '../support/design.ts'

const design = `client c
service s
database db
queue q
worker w
data D
data E
c -> s : calls { timeout: 1s }
s -> db : reads "list" { data: D }
s -> db : reads "count" { data: E }
s -> db : writes
s ~> q : publishes
q ~> w : delivers
`

/** Steps as short lines: the ids of their relations, and blocks with what is in them. */
const shown = (steps: readonly Step[]): readonly unknown[] =>
  steps.map((step) => {
    if (step.type === 'relation') return step.relations.join(' ')
    const head = step.type === 'when' ? `when ${step.why} ${step.share}` : step.type === 'repeat' ? `repeat ${step.times}` : step.type
    return [head, ...shown(step.steps)]
  })
const stepsOf = (model: Model): readonly unknown[] => shown(model.flows[0]!.steps)
const flow = (body: string): readonly unknown[] => stepsOf(modelOf(`${design}flow "f" {\n${body}\n}`))

describe('flows', () => {
  it('name declared arrows by their ends and verb, chains hop by hop', () => {
    assert.deepEqual(flow('c -> s -> db : writes'), ['c>s:calls', 's>db:writes'])
    assert.deepEqual(flow('c -> s ~> q ~> w'), ['c>s:calls', 's>q:publishes', 'q>w:delivers'])
  })

  it('mean all where a step names neither label nor data', () => {
    assert.deepEqual(flow('s -> db : reads'), ['s>db:reads s>db:reads#2'])
    assert.deepEqual(flow('s -> db'), ['s>db:reads s>db:reads#2 s>db:writes'])
    assert.deepEqual(flow('s -> db : reads "count"'), ['s>db:reads#2'])
    assert.deepEqual(flow('s -> db : reads { data: D }'), ['s>db:reads'])
  })

  it('know a delivery by its consumption too', () => assert.deepEqual(flow('w -> q : consumes'), ['q>w:delivers']))

  it('branch, repeat and run side by side', () => {
    const body = 'c -> s\nwhen "the list is asked for" 8% { s -> db : reads }\nwhen "no share" { s ~> q }\nrepeat 10 { s -> db : writes }\nrepeat { s ~> q }\nrepeat 2 * 3 { s ~> q }\nany-of { s -> db : writes\n  s ~> q }\nparallel { s -> db : writes, s ~> q }'
    assert.deepEqual(flow(body), [
      'c>s:calls', ['when the list is asked for 0.08', 's>db:reads s>db:reads#2'], ['when no share undefined', 's>q:publishes'], ['repeat 10', 's>db:writes'],
      ['repeat undefined', 's>q:publishes'], ['repeat 6', 's>q:publishes'], ['any-of', 's>db:writes', 's>q:publishes'], ['parallel', 's>db:writes', 's>q:publishes'],
    ])
  })

  it('repeat as often as a named number says', () => {
    const model = modelOf(`${design}let items = 12\nflow "f" { repeat items { s -> db : writes } when "half" items / 24 { s ~> q } }`)
    assert.deepEqual(stepsOf(model), [['repeat 12', 's>db:writes'], ['when half 0.5', 's>q:publishes']])
  })

  it('report a step over an arrow that nothing declares, with the fix that declares it', () => {
    const text = `${design}flow "f" {\n  c -> s\n  c -> db : reads\n}`
    const [problem, ...others] = problemsOf(text)
    assert.deepEqual([problem!.code, problem!.severity, others.length], ['undeclared-step', 'error', 0])
    const { origin, newText } = problem!.fixes![0]!.edits[0]!
    assert.equal(newText, 'c -> db : reads\n')
    const lines = text.split('\n')
    const fixed = [...lines.slice(0, origin.range.start.line), newText.trimEnd(), ...lines.slice(origin.range.start.line)].join('\n')
    assert.deepEqual(stepsOf(modelOf(fixed)), ['c>s:calls', 'c>db:reads'])
  })

  it('imply an arrow where the ends are joined by another verb only, and say so quietly', () => {
    const text = 'service s\ndatabase db\ns -> db : writes\nflow "f" { s -> db : reads { timeout: 1s } }\nflow "g" { s -> db : reads }'
    const { model, problems } = openText(text)
    assert.deepEqual(problems.map(({ code, severity }) => `${severity} ${code}`), ['hint implied-arrow'])
    assert.deepEqual(model.relations.map(({ id }) => id), ['s>db:writes', 's>db:reads'])
    assert.ok(model.relations[1]!.facts['timeout'])
    assert.deepEqual(model.flows.map(({ steps }) => shown(steps)), [['s>db:reads'], ['s>db:reads']])
  })

  it('do not imply what the verb cannot join', () => assert.deepEqual(problemsOf(`${design}flow "f" { s -> db : delivers }`).map(({ code }) => code), ['undeclared-step']))

  it('hold no facts of arrows, no components and no lets', () => {
    assert.deepEqual(problemsOf(`${design}flow "f" { c -> s { timeout: 1s } }`).map(({ code }) => code), ['misplaced'])
    assert.deepEqual(problemsOf(`${design}flow "f" { service x }`).map(({ code }) => code), ['misplaced'])
    assert.deepEqual(problemsOf(`${design}flow "f" { wen "x" { c -> s } }`).map(({ fixes }) => fixes?.[0]?.edits[0]?.newText), ['when'])
  })
})

describe('scenarios and views', () => {
  it('name copies, places and technologies that fail', () => {
    const { scenarios } = modelOf(`service a { zones: [west, east] }\ncache c uses redis\nscenario "s" { fails: [replica(a, 2), replica(c), zone(west), technology(redis)] }`)
    assert.deepEqual(scenarios[0]!.fails, [
      { type: 'replica', component: 'a', count: 2 },
      { type: 'replica', component: 'c', count: 1 },
      { type: 'place', level: 'zone', name: 'west' },
      { type: 'technology', name: 'redis' },
    ])
    const [problem] = problemsOf('service a\nscenario "s" { fails: replika(a) }')
    assert.match(problem!.message, /replica/)
  })

  it('name targets, factors, sets that cannot reach each other, and what they expect', () => {
    const { scenarios } = modelOf(`region x { service a }\nregion y { service b }\nflow "Buy" { rate: 3/s }
      scenario "s" { fails: [a, y], slows: a(10x), surges: ["Buy"(3)], partitions: [[x], [y, b]]
        expect "Buy": degraded within 30s }`)
    const [scenario] = scenarios
    assert.deepEqual(scenario!.fails, [{ type: 'thing', target: { kind: 'component', id: 'x.a' } }, { type: 'thing', target: { kind: 'container', id: 'y' } }])
    assert.deepEqual(scenario!.slows.map(({ target, by }) => [target.id, by?.value]), [['x.a', 10]])
    assert.deepEqual(scenario!.surges.map(({ target, by }) => [target.id, by?.value]), [['flow:Buy', 3]])
    assert.deepEqual(scenario!.partitions.map((group) => group.map(({ id }) => id)), [['x'], ['y', 'y.b']])
    assert.deepEqual(scenario!.expects.map(({ flow, outcome, within }) => ({ flow, outcome, within })), [{ flow: 'flow:Buy', outcome: 'degraded', within: 30 }])
  })

  it('tell an unknown target or outcome with the nearest', () => {
    const text = 'service api\nflow "Buy" { }\nscenario "s" { fails: apy\n expect "Buyy": available\n expect "Buy": degrade }'
    assert.deepEqual(problemsOf(text).map(({ fixes }) => fixes?.[0]?.edits[0]?.newText), ['api', 'Buy', 'degraded'])
  })

  it('a view takes one name or a list', () => {
    const { views } = modelOf('region x { service a }\nservice b\nview "v" { include: x, exclude: [b], collapse: [x], direction: down }')
    assert.deepEqual([views[0]!.include, views[0]!.exclude, views[0]!.collapse].map((list) => list.map(({ id }) => id)), [['x'], ['b'], ['x']])
    assert.equal(views[0]!.direction, 'down')
  })

  it('titles with dots, quotes and signs are names like others', () => {
    const { flows, scenarios } = modelOf('flow "v1.2: \\"buy\\" & pay" { }\nscenario "s" { expect "v1.2: \\"buy\\" & pay": available }')
    assert.equal(flows[0]!.title, 'v1.2: "buy" & pay')
    assert.equal(scenarios[0]!.expects[0]!.flow, flows[0]!.id)
  })
})

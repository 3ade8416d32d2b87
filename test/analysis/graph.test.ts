import assert from 'node:assert/strict'
import { analyse } from '../../src/analysis/analysis.ts'
import { bypass, passes } from '../../src/analysis/cut.ts'
import { cyclesOf } from '../../src/analysis/cycles.ts'
import { walk } from '../../src/analysis/graph.ts'
import { checkRules } from '../../src/rules/check.ts'
import { make } from './make.ts'

describe('the graph', () => {
  it('points from the one that needs to the one that is needed, and knows who waits', () => {
    const { graph } = analyse(make({
      components: { api: ['service'], db: ['database'], log: ['log'], worker: ['worker'], flags: ['service'] },
      relations: [['api > db : reads'], ['api > log : publishes'], ['log > worker : delivers'], ['flags > api : configures', { 'needed-for': 'request' }], ['api > flags : calls', { criticality: 'soft' }]],
    }))
    const [reads, publishes, delivers, configures, soft] = graph.edges
    assert.deepEqual([reads!.needer, reads!.needed, reads!.waits, reads!.hard], ['api', 'db', 'yes', 'yes'])
    assert.deepEqual(reads!.data, { from: 'db', to: 'api' })
    assert.deepEqual([publishes!.waits, publishes!.hard], ['acceptance', 'yes'])
    assert.deepEqual([delivers!.needer, delivers!.needed, delivers!.waits, delivers!.hard], ['worker', 'log', 'no', 'no'])
    assert.deepEqual([configures!.needer, configures!.hard], ['api', 'yes'])
    assert.equal(soft!.hard, 'no')
    assert.deepEqual(graph.causes('log').map(({ to }) => to), ['worker'])
    assert.deepEqual(graph.sync('api').map(({ to }) => to), ['db', 'log', 'flags', 'flags'])
  })

  it('takes a cache for passed by when it fails, unless it is where the data lives or it says so', () => {
    const hardness = (facts: Record<string, string>): string => analyse(make({ components: { api: ['service'], c: ['cache', facts] }, relations: [['api > c : reads']] })).graph.edges[0]!.hard
    assert.equal(hardness({}), 'unknown')
    assert.equal(hardness({ pattern: 'cache-aside' }), 'unknown')
    assert.equal(hardness({ stores: 'Session' }), 'yes')
    assert.equal(hardness({ 'on-failure': 'bypass' }), 'no')
    assert.equal(hardness({ 'on-failure': 'fail' }), 'yes')
  })

  it('finds a shortest way, and a way round a guard', () => {
    const model = make({
      components: { c: ['client'], lb: ['load-balancer'], gate: ['gateway'], old: ['load-balancer'], api: ['service'], db: ['database'] },
      relations: [['c > lb : calls'], ['lb > gate : routes'], ['gate > api : routes'], ['c > old : calls'], ['old > api : routes'], ['api > db : calls']],
    })
    const { graph } = analyse(model)
    assert.deepEqual(walk(['c'], graph.sync).path('db').map((edge) => edge.needed), ['old', 'api', 'db'])
    const guard = (component: string): boolean => component === 'gate'
    assert.equal(passes(guard, 'lb', 'db', graph.sync), true)
    assert.equal(passes(guard, 'c', 'db', graph.sync), false)
    assert.deepEqual(bypass(guard, 'c', 'db', graph.sync)?.map((edge) => edge.needed), ['old', 'api', 'db'])
    assert.equal(bypass(guard, 'lb', 'db', graph.sync), undefined)
  })

  it('shows the shortest ring of a knot', () => {
    const { graph, model } = analyse(make({
      components: { a: ['service'], b: ['service'], c: ['service'], d: ['service'], e: ['service'] },
      relations: [['a > b : calls'], ['b > c : calls'], ['c > d : calls'], ['d > a : calls'], ['d > c : calls'], ['e > a : calls']],
    }))
    const cycles = cyclesOf(model.components.map(({ id }) => id), graph.sync)
    assert.equal(cycles.length, 1)
    assert.deepEqual(cycles[0]!.members, ['a', 'b', 'c', 'd'])
    assert.deepEqual(cycles[0]!.ring.map(({ to }) => to), ['d', 'c'])
  })
})

describe('flows', () => {
  const made = {
    components: { user: ['client'], lb: ['load-balancer'], api: ['service'], db: ['database'], mail: ['service'], log: ['log'], worker: ['worker'], psp: ['external'] },
    relations: [['user > lb : calls'], ['lb > api : routes'], ['api > db : reads'], ['api > db : writes'], ['api > mail : calls', { criticality: 'soft' }], ['api > log : publishes'], ['log > worker : delivers'], ['worker > psp : calls']],
  } as const
  const names = (edges: readonly { relation: { id: string } }[]): readonly string[] => edges.map(({ relation }) => relation.id)

  it('without a declaration, are one for each client: all that is waited for, and what it causes', () => {
    const [flow, ...more] = analyse(make(made)).flows
    assert.equal(more.length, 0)
    assert.deepEqual(names(flow!.waited), ['user>lb:calls', 'lb>api:routes', 'api>db:reads', 'api>db:writes', 'api>log:publishes'])
    assert.deepEqual(names(flow!.caused), ['log>worker:delivers', 'worker>psp:calls'])
  })

  it('include what they name of a component, and otherwise what it always needs', () => {
    const [short, long] = analyse(make({ ...made, flows: { Look: { steps: ['user > lb'] }, Read: { steps: ['user > lb', 'lb > api', 'api > mail'] } } })).flows
    assert.deepEqual(names(short!.waited), ['user>lb:calls', 'lb>api:routes', 'api>db:reads', 'api>db:writes', 'api>log:publishes'])
    assert.deepEqual(names(long!.waited), ['user>lb:calls', 'lb>api:routes', 'api>mail:calls'])
    assert.deepEqual(names(long!.caused), [])
  })

  it('bring about no change of what they only read', () => {
    const store = {
      components: { user: ['client'], shop: ['service'], office: ['service'], db: ['database'], relay: ['cdc'], feed: ['log'], worker: ['worker'], view: ['database'], tail: ['cdc'] },
      relations: [['user > shop : calls'], ['user > office : calls'], ['shop > view : reads'], ['office > db : writes'], ['office > view : reads'], ['db > relay : captures'], ['relay > feed : captures'], ['feed > worker : delivers'], ['worker > view : writes'], ['view > tail : captures']],
    } as const
    const [look, change] = analyse(make({ ...store, flows: { Look: { steps: ['user > shop'] }, Change: { steps: ['user > office'] } } })).flows
    assert.deepEqual(names(look!.caused), [])
    assert.deepEqual(names(change!.caused).toSorted(), ['db>relay:captures', 'feed>worker:delivers', 'relay>feed:captures', 'view>tail:captures', 'worker>view:writes'])
  })

  it('end where the broker accepts, unless they need what comes after it', () => {
    const steps = ['user > lb', 'lb > api', 'api > log', 'log > worker', 'worker > psp']
    const [accepted, needed] = analyse(make({ ...made, flows: { Order: { steps }, Wait: { steps, facts: { needs: '@worker' } } } })).flows
    assert.deepEqual(names(accepted!.waited), ['user>lb:calls', 'lb>api:routes', 'api>log:publishes'])
    assert.deepEqual(names(accepted!.caused), ['log>worker:delivers', 'worker>psp:calls'])
    assert.ok(needed!.waitsFor('log>worker:delivers') && needed!.waitsFor('worker>psp:calls'))
  })
})

describe('success', () => {
  const alone = (component: string): ReadonlyMap<string, { of: 'all'; because: 'alone'; facts: [] }> => new Map([[component, { of: 'all', because: 'alone', facts: [] }]])

  it('is an AND over needs and an OR over alternatives', () => {
    const [graph] = analyse(make({
      components: { user: ['client'], lb: ['load-balancer'], a: ['service'], b: ['service'], shared: ['database'], own: ['database'] },
      relations: [['user > lb : calls'], ['lb > a : routes'], ['lb > b : routes'], ['a > shared : calls'], ['b > shared : calls'], ['a > own : calls']],
    })).success
    assert.equal(graph!.fails(alone('lb')).state, 'unavailable')
    assert.equal(graph!.fails(alone('a')).state, 'available')
    assert.equal(graph!.fails(alone('own')).state, 'available')
    const both = graph!.fails(alone('shared'))
    assert.equal(both.state, 'unavailable')
    assert.deepEqual(both.witness.map((edge) => edge.needed), ['lb', 'b', 'shared'])
    assert.equal(both.fallen, 'shared')
  })

  it('degrades where there is a fallback, and defers behind a broker', () => {
    const [graph] = analyse(make({
      components: { user: ['client'], api: ['service'], cache: ['cache', { 'on-failure': 'bypass' }], db: ['database'], prices: ['service'], log: ['log'], worker: ['worker'] },
      relations: [['user > api : calls'], ['api > cache : reads', { fallback: '@db' }], ['api > prices : calls', { fallback: 'default' }], ['api > log : publishes'], ['log > worker : delivers']],
    })).success
    assert.equal(graph!.fails(alone('prices')).state, 'degraded')
    assert.equal(graph!.fails(alone('cache')).state, 'degraded')
    assert.equal(graph!.fails(new Map([...alone('cache'), ...alone('db')])).state, 'unavailable')
    assert.equal(graph!.fails(alone('log')).state, 'unavailable')
    assert.equal(graph!.fails(alone('worker')).state, 'deferred')
  })

  it('ends in rings', () => {
    const [graph] = analyse(make({
      components: { user: ['client'], a: ['service'], b: ['service'], db: ['database'] },
      relations: [['user > a : calls'], ['a > b : calls'], ['b > a : calls'], ['b > db : calls']],
    })).success
    assert.equal(graph!.fails(alone('db')).state, 'unavailable')
  })
})

describe('a large design', () => {
  it('of diamonds is walked once, not once a path', () => {
    const layers = 500
    const components: Record<string, readonly [string, Record<string, number>?]> = { user: ['client'] }
    const relations: [string][] = [['user > l0 : calls'], ['user > r0 : calls']]
    for (let layer = 0; layer < layers; layer++) {
      components[`l${layer}`] = ['service', { replicas: 1 }]
      components[`r${layer}`] = ['service', { replicas: 2, zones: 1 }]
      components[`d${layer}`] = ['database', { replicas: 3, zones: 3 }]
      components[`c${layer}`] = ['cache', { ttl: 5 }]
      for (const side of ['l', 'r']) {
        relations.push([`${side}${layer} > d${layer} : calls`], [`${side}${layer} > c${layer} : reads`])
        if (layer + 1 < layers) relations.push([`${side}${layer} > l${layer + 1} : calls`], [`${side}${layer} > r${layer + 1} : calls`])
      }
    }
    relations.push([`l${layers - 1} > l0 : calls`])
    const model = make({ components, relations })
    assert.equal(model.components.length, 2001)
    const findings = checkRules(model)
    assert.equal(findings.filter(({ rule }) => rule === 'rule-failed').length, 0)
    assert.ok(findings.filter(({ rule }) => rule === 'single-point-of-failure').length >= layers)
  })
})

/** Availability: the worked examples of NUMBERS M16 to M20, and the graph's number against trying every combination of what is up and down. */
import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { analyse } from '../../src/analysis/analysis.ts'
import { availabilityOf } from '../../src/analysis/availability.ts'
import { diagrams, FALSE, TRUE } from '../../src/analysis/decision-diagram.ts'
import { DAY, downtime, inSeries, kOfN, MONTH, redundant, repaired, withFailover, YEAR } from '../../src/analysis/nines.ts'
import type { Loss } from '../../src/analysis/units.ts'
import { number } from '../../src/model/facts.ts'
import type { Model } from '../../src/model/model.ts'
import { openText } from '../../src/workspace.ts'
import { property } from '../support/property.ts'

/** Compares to the digits that the worked example shows. */
function shows(value: number, digits: string): void {
  assert.equal(value.toFixed(digits.split('.')[1]?.length ?? 0), digits)
}

const same = (each: number, count: number): number[] => new Array<number>(count).fill(each)

describe('worked examples of NUMBERS.md, availability', () => {
  it('M16: in series', () => {
    shows(inSeries(same(0.9999, 3)), '0.99970')
    shows(inSeries(same(0.999, 3)), '0.997003')
    shows(inSeries(same(0.999, 5)), '0.99501')
    shows(inSeries(same(0.9999, 10)), '0.99900')
    shows(inSeries([...same(0.999, 2), ...same(0.9999, 4)]), '0.99760')
  })

  it('M17: redundant', () => {
    shows(100 * redundant([0.99, 0.99]), '99.99')
    shows(100 * kOfN(2, 3, 0.99), '99.9702')
    shows(100 * kOfN(3, 5, 0.99), '99.99901')
    shows(100 * kOfN(3, 3, 0.99), '97.03')
  })

  it('M18: failover', () => {
    shows(100 * withFailover(4, 60), '99.99924')
    shows(100 * withFailover(4, 30 * 60), '99.97717')
    shows(100 * repaired(30 * DAY, 60), '99.99769')
    shows(100 * withFailover(0, 0, { coverage: 0.9, single: 0.99 }), '99.9')
  })

  it('M19: quorums', () => {
    shows(kOfN(1, 3, 0.99), '0.999999')
    shows(kOfN(2, 3, 0.99), '0.999702')
    shows(kOfN(3, 3, 0.99), '0.970299')
  })

  it('M20: nines', () => {
    const minutes = (availability: number, period = YEAR): number => downtime(availability, period) / 60
    shows(minutes(0.99), '5256')
    shows(minutes(0.999), '525.6')
    shows(minutes(0.999) / 60, '8.76')
    shows(minutes(0.999, MONTH), '43.2')
    shows(minutes(0.9995), '262.8')
    shows(minutes(0.9995, MONTH), '21.6')
    shows(minutes(0.9999), '52.56')
    shows(minutes(0.9999, MONTH), '4.32')
    shows(minutes(0.99999), '5.256')
  })
})

describe('decision diagrams', () => {
  it('count a shared input once', () => {
    const made = diagrams()
    const [x, y, z] = [made.input(0), made.input(1), made.input(2)]
    const { value, weight } = made.probability(made.or(made.and(x, y), made.and(x, z)), [0.9, 0.8, 0.7])
    shows(value, '0.846')
    shows(weight[0]!, '0.94')
    assert.equal(made.and(x, TRUE), x)
    assert.equal(made.or(x, FALSE), x)
    assert.equal(made.or(x, made.and(x, y)), x)
  })

  it('say when they get too large', () => {
    assert.throws(() => {
      const made = diagrams(50)
      // Inputs that belong together far apart: the size doubles with each.
      let all = FALSE
      for (let at = 0; at < 12; at++) all = made.or(all, made.and(made.input(at), made.input(at + 12)))
    })
  })
})

/** The best availability of the only flow of a text. */
function of(text: string) {
  const { model } = openText(text)
  const analysis = analyse(model)
  return analysis.availability[0]!
}

describe('the availability of a flow', () => {
  it('multiplies what all are needed, and names what is not known', () => {
    const { value, sureness, contributors, missing } = of(`
      client c
      service a { availability: 99.95% }
      service b { availability: 99.9% }
      service d
      c -> a -> b -> d
      flow "F" { c -> a -> b -> d }`)
    shows(value, '0.99850')
    assert.equal(sureness, 'bound')
    assert.deepEqual(contributors.map(({ id }) => id), ['b', 'a'])
    assert.deepEqual(missing, ['d'])
  })

  it('takes one of several ways, and what they share once', () => {
    const { value, sureness } = of(`
      client c
      gateway g { availability: 100% }
      service a { availability: 99% }
      service b { availability: 99% }
      database d { availability: 99.9% }
      c -> g
      g -> a, b
      a -> d
      b -> d
      flow "F" { c -> g  any-of { g -> a  g -> b }  a -> d  b -> d }`)
    shows(value, '0.998900')
    assert.equal(sureness, 'exact')
  })

  it('counts a place once for all that stand in it, and a takeover as often as it works', () => {
    shows(of(`
      client c
      region r { availability: 99.9%  service a { availability: 99.9% }  service b { availability: 99.9% } }
      c -> a -> b
      flow "F" { c -> a -> b }`).value, '0.997003')
    shows(of(`
      client c
      database a { availability: 99%, failover { mode: auto, coverage: 90% } }
      database b { availability: 99% }
      c -> a : reads
      a -> b : fails-over-to
      flow "F" { c -> a : reads }`).value, '0.99891')
  })

  it('ends at the acceptance of a queue, and does without what is soft', () => {
    shows(of(`
      client c
      service a { availability: 99.9% }
      service extra { availability: 90% }
      queue q { availability: 99.9% }
      worker w { availability: 50% }
      c -> a
      a -> extra { criticality: soft }
      a ~> q ~> w
      flow "F" { c -> a  a -> extra  a ~> q }`).value, '0.998001')
  })

  it('is what trying every combination gives', () => {
    property(
      fc.property(designs(), (text) => {
        const { model, problems } = openText(text)
        assert.deepEqual(problems.filter(({ severity }) => severity === 'error'), [], text)
        const analysis = analyse(model)
        for (const [at, graph] of analysis.success.entries()) {
          const found = analysis.availability[at]!
          assert.ok(Math.abs(found.value - enumerated(model, graph)) < 1e-9, `${found.value} is not ${enumerated(model, graph)}\n${text}`)
          for (const { id, own, costs } of found.contributors) {
            const without = availabilityOf(perfect(model, id), analysis.units, graph).value
            assert.ok(Math.abs(without - found.value - costs) < 1e-9, `${id} (${own}) costs ${costs}, not ${without - found.value}\n${text}`)
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  it('takes a chain and a fan of two thousand', () => {
    const names = Array.from({ length: 2000 }, (_, at) => `s${at}`)
    const declared = names.map((name) => `service ${name} { availability: 99.999% }`).join('\n')
    const chain = `client c\n${declared}\nc -> ${names.join(' -> ')}\nflow "F" { c -> s0 }`
    const fan = `client c\n${declared}\nc -> s0\n${names.slice(1).map((name) => `s0 -> ${name}`).join('\n')}\nflow "F" { c -> s0 }`
    for (const text of [chain, fan]) shows(of(text).value, (0.99999 ** 2000).toFixed(9))
  })

  it('says a bound where the ways are too entangled', () => {
    const layers = Array.from({ length: 14 }, (_, layer) => Array.from({ length: 6 }, (_, at) => `n${layer}x${at}`))
    const text = `client c\n${layers.flat().map((name) => `service ${name} { availability: 99% }`).join('\n')}
      ${layers.slice(1).flatMap((layer, at) => layers[at]!.map((from) => `${from} -> ${layer.join(', ')}`)).join('\n')}
      c -> ${layers[0]!.join(', ')}
      flow "F" { any-of { c -> ${layers[0]!.join(', ')} }  any-of { ${layers.slice(1).flatMap((layer, at) => layers[at]!.map((from) => `${from} -> ${layer.join(', ')}`)).join('\n')} } }`
    const { value } = of(text)
    assert.ok(value > 0.99 && value <= 1)
  })
})

/** The model with one component or place that never fails. */
function perfect(model: Model, id: string): Model {
  const containers = model.containers.map((container) => (container.id === id ? { ...container, facts: { ...container.facts, availability: PERFECT } } : container))
  return { ...model, containers, components: model.components.map((component) => (component.id === id ? { ...component, facts: { ...component.facts, availability: PERFECT } } : component)) }
}

const PERFECT = { from: 'derived', how: 'test', value: { type: 'quantity', value: 1, dimension: { time: 0, data: 0 } } } as const

/** Every combination of what is up and what is down, by the failures that the success graph tells; with a place falls all that stands in it. */
function enumerated(model: Model, graph: { fails(losses: ReadonlyMap<string, Loss>): { state: string } }): number {
  const inside = (place: string): string[] => model.components.flatMap(({ id }) => (id.startsWith(`${place}.`) ? [id] : []))
  const parts = [...model.components.map(({ id, facts }) => ({ ids: [id], facts })), ...model.containers.map(({ id, facts }) => ({ ids: inside(id), facts }))].flatMap(({ ids, facts }) => {
    const own = number(facts, 'availability')
    return own === undefined || ids.length === 0 ? [] : [{ ids, own }]
  })
  let sum = 0
  for (let mask = 0; mask < 2 ** parts.length; mask++) {
    const down = parts.filter((_, at) => (mask >> at) & 1)
    const chance = parts.reduce((product, { own }, at) => product * ((mask >> at) & 1 ? 1 - own : own), 1)
    if (graph.fails(new Map(down.flatMap(({ ids }) => ids.map((id) => [id, { of: 'all', because: 'alone', facts: [] }] as const)))).state !== 'unavailable') sum += chance
  }
  return sum
}

/** Small graphs of services with random arrows, cycles among them, some of them alternatives, soft or with a fallback. */
function designs(): fc.Arbitrary<string> {
  const ids = ['a', 'b', 'd', 'e', 'f', 'g', 'h']
  const arrow = fc.record({ from: fc.constantFrom('c', ...ids), to: fc.constantFrom(...ids), how: fc.constantFrom('', '', '', '{ criticality: soft }', '{ fallback: g }', '{ fallback: empty }', 'over') })
  return fc
    .record({
      says: fc.array(fc.constantFrom('', '{ availability: 90% }', '{ availability: 99% }', '{ availability: 70% }'), { minLength: ids.length, maxLength: ids.length }),
      arrows: fc.array(arrow, { minLength: 3, maxLength: 14 }),
      any: fc.array(fc.constantFrom('c', ...ids), { maxLength: 3 }),
      places: fc.array(fc.constantFrom('', '', 'north', 'south'), { minLength: ids.length, maxLength: ids.length }),
    })
    .map(({ says, arrows, any, places }) => {
      const declared = (place: string): string[] => ids.flatMap((id, at) => (places[at] === place ? [`service ${id} ${says[at]}`] : []))
      const distinct = [...new Map(arrows.filter(({ from, to }) => from !== to && to !== 'c').map((each) => [`${each.from} ${each.to}`, each])).values()]
      const plain = distinct.filter(({ how }) => how !== 'over')
      const over = distinct.filter(({ how, from }) => how === 'over' && from !== 'c')
      const choices = [...new Set(any)].flatMap((from) => {
        const to = plain.filter((each) => each.from === from).map((each) => each.to)
        return to.length < 2 ? [] : [`any-of { ${to.map((each) => `${from} -> ${each}`).join('  ')} }`]
      })
      return [
        'client c',
        ...declared(''),
        ...['north', 'south'].map((place) => `region ${place} { availability: 95%\n${declared(place).join('\n')} }`),
        ...plain.map(({ from, to, how }) => `${from} -> ${to} ${how}`),
        ...over.map(({ from, to }) => `${from} -> ${to} : fails-over-to`),
        'c -> a',
        `flow "F" { c -> a  ${plain.filter(({ from, to }) => from === 'c' && to !== 'a').map(({ to }) => `c -> ${to}`).join('  ')}  ${choices.join('\n')} }`,
      ].join('\n')
    })
}

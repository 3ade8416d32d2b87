import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { analyse } from '../../src/analysis/analysis.ts'
import { modelFrom, type Outline } from '../support/model.ts'
import { property } from '../support/property.ts'

describe('attempts', () => {
  const chain = (...layers: readonly Readonly<Record<string, string>>[]): Outline => ({
    components: [{ id: 'c0', kind: 'client', says: { rate: '2k/s' } }, ...layers.map((_, i) => ({ id: `c${i + 1}`, kind: 'service' }))],
    relations: layers.map((says, i) => ({ from: `c${i}`, to: `c${i + 1}`, verb: 'calls', says })),
  })
  const most = (outline: Outline): number => Math.max(1, ...analyse(modelFrom(outline)).attempts.amplified.map((way) => way.attempts))

  it('M3: multiply over layers', () => {
    const three = { retries: '3' }
    assert.equal(most(chain(three, three, three)), 64)
    const { attempts } = analyse(modelFrom(chain(three, three, three)))
    assert.equal(attempts.worst('c2>c3:calls'), 128_000)
    assert.equal(most(chain(...Array.from({ length: 5 }, () => ({ retries: '2' })))), 243)
  })

  it('are held by a budget, a breaker, or by retrying only what was not sent', () => {
    const budget = { retries: '3', 'retry-budget': '10%' }
    assert.equal(most(chain(budget, budget, budget)).toFixed(3), '1.331')
    assert.equal(most(chain({ retries: '3' }, { retries: '3', 'circuit-breaker': 'yes' })), 4)
    assert.equal(most(chain({ retries: '3' }, { retries: '3', 'retry-on': 'connect' })), 4)
    assert.equal(most(chain({ retries: 'unlimited' })), Infinity)
    assert.equal(most(chain({ retries: '0' }, { retries: 'none' })), 1)
  })

  it('count nothing where a protection is unknown', () => {
    assert.equal(most(chain({ retries: '3', 'retry-budget': 'unknown' })), 1)
    assert.equal(most(chain({ retries: '3', 'circuit-breaker': 'unknown' })), 1)
    assert.equal(most(chain({ retries: 'unknown' })), 1)
  })

  it('end where a broker has accepted', () => {
    const outline: Outline = {
      components: [
        { id: 'app', kind: 'client', says: { rate: '1/s' } },
        { id: 'api', kind: 'service' },
        { id: 'jobs', kind: 'queue' },
        { id: 'w', kind: 'worker' },
        { id: 'db', kind: 'database' },
      ],
      relations: [
        { from: 'app', to: 'api', verb: 'calls', says: { retries: '3' } },
        { from: 'api', to: 'jobs', verb: 'publishes', says: { retries: '3' } },
        { from: 'jobs', to: 'w', verb: 'delivers' },
        { from: 'w', to: 'db', verb: 'writes', says: { retries: '1' } },
      ],
    }
    const { attempts } = analyse(modelFrom(outline))
    assert.equal(attempts.worst('api>jobs:publishes'), 16)
    assert.equal(attempts.worst('w>db:writes'), 2)
  })

  it('agree with walking every path of random designs', () => {
    property(
      fc.property(randomDag(), ({ outline, edges }) => {
        const { attempts } = analyse(modelFrom(outline))
        const most = new Array<number>(edges.length).fill(0)
        const load = new Array<number>(edges.length).fill(0)
        const walk = (node: number, product: number, weight: number): void => {
          edges.forEach((edge, at) => {
            if (edge.from !== node) return
            const further = product * (1 + edge.retries)
            most[at] = Math.max(most[at]!, further)
            load[at]! += weight * further
            walk(edge.to, further, weight)
          })
        }
        walk(0, 1, 10)
        const seen = new Map<string, number>()
        edges.forEach((edge, at) => {
          const base = `s${edge.from}>s${edge.to}:calls`
          const time = (seen.get(base) ?? 0) + 1
          seen.set(base, time)
          const id = time === 1 ? base : `${base}#${time}`
          const way = attempts.amplified.find((each) => each.edge.relation.id === id)
          assert.equal(way?.attempts ?? 1, Math.max(1, most[at]!))
          if (way) {
            const layers = way.path().filter((each) => attempts.layer(each).attempts > 1)
            assert.equal(
              layers.reduce((all, each) => all * attempts.layer(each).attempts, 1),
              way.attempts,
            )
            assert.equal(way.nearest, layers.at(-1))
            assert.equal(way.outermost, layers[0]!.relation.id)
            assert.equal(way.layers, layers.length)
          }
          assert.ok(Math.abs(attempts.worst(id) - load[at]!) < 1e-6 * Math.max(1, load[at]!), `${attempts.worst(id)} is not ${load[at]}`)
        })
      }),
      { numRuns: 200 },
    )
  })

  it('never walk a ladder of diamonds path by path', () => {
    const rungs = 400
    const components: Outline['components'][number][] = [{ id: 'app', kind: 'client' }]
    const relations: Outline['relations'] & object[] = []
    const call = (from: string, to: string): void => void (relations as unknown[]).push({ from, to, verb: 'calls', says: { retries: '1' } })
    call('app', 'n0')
    for (let i = 0; i < rungs; i++) {
      components.push({ id: `n${i}`, kind: 'service' }, { id: `l${i}`, kind: 'service' }, { id: `r${i}`, kind: 'service' })
      call(`n${i}`, `l${i}`)
      call(`n${i}`, `r${i}`)
      if (i + 1 < rungs) (call(`l${i}`, `n${i + 1}`), call(`r${i}`, `n${i + 1}`))
    }
    assert.equal(most({ components, relations }), 2 ** (2 * rungs))
  })
})

function randomDag() {
  return fc.integer({ min: 2, max: 8 }).chain((size) =>
    fc.array(fc.record({ a: fc.nat(size - 1), b: fc.nat(size - 1), retries: fc.nat(3) }), { maxLength: 12 }).map((drawn) => {
      const edges = drawn
        .filter(({ a, b }) => a !== b)
        .map(({ a, b, retries }) => ({ from: Math.min(a, b), to: Math.max(a, b), retries }))
        .filter((edge) => edge.from !== 0)
      edges.unshift({ from: 0, to: 1, retries: 1 })
      const components = Array.from({ length: size }, (_, node) =>
        node === 0 ? { id: 's0', kind: 'client', says: { rate: '10/s' } } : { id: `s${node}`, kind: 'service' },
      )
      const relations = edges.map(({ from, to, retries }) => ({
        from: `s${from}`,
        to: `s${to}`,
        verb: 'calls',
        says: { retries: String(retries) },
      }))
      return { edges, outline: { components, relations } satisfies Outline }
    }),
  )
}

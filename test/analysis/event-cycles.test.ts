import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { analyse } from '../../src/analysis/analysis.ts'
import { eventCyclesOf } from '../../src/analysis/event-cycles.ts'
import { property } from '../support/property.ts'
import { modelFrom, type Outline, type Said } from '../support/model.ts'

const arrow = (text: string, says?: Said) => {
  const [from, to, verb] = text.split(/\s*[>:]\s*/) as [string, string, string]
  return { from, to, verb, ...(says && { says }) }
}

function rings(outline: Outline): readonly string[] {
  const { model, graph, flows } = analyse(modelFrom(outline))
  return eventCyclesOf(model, graph, flows).map(({ ring }) => [ring[0]!.relation.from, ...ring.map(({ relation }) => relation.to)].join(' '))
}

/** A queue that is fed by what works on it. */
const crawler = (says?: Said, publish?: Said): Outline => ({
  components: [{ id: 'frontier', kind: 'queue' }, { id: 'fetch', kind: 'worker', ...(says && { says }) }],
  relations: [arrow('frontier > fetch : delivers'), arrow('fetch > frontier : publishes', publish)],
})

/** Two databases, each written from the changes of the other. */
const pair: Outline = {
  components: [...['a', 'b'].map((id) => ({ id, kind: 'database' })), ...['to-a', 'to-b'].map((id) => ({ id, kind: 'worker' }))],
  relations: [arrow('a > to-b : captures'), arrow('to-b > b : writes'), arrow('b > to-a : captures'), arrow('to-a > a : writes')],
}

describe('circles of events', () => {
  it('are found where a message or a change brings itself about', () => {
    assert.deepEqual(rings(crawler()), ['frontier fetch frontier'])
    assert.deepEqual(rings(pair), ['a to-b b to-a a'])
  })

  it('end where something says so', () => {
    for (const says of [{ 'terminates-by': 'condition' }, { 'origin-filter': 'yes' }, { dedupe: 'url' }, { 'terminates-by': 'unknown' }] as Said[]) assert.deepEqual(rings(crawler(says)), [], JSON.stringify(says))
    for (const says of [{ share: '5%' }, { events: 'unknown' }] as Said[]) assert.deepEqual(rings(crawler({}, says)), [], JSON.stringify(says))
    assert.deepEqual(rings({ ...pair, relations: pair.relations!.map((one) => (one.verb === 'writes' ? { ...one, says: { apply: 'if-newer(version)' } } : one)) }), [])
  })

  it('are not certain where a client, a clock or somebody else may be the cause', () => {
    const { components, relations } = crawler()
    assert.deepEqual(rings({ components: [...components, { id: 'app', kind: 'client' }], relations: [...relations!, arrow('app > fetch : calls')] }), [])
    assert.deepEqual(rings(crawler({ period: '1h' })), [])
    const other = { components: [...components, { id: 'other', kind: 'queue' }], relations: [...relations!, arrow('other > fetch : delivers')] }
    assert.deepEqual(rings(other), [])
  })

  it('follow what is said to travel', () => {
    const bus = (sent: string, taken: string): Outline => ({
      components: [{ id: 'bus', kind: 'topic' }, { id: 'work', kind: 'worker' }],
      relations: [arrow('bus > work : delivers', { events: taken }), arrow('work > bus : publishes', { events: sent })],
    })
    assert.deepEqual(rings(bus('[Done]', '[Begun]')), [])
    assert.deepEqual(rings(bus('[Begun]', '[Begun]')), ['bus work bus'])
    // What else it is told of comes from elsewhere, and may be the cause.
    assert.deepEqual(rings(bus('[Begun]', '[Begun, Asked]')), [])
  })

  it('are rings: each arrow begins where the one before it ends, and the last one at the first', () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f']
    const kinds = fc.tuple(...ids.map(() => fc.constantFrom('queue', 'worker', 'database', 'log', 'service')))
    const hops = fc.array(fc.tuple(fc.constantFrom(...ids), fc.constantFrom(...ids), fc.constantFrom('publishes', 'delivers', 'captures', 'writes', 'calls', 'triggers')), { maxLength: 14 })
    property(
      fc.property(kinds, hops, (chosen, drawn) => {
        const { model, graph, flows } = analyse(
          modelFrom({ components: ids.map((id, index) => ({ id, kind: chosen[index]! })), relations: drawn.map(([from, to, verb]) => ({ from, to, verb })) }),
        )
        for (const { ring } of eventCyclesOf(model, graph, flows)) {
          for (const [index, { relation }] of ring.entries()) assert.equal(relation.to, ring[(index + 1) % ring.length]!.relation.from)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

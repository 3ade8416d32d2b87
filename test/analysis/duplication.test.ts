import assert from 'node:assert/strict'
import { analyse } from '../../src/analysis/analysis.ts'
import { idempotenceOf } from '../../src/analysis/duplication.ts'
import { modelFrom, type Outline, type Said } from '../support/model.ts'

describe('idempotence', () => {
  const judged = (verb: string, says: Said): string => {
    const analysis = analyse(
      modelFrom({
        components: [
          { id: 'a', kind: 'service' },
          { id: 'b', kind: verb === 'calls' ? 'external' : 'database' },
        ],
        relations: [{ from: 'a', to: 'b', verb, says }],
      }),
    )
    const { safe, how } = idempotenceOf(analysis.graph.edges[0]!)
    return how === undefined ? safe : `${safe} ${how}`
  }

  it('is what the operation is', () => {
    for (const op of ['upsert', 'delete', 'set', 'read']) assert.equal(judged('writes', { op }), 'yes natural', op)
    for (const op of ['insert', 'append', 'increment']) assert.equal(judged('writes', { op }), 'no', op)
    for (const op of ['charge', 'send']) assert.equal(judged('calls', { op }), 'no', op)
    for (const op of ['update', 'authorize']) assert.equal(judged('calls', { op }), 'unknown', op)
    assert.equal(judged('writes', {}), 'unknown')
    assert.equal(judged('reads', {}), 'yes natural')
  })

  it('is what the method is', () => {
    for (const method of ['GET', 'PUT', 'DELETE']) assert.equal(judged('calls', { method }), 'yes natural', method)
    assert.equal(judged('calls', { method: 'POST' }), 'no')
    assert.equal(judged('calls', { method: 'PATCH' }), 'unknown')
  })

  it('is what is said of it, before anything else', () => {
    assert.equal(judged('writes', { op: 'insert', idempotent: 'order-id' }), 'yes key')
    assert.equal(judged('writes', { op: 'insert', idempotent: 'key(order-id)' }), 'yes key')
    assert.equal(judged('writes', { op: 'insert', idempotent: 'offset' }), 'yes offset')
    assert.equal(judged('writes', { op: 'insert', idempotent: 'unknown' }), 'unknown')
    assert.equal(judged('writes', { op: 'upsert', idempotent: 'no' }), 'no')
    assert.equal(judged('writes', { op: 'insert', if: 'not-exists' }), 'yes natural')
    assert.equal(judged('writes', { op: 'insert', effects: 'once-per(event-id)' }), 'yes key')
    assert.equal(judged('writes', { op: 'unknown' }), 'unknown')
  })
})

describe('repeated effects', () => {
  function effects(outline: Outline): string[] {
    const { duplication } = analyse(modelFrom(outline))
    return duplication.seeds.flatMap((seed) => duplication.repeated(seed)).map(({ path }) => path.map((edge) => edge.relation.id).join(' '))
  }

  const chain = (says: { queue?: Said; delivery?: Said; worker?: Said; call?: Said; ledger?: Said; effect?: Said } = {}): Outline => ({
    components: [
      { id: 'jobs', kind: 'queue', says: says.queue ?? {} },
      { id: 'w', kind: 'worker', says: says.worker ?? {} },
      { id: 'ledger', kind: 'service', says: says.ledger ?? {} },
      { id: 'db', kind: 'database' },
    ],
    relations: [
      { from: 'jobs', to: 'w', verb: 'delivers', says: says.delivery ?? {} },
      { from: 'w', to: 'ledger', verb: 'calls', says: says.call ?? {} },
      { from: 'ledger', to: 'db', verb: 'writes', says: { op: 'insert', ...says.effect } },
    ],
  })
  const there = ['w>ledger:calls ledger>db:writes']

  it('are found behind a call', () => {
    assert.deepEqual(effects(chain()), there)
    assert.deepEqual(effects(chain({ call: { method: 'POST' } })), there)
  })

  it('end at a dedupe, a key, a read, and where the message comes at most once', () => {
    assert.deepEqual(effects(chain({ worker: { dedupe: 'yes' } })), [])
    assert.deepEqual(effects(chain({ ledger: { dedupe: 'yes' } })), [])
    assert.deepEqual(effects(chain({ call: { idempotent: 'order-id' } })), [])
    assert.deepEqual(effects(chain({ call: { method: 'GET' } })), [])
    assert.deepEqual(effects(chain({ effect: { idempotent: 'order-id' } })), [])
    assert.deepEqual(effects(chain({ queue: { delivery: 'at-most-once' } })), [])
    assert.deepEqual(effects(chain({ delivery: { delivery: 'exactly-once' } })), [])
    assert.deepEqual(effects(chain({ delivery: { ack: 'before-processing' } })), [])
    assert.deepEqual(effects(chain({ delivery: { idempotent: 'offset' } })), [])
    assert.deepEqual(effects(chain({ delivery: { apply: 'once' } })), [])
  })

  it('are not found where a protection is unknown', () => {
    assert.deepEqual(effects(chain({ worker: { dedupe: 'unknown' } })), [])
    assert.deepEqual(effects(chain({ ledger: { dedupe: 'unknown' } })), [])
    assert.deepEqual(effects(chain({ effect: { idempotent: 'unknown' } })), [])
    assert.deepEqual(effects(chain({ queue: { delivery: 'unknown' } })), [])
    assert.deepEqual(effects(chain({ delivery: { delivery: 'unknown' } })), [])
    assert.deepEqual(effects(chain({ delivery: { ack: 'unknown' } })), [])
  })

  it('stop at the operation that is named', () => {
    assert.deepEqual(effects(chain({ call: { op: 'charge' } })), ['w>ledger:calls'])
  })

  it('follow only what a flow names of a component', () => {
    const outline = chain()
    const flows = [{ title: 'Look', steps: ['jobs>w:delivers', 'w>ledger:calls', 'ledger>db:reads'] }]
    const relations = [...outline.relations!, { from: 'ledger', to: 'db', verb: 'reads' }]
    assert.deepEqual(effects({ ...outline, relations, flows }), [])
    assert.deepEqual(effects({ ...outline, relations }), there)
  })

  it('come from webhooks, workflows, schedulers and speculative batches', () => {
    const from = (id: string, kind: string, verb: string, says: Said = {}, uses?: string): Outline => ({
      components: [
        { id, kind, says, ...(uses && { uses }) },
        { id: 'api', kind: 'service' },
        { id: 'db', kind: 'database' },
      ],
      relations: [
        { from: id, to: 'api', verb },
        { from: 'api', to: 'db', verb: 'writes', says: { op: 'insert' } },
      ],
    })
    assert.deepEqual(effects(from('psp', 'external', 'calls')), ['api>db:writes'])
    assert.deepEqual(effects(from('cron', 'scheduler', 'triggers')), ['api>db:writes'])
    assert.deepEqual(effects(from('saga', 'workflow', 'calls', {}, 'temporal')), ['saga>api:calls api>db:writes'])
    assert.deepEqual(effects(from('job', 'batch', 'calls', { speculative: 'yes' })), ['job>api:calls api>db:writes'])
    assert.deepEqual(effects(from('web', 'service', 'calls')), [])
  })

  it('are looked for once in a ring of calls', () => {
    const outline = chain()
    assert.deepEqual(effects({ ...outline, relations: [...outline.relations!, { from: 'ledger', to: 'w', verb: 'calls' }] }), there)
  })
})

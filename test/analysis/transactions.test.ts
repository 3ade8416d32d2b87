import assert from 'node:assert/strict'
import { transactionsOf, withoutPrepare } from '../../src/analysis/transactions.ts'
import { modelFrom, type Said } from '../support/model.ts'

function transactions(block: Said, ...joined: readonly string[]): readonly string[] {
  const model = modelFrom({
    components: [{ id: 'run', kind: 'service', says: block }, ...joined.map((_, index) => ({ id: `db${index}`, kind: 'database' }))],
    relations: joined.map((tx, index) => ({ from: 'run', to: `db${index}`, verb: 'writes', says: { tx } })),
  })
  return transactionsOf(model).map(({ name, protocol, participants }) => `${name} ${protocol ?? '-'} ${participants.map(({ id }) => id).join(' ')}`)
}

describe('transactions', () => {
  it('are what joins a block by its name', () => {
    assert.deepEqual(transactions({ tx: 'yes', 'tx.name': 'sell', 'tx.protocol': 'xa' }, 'sell', 'sell'), ['sell xa db0 db1'])
    // What another name joins beside a block may be misspelt: nobody is accused of it.
    assert.deepEqual(transactions({ tx: 'yes', 'tx.name': 'sell' }, 'sell', 'sel'), ['sell - db0'])
  })

  it('without a block are what shares a name, and of a block without a name all that its component does', () => {
    assert.deepEqual(transactions({}, 'sell', 'sell', 'buy'), ['sell - db0 db1', 'buy - db2'])
    assert.deepEqual(transactions({ tx: 'yes', 'tx.protocol': '2pc' }, 'sell', 'buy'), ['run 2pc db0 db1'])
  })

  it('are left alone where their name is unknown', () => {
    assert.deepEqual(transactions({ tx: 'yes', 'tx.name': 'unknown', 'tx.protocol': 'xa' }, 'sell', 'sell'), [])
    assert.deepEqual(transactions({}, 'unknown', 'sell'), ['sell - db1'])
  })
})

describe('prepare', () => {
  const why = (kind: string, uses?: string, says: Said = {}): string | undefined => withoutPrepare(modelFrom({ components: [{ id: 'it', kind, ...(uses && { uses }), says }] }).components[0]!)?.text

  it('is what the design says, else what the technology or the kind is known for', () => {
    assert.equal(why('database', 'postgres'), undefined)
    assert.equal(why('database'), undefined)
    assert.equal(why('queue'), undefined)
    assert.equal(why('queue', 'sqs'), '`it` (sqs) has no prepare')
    assert.equal(why('object-store'), '`it`, an object store, has no prepare')
    assert.equal(why('external'), '`it` is somebody else’s system and has no prepare')
    assert.equal(why('service', undefined, { interface: 'http' }), '`it` is called over HTTP, which has no prepare')
    for (const prepare of ['yes', 'unknown']) assert.equal(why('queue', 'sqs', { prepare }), undefined)
    assert.equal(why('database', 'postgres', { prepare: 'no' }), '`it` has no prepare')
  })
})

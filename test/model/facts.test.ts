import assert from 'node:assert/strict'
import {
  call,
  flag,
  isAbsent,
  isNone,
  isUnlimited,
  known,
  limit,
  list,
  number,
  protection,
  range,
  references,
  saysUnknown,
  word,
  words,
} from '../../src/model/facts.ts'
import { parseQuantity, type Quantity } from '../../src/model/quantity.ts'
import type { Facts, Value } from '../../src/model/value.ts'
import { writeValue } from '../../src/model/write.ts'

const origin = { file: 'test:/x', range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } } }

describe('facts', () => {
  const facts = of({
    replicas: q('3'),
    many: { type: 'span', from: q('12'), to: q('24') },
    ttl: w('forever'),
    retries: w('none'),
    lag: { type: 'unknown' },
    dedupe: w('yes'),
    'dedupe.window': q('7d'),
    fencing: w('no'),
    key: { type: 'list', items: [w('path'), w('locale')] },
    'key-dist': { type: 'call', name: 'hot', args: [q('45%')] },
    requires: { type: 'list', items: [w('no-loss'), { type: 'call', name: 'staleness', args: [q('30s')] }] },
    stores: { type: 'reference', to: { kind: 'data', id: 'Order' } },
  })

  it('read numbers in base units, spans by their lower end', () => {
    assert.equal(number(facts, 'replicas'), 3)
    assert.equal(number(facts, 'dedupe.window'), 7 * 86400)
    assert.equal(number(facts, 'many'), 12)
    assert.deepEqual(range(facts, 'many'), { from: 12, to: 24 })
    assert.deepEqual(range(facts, 'replicas'), { from: 3, to: 3 })
    assert.equal(number(facts, 'key'), undefined)
  })

  it('keep unknown, absent and none apart', () => {
    assert.equal(known(facts, 'lag'), undefined)
    assert.ok(saysUnknown(facts, 'lag') && !isAbsent(facts, 'lag') && isAbsent(facts, 'nothing'))
    assert.ok(known(facts, 'retries') && isNone(facts, 'retries'))
    assert.ok(isUnlimited(facts, 'ttl') && limit(facts, 'ttl') === Infinity && limit(facts, 'replicas') === 3)
  })

  it('take a silent protection for none, and an unknown one for unknown', () => {
    assert.equal(protection(facts, 'retry-budget'), false)
    assert.equal(protection(facts, 'lag'), undefined)
    assert.equal(protection(facts, 'dedupe'), true)
    assert.equal(protection(facts, 'fencing'), false)
    assert.equal(protection(facts, 'key'), true)
  })

  it('read words, lists, calls and references', () => {
    assert.equal(word(facts, 'key-dist'), 'hot')
    assert.equal(call(facts, 'key-dist', 'hot')?.args.length, 1)
    assert.equal(call(facts, 'requires', 'staleness')?.name, 'staleness')
    assert.equal(call(facts, 'requires', 'order'), undefined)
    assert.deepEqual(words(facts, 'requires'), ['no-loss', 'staleness'])
    assert.deepEqual(words(facts, 'key'), ['path', 'locale'])
    assert.deepEqual(list(facts, 'retries'), [])
    assert.deepEqual(references(facts, 'stores'), [{ kind: 'data', id: 'Order' }])
    assert.deepEqual([flag(facts, 'dedupe'), flag(facts, 'fencing'), flag(facts, 'key-dist')], [true, false, undefined])
  })

  it('does not see what every object inherits', () => {
    assert.ok(isAbsent(facts, 'constructor') && isAbsent(facts, 'toString'))
  })

  it('write values as the language does', () => {
    assert.deepEqual(
      ['replicas', 'many', 'ttl', 'lag', 'key', 'key-dist', 'requires', 'stores'].map((path) => writeValue(facts[path]!.value)),
      ['3', '12..24', 'forever', 'unknown', '[path, locale]', 'hot(45%)', '[no-loss, staleness(30s)]', 'Order'],
    )
  })
})

function of(values: Readonly<Record<string, Value>>): Facts {
  return Object.fromEntries(Object.entries(values).map(([path, value]) => [path, { from: 'stated', value, origin }]))
}

function w(text: string): Value {
  return { type: 'word', word: text }
}

function q(text: string): Quantity {
  return parseQuantity(text) as Quantity
}

import assert from 'node:assert/strict'
import { number, word } from '../../src/model/facts.ts'
import { parseQuantity, type Quantity } from '../../src/model/quantity.ts'
import type { Value } from '../../src/model/value.ts'
import { writeValue } from '../../src/model/write.ts'
import { fit, vocabulary } from '../../src/vocabulary/index.ts'
import { valueOf } from '../../src/vocabulary/make.ts'

const { nearest, defaultsFor, property, inferVerb, verbJoins } = vocabulary

describe('the vocabulary’s lookups', () => {
  it('find the word that was meant', () => {
    assert.equal(nearest('databse', ['cache', 'database']), 'database')
    assert.equal(nearest('replcias', ['region', 'replicas']), 'replicas')
    assert.equal(nearest('at_least_once', ['at-most-once', 'at-least-once']), 'at-least-once')
    assert.equal(nearest('repl', ['retention', 'replicas']), 'replicas')
    assert.equal(nearest('xyz', ['cache', 'database']), undefined)
    assert.equal(nearest('ttl', []), undefined)
  })

  it('know `p99` as latency, and on a flow as an objective', () => {
    assert.equal(property('component', 'p99')?.name, 'latency.p99')
    assert.equal(property('relation', 'p99')?.name, 'latency.p99')
    assert.equal(property('flow', 'p99')?.name, 'p99')
    assert.equal(property('component', 'rf')?.name, 'replication-factor')
    assert.equal(property('component', 'constructor'), undefined)
  })

  it('put what a kind is asked for first on top, and leave out what means nothing there', () => {
    const ofCache = vocabulary.propertiesFor('component', { kind: 'cache' }).map((row) => row.name)
    assert.equal(ofCache[0], 'pattern')
    assert.ok(!ofCache.includes('watermark'))
    assert.ok(!vocabulary.propertiesFor('relation', { verb: 'reads' }).some((row) => row.name === 'max-deliveries'))
  })

  describe('of defaults', () => {
    it('let the technology win over the kind, and say whose they are', () => {
      const facts = defaultsFor('topic', { name: 'nats-core' })
      assert.equal(word(facts, 'delivery'), 'at-most-once')
      assert.equal(facts['delivery']!.by, 'nats-core')
      assert.equal(defaultsFor('queue')['delivery']!.by, 'queue')
      assert.ok(facts['delivery']!.source.startsWith('NATS'))
    })

    it('follow the version', () => {
      const acks = (version?: Value): string =>
        writeValue(defaultsFor('log', { name: 'kafka', version })['acks']?.value ?? { type: 'unknown' })
      assert.equal(acks(), 'all')
      assert.equal(acks(q('2.8')), '1')
      assert.equal(acks(q('3.0')), 'all')
      assert.equal(acks({ type: 'text', text: '3.10.1' }), 'all')
      assert.equal(acks({ type: 'comparison', operator: '<', than: q('3') }), '1')
      assert.equal(acks({ type: 'comparison', operator: '>=', than: q('3') }), 'all')
      // Which of the two it is stays open, and so does the default.
      assert.equal(acks({ type: 'comparison', operator: '<', than: q('4') }), 'unknown')
      assert.equal(defaultsFor('log', { name: 'kafka', version: q('2.8') })['acks']!.by, 'kafka(2.8)')
      assert.equal(
        number(defaultsFor('database', { name: 'mongodb', version: { type: 'comparison', operator: '<', than: q('5') } }), 'w'),
        1,
      )
      assert.equal(word(defaultsFor('database', { name: 'mongodb' }), 'sync'), 'quorum')
      assert.equal(
        word(defaultsFor('queue', { name: 'rabbitmq', version: { type: 'comparison', operator: '<', than: q('4') } }), 'max-deliveries'),
        'unlimited',
      )
    })

    it('hold for a team’s own technology, in its name', () => {
      assert.equal(defaultsFor('log', { name: 'our-kafka', base: 'kafka' })['acks']!.by, 'our-kafka')
      assert.deepEqual(defaultsFor('database', { name: 'clickhouse' }), {})
    })

    it('tell that managed stores outlive a zone', () => {
      for (const [kind, name] of [
        ['database', 'dynamodb'],
        ['object-store', 's3'],
        ['queue', 'sqs'],
        ['database', 'spanner'],
        ['log', 'kinesis'],
      ] as const) {
        const facts = defaultsFor(kind, { name })
        assert.deepEqual([word(facts, 'managed'), word(facts, 'survives'), number(facts, 'zones')], ['yes', 'zone', 3], name)
      }
    })
  })

  describe('of verbs', () => {
    it('infer what usually runs between two kinds', () => {
      const cases = [
        ['client', 'cdn', 'request', 'calls'],
        ['cdn', 'load-balancer', 'request', 'routes'],
        ['load-balancer', 'service', 'request', 'routes'],
        ['service', 'database', 'request', 'calls'],
        ['service', 'queue', 'request', 'publishes'],
        ['service', 'log', 'message', 'publishes'],
        ['log', 'worker', 'message', 'delivers'],
        ['queue', 'worker', 'message', 'delivers'],
        ['database', 'cdc', 'message', 'captures'],
        ['cdc', 'log', 'message', 'captures'],
        ['scheduler', 'service', 'request', 'triggers'],
        ['database', 'object-store', 'message', 'backs-up'],
        ['cache', 'database', 'request', 'caches'],
        ['monitor', 'service', 'request', 'observes'],
        ['service', 'dns', 'request', 'resolves'],
        ['database', 'database', 'message', 'replicates'],
        ['service', 'service', 'request', 'calls'],
        ['external', 'gateway', 'message', 'calls'],
      ] as const
      for (const [from, to, arrow, verb] of cases) assert.equal(inferVerb(from, to, arrow), verb, `${from} ${arrow} ${to}`)
    })

    it('infer only what may stand there', () => {
      for (const from of vocabulary.kinds) {
        for (const to of vocabulary.kinds) {
          for (const arrow of ['request', 'message'] as const) {
            const verb = inferVerb(from.name, to.name, arrow)
            assert.ok(verb === undefined || verbJoins(verb, from.name, to.name))
          }
        }
      }
      assert.equal(inferVerb('database', 'client', 'request'), undefined)
    })

    it('refuse what makes no sense', () => {
      assert.ok(!verbJoins('captures', 'log', 'worker'))
      assert.ok(!verbJoins('publishes', 'service', 'database'))
      assert.ok(verbJoins('consumes', 'queue', 'worker'))
      assert.ok(!verbJoins('nonsense', 'queue', 'worker'))
    })
  })

  describe('of values', () => {
    const fits = (subject: 'component' | 'relation' | 'data', path: string, text: string): string => {
      const result = fit(property(subject, path)!.type, valueOf(text))
      return 'value' in result ? writeValue(result.value) : result.problem
    }

    it('check dimension, range and word', () => {
      assert.equal(fits('component', 'capacity', '1k/s'), '1k/s')
      assert.equal(fits('component', 'capacity', '5s'), 'expects a rate such as 400/s, not a duration (s)')
      assert.equal(fits('component', 'hit-ratio', '120%'), '120% is more than all: expects a share such as 92%')
      assert.equal(fits('component', 'shards', '2.5'), 'expects a whole number such as 12, not 2.5')
      assert.match(fits('component', 'sync', 'quick'), /^expects `async`, `semi-sync`/)
      assert.equal(fits('component', 'replicas', '12..24'), '12..24')
      assert.equal(fits('component', 'replicas', '24..12'), 'the range ends before it begins')
      assert.equal(fits('component', 'vnodes', '1..2'), 'expects a whole number such as 12, not a range')
      assert.equal(fits('component', 'zones', '[a, b]'), '[a, b]')
      assert.equal(fits('component', 'key-dist', 'zipf(1, 1M)'), 'zipf(1, 1M)')
      assert.equal(fits('component', 'key-dist', 'hot(2s)'), 'share of `hot` expects a share such as 92%, not a duration (s)')
      assert.equal(fits('component', 'key-dist', 'hot(1%, 2%)'), '`hot` is written `hot(share)`')
      assert.equal(fits('component', 'retention', 'forever'), 'forever')
      assert.equal(fits('component', 'managed', 'true'), 'yes')
      assert.match(fits('component', 'ttl', '[1s, 2s]'), /^expects a duration such as 200ms/)
    })

    it('read bytes where a size is wanted', () => {
      assert.deepEqual(fit(property('data', 'size')!.type, valueOf('200B')), {
        value: { type: 'quantity', value: 200, dimension: { time: 0, data: 1 }, text: '200B' },
      })
    })

    it('take a word that begins with a digit', () => {
      assert.equal(fits('component', 'tx.protocol', '2pc'), '2pc')
    })
  })
})

function q(text: string): Quantity {
  return parseQuantity(text) as Quantity
}

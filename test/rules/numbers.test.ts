/** Laws of the rules about load, caches, quorums and repetition, tried on random designs that are full of facts. */
import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { Model } from '../../src/model/model.ts'
import type { Fact } from '../../src/model/value.ts'
import { cacheIsOnlyCopy } from '../../src/rules/cache-is-only-copy.ts'
import { checkRules, type Checked } from '../../src/rules/check.ts'
import { hotPartition } from '../../src/rules/hot-partition.ts'
import { nonIdempotentConsumer } from '../../src/rules/non-idempotent-consumer.ts'
import { overloadedComponent } from '../../src/rules/overloaded-component.ts'
import { quorumDoesNotOverlap } from '../../src/rules/quorum-does-not-overlap.ts'
import { retryAmplification } from '../../src/rules/retry-amplification.ts'
import { stalenessExceedsRequirement } from '../../src/rules/staleness-exceeds-requirement.ts'
import { modelFrom, type Outline, type Said } from '../support/model.ts'
import { property } from '../support/property.ts'

const RULES = [nonIdempotentConsumer, cacheIsOnlyCopy, stalenessExceedsRequirement, hotPartition, quorumDoesNotOverlap, retryAmplification, overloadedComponent]
const check = (model: Model): readonly Checked[] =>
  checkRules(model, { today: '2026-11-21' }, RULES).filter(({ rule }) => rule !== 'not-stated')
const about = ({ rule, subject: { component, relation } }: Checked): string => `${rule} ${component} ${relation}`

describe('rules about numbers', () => {
  it('find each of their kinds somewhere in random designs, and never throw', () => {
    const seen = new Set<string>()
    property(
      fc.property(design(), (outline) => {
        for (const { rule, message, help } of check(modelFrom(outline))) {
          assert.notEqual(rule, 'rule-failed', message)
          assert.doesNotMatch(`${message} ${help}`, /undefined|NaN|Infinity|\[object/)
          seen.add(rule)
        }
      }),
      { numRuns: 4000 },
    )
    assert.deepEqual([...seen].filter((id) => RULES.some((rule) => rule.id === id)).toSorted(), RULES.map(({ id }) => id).toSorted())
  })

  it('create no error where a stated fact becomes unknown', () => {
    property(
      fc.property(design(), fc.nat(), (outline, pick) => {
        const model = modelFrom(outline)
        const places = [...model.components, ...model.relations, ...model.data, ...model.flows].flatMap((subject) =>
          Object.entries(subject.facts).flatMap(([path, fact]) => (fact.from === 'stated' ? [{ id: subject.id, path }] : [])),
        )
        fc.pre(places.length > 0)
        const { id, path } = places[pick % places.length]!
        const blur = <T extends { readonly id: string; readonly facts: Readonly<Record<string, Fact>> }>(subject: T): T =>
          subject.id === id && subject.facts[path]
            ? { ...subject, facts: { ...subject.facts, [path]: { ...subject.facts[path], value: { type: 'unknown' } } as Fact } }
            : subject
        const blurred = {
          ...model,
          components: model.components.map(blur),
          relations: model.relations.map(blur),
          data: model.data.map(blur),
          flows: model.flows.map(blur),
        }
        const before = check(model).filter(({ severity }) => severity === 'error')
        const after = check(blurred).filter(({ severity }) => severity === 'error')
        assert.deepEqual(after.filter((one) => !told(one, before)).map(about), [], `${id}.${path}`)
      }),
      { numRuns: 3000 },
    )
  })

  it('do not care for the order of statements', () => {
    property(
      fc.property(
        design().chain((outline) =>
          fc.tuple(
            fc.constant(outline),
            fc.shuffledSubarray([...outline.components], { minLength: outline.components.length }),
            fc.shuffledSubarray([...outline.relations!], { minLength: outline.relations!.length }),
          ),
        ),
        ([outline, components, relations]) => {
          // Two relations with the same ends and verb are told apart by their order only.
          fc.pre(new Set(relations.map(({ from, to, verb }) => `${from}>${to}:${verb}`)).size === relations.length)
          const gist = (one: Outline): readonly string[] =>
            check(modelFrom(one))
              .map((finding) => `${finding.severity} ${about(finding)}`)
              .toSorted()
          assert.deepEqual(gist({ ...outline, components, relations }), gist(outline))
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('only lose findings where something is tolerated', () => {
    property(
      fc.property(design(), fc.constantFrom('loss', 'duplicates', 'staleness(1d)'), fc.nat(), (outline, tolerated, pick) => {
        const subjects = [...outline.components, ...(outline.data ?? []), ...(outline.flows ?? [])].filter(
          ({ says }) => says?.['tolerates'] === undefined,
        )
        fc.pre(subjects.length > 0)
        const chosen = subjects[pick % subjects.length]!
        const relax = <T extends { readonly says?: Said }>(subject: T): T =>
          subject === (chosen as unknown) ? { ...subject, says: { ...subject.says, tolerates: tolerated } } : subject
        const relaxed = {
          ...outline,
          components: outline.components.map(relax),
          data: (outline.data ?? []).map(relax),
          flows: (outline.flows ?? []).map(relax),
        }
        const had = new Set(check(modelFrom(outline)).map(about))
        assert.deepEqual(
          check(modelFrom(relaxed))
            .map(about)
            .filter((finding) => !had.has(finding)),
          [],
        )
      }),
      { numRuns: 1500 },
    )
  })

  it('lose no finding about retries where one more is made, unless a longer storm has it on its way', () => {
    property(
      fc.property(design(), fc.nat(), (outline, pick) => {
        const relations = outline.relations!
        const chosen = relations[pick % relations.length]!
        // A number on the arrow would stand in for what its caller says that it does by itself, and be fewer.
        fc.pre(
          chosen.says?.['retries'] !== undefined ||
            !outline.components.some(({ id, says }) => id === chosen.from && says?.['retries'] !== undefined),
        )
        const more = (says: Said = {}): Said => ({ ...says, retries: String((Number(says['retries'] ?? '0') || 0) + 1) })
        const model = modelFrom(outline)
        const after = check(
          modelFrom({
            ...outline,
            relations: relations.map((relation) =>
              relation === chosen && relation.says?.['retries'] !== 'unlimited' ? { ...relation, says: more(relation.says) } : relation,
            ),
          }),
        )
        for (const finding of check(model).filter(({ rule }) => rule === 'retry-amplification' || rule === 'non-idempotent-consumer')) {
          assert.ok(told(finding, after), finding.message)
        }
      }),
      { numRuns: 1500 },
    )
  })
})

/** Whether one of them says the same; a storm of retries is one thing on a way, told at one arrow of it or another. */
function told(one: Checked, findings: readonly Checked[]): boolean {
  const place = JSON.stringify(one.at)
  return findings.some((other) => {
    if (other.rule !== one.rule) return false
    return (
      about(other) === about(one) ||
      (one.rule === 'retry-amplification' &&
        (JSON.stringify(other.at) === place || other.related.some(({ at }) => JSON.stringify(at) === place)))
    )
  })
}

const data: Outline['data'] = ['order', 'feed', 'config', 'money'].map((name) => ({
  id: name.toUpperCase(),
  says: { class: name, key: `${name}-id`, size: '1KB' },
}))
const IDS = ['app', 'edge', 'api', 'core', 'hot', 'db', 'wide', 'bus', 'jobs', 'hand', 'psp'] as const

/** One of each, with random facts, and random relations among them. */
function design(): fc.Arbitrary<Outline> {
  const maybe = (facts: Readonly<Record<string, readonly string[]>>): fc.Arbitrary<Said> =>
    fc
      .record(
        Object.fromEntries(
          Object.entries(facts).map(([path, values]) => [
            path,
            fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constantFrom(...values) }),
          ]),
        ),
      )
      .map((drawn) => Object.fromEntries(Object.entries(drawn).filter((entry): entry is [string, string] => entry[1] !== undefined)))
  const split = {
    key: ['k'],
    'key-dist': ['hot(40%)', 'uniform', 'zipf(1, 1M)'],
    'key-cardinality': ['40'],
    split: ['by(4)', 'adaptive', 'none'],
    'hot-keys': ['cached', 'none'],
  }
  const says: Readonly<Record<(typeof IDS)[number], fc.Arbitrary<Said>>> = {
    app: maybe({ 'max-age': ['30s'], rate: ['1k/s'] }),
    edge: maybe({ ttl: ['60s', 'none'], 'stale-while-revalidate': ['30s'], 'hit-ratio': ['90%'] }),
    api: maybe({ capacity: ['2k/s', '0/s'], replicas: ['2', '4..8'], dedupe: ['yes'], 'cache-control': ['no-store', 'private'], retries: ['2'] }),
    core: maybe({ capacity: ['1500/s'], replicas: ['1', '0'], dedupe: ['yes'] }),
    hot: maybe({
      ttl: ['60s', 'none'],
      pattern: ['cache-aside', 'write-through'],
      'rebuild-from': ['@db'],
      stores: ['#ORDER', '#FEED', '#CONFIG'],
      eviction: ['noeviction', 'lru'],
      durability: ['memory', 'fsync', 'quorum-fsync'],
      invalidation: ['cdc', 'none'],
      'fill-from': ['leader', 'replica'],
      'forwards-age': ['yes'],
      tolerates: ['loss'],
      rpo: ['5s'],
      replicas: ['3'],
    }),
    db: maybe({
      stores: ['#ORDER', '#MONEY'],
      'lag.p99': ['2s'],
      'read-from': ['leader', 'follower'],
      shards: ['8'],
      capacity: ['1k/s', '0/s'],
      replicas: ['3'],
      ...split,
    }),
    wide: maybe({
      replication: ['leaderless'],
      n: ['3'],
      r: ['1', '2'],
      w: ['1', '2'],
      regions: ['2'],
      consistency: ['session', 'linearizable'],
      stores: ['#MONEY', '#FEED'],
      sloppy: ['yes', 'no'],
      'partition-limit.write': ['500/s'],
      ...split,
    }),
    bus: maybe({
      partitions: ['8'],
      delivery: ['at-least-once', 'at-most-once'],
      'partition-limit.write': ['300/s', '0/s'],
      'partition-limit.bytes': ['300KB/s'],
      ...split,
    }),
    jobs: maybe({ delivery: ['at-least-once', 'exactly-once'] }),
    hand: maybe({ dedupe: ['yes'], tolerates: ['duplicates'] }),
    psp: maybe({ quota: ['1500/s', '0/s'], idempotent: ['yes'] }),
  }
  const kinds: Readonly<Record<(typeof IDS)[number], string>> = {
    app: 'client',
    edge: 'cdn',
    api: 'service',
    core: 'service',
    hot: 'cache',
    db: 'database',
    wide: 'database',
    bus: 'log',
    jobs: 'queue',
    hand: 'worker',
    psp: 'external',
  }
  const request = {
    retries: ['1', '3', 'unlimited'],
    'retry-budget': ['10%'],
    'circuit-breaker': ['yes'],
    'retry-on': ['connect'],
    share: ['20%'],
    calls: ['3'],
    'max-age': ['0s', '10s'],
    async: ['yes'],
  }
  const effect = {
    op: ['insert', 'upsert', 'charge', 'increment', 'send', 'read'],
    idempotent: ['order-id', 'no'],
    if: ['version'],
    tx: ['t'],
    method: ['GET', 'POST'],
    data: ['#ORDER', '#FEED'],
  }
  const ways: readonly (readonly [string, string, string, Readonly<Record<string, readonly string[]>>])[] = [
    ['app', 'edge', 'calls', request],
    ['edge', 'api', 'routes', request],
    ['app', 'api', 'calls', request],
    ['api', 'core', 'calls', { ...request, ...effect }],
    ['core', 'api', 'calls', request],
    ['api', 'hot', 'reads', { ...request, 'hit-ratio': ['90%'], fallback: ['@db'], consistency: ['no-cache'] }],
    ['api', 'hot', 'writes', { ...request, ...effect }],
    ['hot', 'db', 'caches', request],
    ['core', 'db', 'reads', { ...request, consistency: ['leader', 'follower'], 'read-after-write': ['leader'] }],
    ['api', 'db', 'reads', { ...request, consistency: ['follower'] }],
    ['core', 'db', 'writes', { ...request, ...effect }],
    ['api', 'wide', 'reads', { ...request, consistency: ['one', 'quorum'], decides: ['yes'] }],
    ['core', 'wide', 'writes', { ...request, ...effect, consistency: ['one', 'quorum'] }],
    ['hand', 'wide', 'writes', { ...request, ...effect }],
    ['api', 'bus', 'publishes', { data: ['#ORDER', '#FEED'], retries: ['2'] }],
    ['db', 'bus', 'captures', { 'lag.p99': ['1s'] }],
    [
      'bus',
      'hand',
      'delivers',
      {
        delivery: ['at-most-once'],
        ack: ['before-processing', 'after-processing'],
        events: ['[A]'],
        tx: ['t'],
        apply: ['once'],
        'max-lag': ['30s'],
      },
    ],
    ['bus', 'jobs', 'delivers', { group: ['g'] }],
    ['jobs', 'hand', 'delivers', { idempotent: ['offset'] }],
    ['hand', 'hot', 'writes', effect],
    ['hand', 'core', 'calls', { ...request, ...effect }],
    ['hand', 'psp', 'calls', { ...request, ...effect }],
    ['core', 'psp', 'calls', { ...request, ...effect }],
    ['psp', 'api', 'calls', {}],
  ]
  const relations = fc
    .tuple(
      ...ways.map(([from, to, verb, facts]) =>
        fc.option(
          maybe(facts).map((drawn) => ({ from, to, verb, says: drawn })),
          { nil: undefined, freq: 2 },
        ),
      ),
    )
    .map((drawn) => drawn.filter((relation) => relation !== undefined))
  const records = fc.tuple(
    ...data!.map((one) =>
      maybe({
        requires: ['staleness(10s)', 'no-duplicates'],
        tolerates: ['loss', 'duplicates', 'staleness(1d)'],
        consistency: ['linearizable', 'bounded(30s)'],
      }).map((drawn) => ({ ...one, says: { ...one.says, ...drawn } })),
    ),
  )
  return fc
    .tuple(
      fc.tuple(...IDS.map((id) => says[id].map((drawn) => ({ id, kind: kinds[id], says: drawn })))),
      relations,
      records,
      fc.boolean(),
      maybe({
        'rate.peak': ['3k/s'],
        consistency: ['linearizable', 'session'],
        tolerates: ['duplicates', 'staleness(1d)'],
        requires: ['staleness(20s)'],
      }),
    )
    .map(([components, drawn, kept, declared, says_]) => {
      const first = drawn.find(({ from }) => from === 'app')
      const flows =
        declared && first ? [{ title: 'Go', says: { rate: '1k/s', ...says_ }, steps: [`${first.from}>${first.to}:${first.verb}`] }] : []
      return { components, relations: drawn, data: kept, flows }
    })
    .filter(({ relations: some }) => some.length > 0)
}

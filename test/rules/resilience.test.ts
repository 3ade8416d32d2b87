/** Laws of the rules about locks, workers, buffers, limits and herds, tried on random designs that are full of facts. */
import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { Model } from '../../src/model/model.ts'
import type { Fact } from '../../src/model/value.ts'
import { checkRules, type Checked } from '../../src/rules/check.ts'
import { lockOrderInversion } from '../../src/rules/lock-order-inversion.ts'
import { lockWithoutFencing } from '../../src/rules/lock-without-fencing.ts'
import { noAdmissionControl } from '../../src/rules/no-admission-control.ts'
import { noisyNeighbour } from '../../src/rules/noisy-neighbour.ts'
import { perInstanceRateLimit } from '../../src/rules/per-instance-rate-limit.ts'
import { serialisedSectionSaturates } from '../../src/rules/serialised-section-saturates.ts'
import { singletonWithoutElection } from '../../src/rules/singleton-without-election.ts'
import { slowDependencyExhaustsPool } from '../../src/rules/slow-dependency-exhausts-pool.ts'
import { synchronisedHerd } from '../../src/rules/synchronised-herd.ts'
import { unboundedBuffer } from '../../src/rules/unbounded-buffer.ts'
import { modelFrom, type Outline, type Said } from '../support/model.ts'
import { property } from '../support/property.ts'

const RULES = [lockWithoutFencing, singletonWithoutElection, serialisedSectionSaturates, lockOrderInversion, slowDependencyExhaustsPool, unboundedBuffer, noAdmissionControl, synchronisedHerd, perInstanceRateLimit, noisyNeighbour]
const check = (model: Model): readonly Checked[] => checkRules(model, { today: '2026-11-21' }, RULES).filter(({ rule }) => rule !== 'not-stated')
const about = ({ rule, subject: { component, relation } }: Checked): string => `${rule} ${component} ${relation}`

describe('rules about resilience', () => {
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
      { numRuns: 2500 },
    )
    assert.deepEqual([...seen].toSorted(), RULES.map(({ id }) => id).toSorted())
  })

  it('create no error where a stated fact becomes unknown', () => {
    property(
      fc.property(design(), fc.nat(), (outline, pick) => {
        const model = modelFrom(outline)
        const places = [...model.components, ...model.relations, ...model.data, ...model.flows].flatMap((subject) => Object.entries(subject.facts).flatMap(([path, fact]) => (fact.from === 'stated' ? [{ id: subject.id, path }] : [])))
        fc.pre(places.length > 0)
        const { id, path } = places[pick % places.length]!
        const blur = <T extends { readonly id: string; readonly facts: Readonly<Record<string, Fact>> }>(subject: T): T =>
          subject.id === id && subject.facts[path] ? { ...subject, facts: { ...subject.facts, [path]: { ...subject.facts[path], value: { type: 'unknown' } } as Fact } } : subject
        const blurred = { ...model, components: model.components.map(blur), relations: model.relations.map(blur), data: model.data.map(blur), flows: model.flows.map(blur) }
        const errors = (of: Model): readonly string[] => check(of).filter(({ severity }) => severity === 'error').map(about)
        const had = new Set(errors(model))
        assert.deepEqual(errors(blurred).filter((one) => !had.has(one)), [], `${id}.${path}`)
      }),
      { numRuns: 1000 },
    )
  })

  it('do not care for the order of statements', () => {
    const both = design().chain((outline) => fc.tuple(fc.constant(outline), fc.shuffledSubarray([...outline.components], { minLength: outline.components.length }), fc.shuffledSubarray([...outline.relations!], { minLength: outline.relations!.length })))
    property(
      fc.property(both, ([outline, components, relations]) => {
        const gist = (one: Outline): readonly string[] => check(modelFrom(one)).map((finding) => `${finding.severity} ${about(finding)}`).toSorted()
        assert.deepEqual(gist({ ...outline, components, relations }), gist(outline))
      }),
      { numRuns: 300 },
    )
  })

  it('only lose findings where something is tolerated', () => {
    property(
      fc.property(design(), fc.constantFrom('loss', 'duplicates', 'conflicts', 'approximation'), fc.nat(), (outline, tolerated, pick) => {
        const subjects = [...outline.components, ...outline.data!].filter(({ says }) => says?.['tolerates'] === undefined)
        const chosen = subjects[pick % subjects.length]!
        const relax = <T extends { readonly says?: Said }>(subject: T): T => (subject === (chosen as unknown) ? { ...subject, says: { ...subject.says, tolerates: tolerated } } : subject)
        const relaxed = { ...outline, components: outline.components.map(relax), data: outline.data!.map(relax) }
        const had = new Set(check(modelFrom(outline)).map(about))
        assert.deepEqual(check(modelFrom(relaxed)).map(about).filter((finding) => !had.has(finding)), [])
      }),
      { numRuns: 300 },
    )
  })
})

/** One of each, with random facts, and random relations among them. */
function design(): fc.Arbitrary<Outline> {
  const maybe = (facts: Readonly<Record<string, readonly string[]>>): fc.Arbitrary<Said> =>
    fc
      .record(Object.fromEntries(Object.entries(facts).map(([path, values]) => [path, fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 2, arbitrary: fc.constantFrom(...values) })])))
      .map((drawn) => Object.fromEntries(Object.entries(drawn).filter((entry): entry is [string, string] => entry[1] !== undefined)))
  const limits = { 'rate-limit.limit': ['80/s'], 'rate-limit.per': ['global', 'client', 'tenant', 'user'], 'rate-limit.state': ['local', 'shared'], 'rate-limit.atomic': ['no'], 'rate-limit.algorithm': ['fixed-window'], 'rate-limit.on-failure': ['open'] }
  const limited = fc.tuple(fc.boolean(), maybe(limits)).map(([there, drawn]): Said => (there ? { ...drawn, 'rate-limit': 'yes' } : {}))
  const works = { replicas: ['1', '2', '4..8'], concurrency: ['1', '8'], 'latency.p50': ['5ms'], capacity: ['100/s', '2k/s'], singleton: ['yes'], 'lock-order': ['id'], 'load-shed': ['yes'], tolerates: ['approximation'] }
  const kinds: Readonly<Record<string, readonly [string, fc.Arbitrary<Said>, string?]>> = {
    app: ['client', maybe({ trusted: ['yes'], public: ['yes', 'no'], jitter: ['full', 'none'] })],
    gate: ['gateway', fc.tuple(maybe({ ...works, connections: ['100k', '1M'], spread: ['3s', '60s'], jitter: ['none', 'full'] }), limited).map(([a, b]) => ({ ...a, ...b }))],
    api: ['service', fc.tuple(maybe({ ...works, 'max-length': ['unlimited', '1k'], memory: ['4GB'], tenancy: ['pool'] }), limited).map(([a, b]) => ({ ...a, ...b }))],
    core: ['service', maybe({ ...works, role: ['sequencer', 'auth'], 'tx.scope': ['row'], 'tx.protocol': ['local', '2pc'] })],
    cron: ['scheduler', maybe({ replicas: ['1', '3'], 'max-gap': ['30s'], restart: ['5min'], 'fan-out': ['40k'], dedupe: ['yes'], voters: ['3'] })],
    jobs: ['queue', maybe({ 'max-length': ['unlimited', '10k'], overflow: ['block', 'reject'], 'max-age': ['1h'], durability: ['memory'], tenancy: ['pool'], 'fair-by': ['tenant-id'] })],
    hand: ['worker', maybe({ ...works, 'fair-by': ['tenant-id'] })],
    etcd: ['coordinator', maybe({ voters: ['3'], 'lease.ttl': ['10s'], 'lock-delay': ['15s'] })],
    hot: ['cache', maybe({ replicas: ['2'] }), 'redis'],
    db: ['database', maybe({ stores: ['#MONEY', '#FEED'], key: ['k'], 'key-dist': ['hot(40%)'], 'key-cardinality': ['5'], 'latency.p50': ['4ms'], capacity: ['500/s'], replicas: ['3'], truth: ['yes'], sync: ['async'], tenancy: ['pool'] })],
    psp: ['external', maybe({ quota: ['100/s'], 'latency.p50': ['300ms'], 'latency.p99': ['2s'], webhook: ['yes'] })],
  }
  const request = { timeout: ['50ms', '3s'], retries: ['2'], calls: ['3'], 'circuit-breaker': ['yes'], bulkhead: ['4', 'unlimited'], fallback: ['empty'], criticality: ['soft'], 'latency.p50': ['80ms'], jitter: ['full', 'none'], spread: ['4s'], 'rate-limit': ['50/s'] }
  const effect = { op: ['insert', 'update', 'upsert', 'charge', 'send', 'read'], idempotent: ['order-id', 'no'], if: ['version'], fencing: ['token', 'no'], tx: ['t'], data: ['#MONEY', '#FEED'] }
  const lock = { 'lease.ttl': ['30s', 'unlimited'], 'lease.hold': ['45s', '100ms'], 'lease.renew': ['10s'], purpose: ['correctness', 'efficiency'], protects: ['@db', '@jobs', '@core'], per: ['global', 'k'], fencing: ['token'], timeout: ['1s'], tx: ['t'], data: ['#MONEY', '#FEED'] }
  const ways: readonly (readonly [string, string, string, Readonly<Record<string, readonly string[]>>])[] = [
    ['app', 'gate', 'calls', request],
    ['app', 'api', 'calls', { ...request, size: ['2KB'] }],
    ['gate', 'api', 'routes', request],
    ['gate', 'core', 'calls', request],
    ['api', 'core', 'calls', request],
    ['core', 'api', 'calls', request],
    ['api', 'jobs', 'publishes', { data: ['#FEED'] }],
    ['cron', 'jobs', 'triggers', {}],
    ['cron', 'core', 'triggers', { calls: ['40k'], cron: ['nightly'], delivery: ['at-most-once'] }],
    ['jobs', 'hand', 'delivers', {}],
    ['api', 'etcd', 'locks', lock],
    ['api', 'hot', 'locks', lock],
    ['core', 'etcd', 'locks', lock],
    ['core', 'db', 'locks', lock],
    ['hand', 'hot', 'locks', lock],
    ['cron', 'etcd', 'locks', lock],
    ['api', 'db', 'writes', { ...request, ...effect }],
    ['core', 'db', 'writes', { ...request, ...effect }],
    ['hand', 'db', 'writes', { ...request, ...effect }],
    ['core', 'psp', 'calls', { ...request, ...effect }],
    ['hand', 'psp', 'calls', { ...request, ...effect }],
    ['psp', 'api', 'calls', {}],
  ]
  const relations = fc
    .tuple(...ways.map(([from, to, verb, facts]) => fc.option(maybe(facts).map((drawn) => ({ from, to, verb, says: drawn })), { nil: undefined, freq: 3 })))
    .map((drawn) => drawn.filter((relation) => relation !== undefined))
  const components = fc.tuple(...Object.entries(kinds).map(([id, [kind, says, uses]]) => says.map((drawn) => ({ id, kind, ...(uses !== undefined && { uses }), says: drawn }))))
  const records = fc.tuple(
    ...(['money', 'feed'] as const).map((name) => maybe({ tolerates: ['loss', 'duplicates'], requires: ['no-duplicates'] }).map((drawn) => ({ id: name.toUpperCase(), says: { class: name, size: '1KB', ...drawn } }))),
  )
  const flows = fc.array(fc.tuple(maybe({ 'rate.peak': ['900/s'], surge: ['20'], availability: ['99.9%'] }), fc.shuffledSubarray(ways.map(([from, to, verb]) => `${from}>${to}:${verb}`), { minLength: 5, maxLength: 14 })), { maxLength: 3 })
  return fc.tuple(components, relations, records, flows).map(([parts, arrows, data, drawn]): Outline => {
    const there = new Set(arrows.map(({ from, to, verb }) => `${from}>${to}:${verb}`))
    return {
      components: parts,
      relations: arrows,
      data,
      flows: drawn.map(([says, steps], at) => ({ title: `flow ${at}`, says: { rate: '300/s', ...says }, steps: steps.filter((step) => there.has(step)) })).filter(({ steps }) => steps.length > 0),
    }
  })
}

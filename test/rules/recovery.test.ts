/** Laws of the rules about availability, recovery and places, tried on random designs of two regions that are full of facts. */
import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { Model } from '../../src/model/model.ts'
import { availabilityTargetUnreachable } from '../../src/rules/availability-target-unreachable.ts'
import { checkRules, type Checked } from '../../src/rules/check.ts'
import { dataResidencyViolation } from '../../src/rules/data-residency-violation.ts'
import { failoverCapacityInsufficient } from '../../src/rules/failover-capacity-insufficient.ts'
import { failoverTargetMissingDependency } from '../../src/rules/failover-target-missing-dependency.ts'
import { noIndependentBackup } from '../../src/rules/no-independent-backup.ts'
import { optionalDependencyIsHard } from '../../src/rules/optional-dependency-is-hard.ts'
import { recoveryDependsOnFailedDomain } from '../../src/rules/recovery-depends-on-failed-domain.ts'
import { rpoNotMet } from '../../src/rules/rpo-not-met.ts'
import { rtoNotMet } from '../../src/rules/rto-not-met.ts'
import { unstagedGlobalChange } from '../../src/rules/unstaged-global-change.ts'
import { openText } from '../../src/workspace.ts'
import { property } from '../support/property.ts'
import { applyFix, sliceOf } from './support.ts'

const RULES = [availabilityTargetUnreachable, optionalDependencyIsHard, failoverCapacityInsufficient, recoveryDependsOnFailedDomain, dataResidencyViolation, failoverTargetMissingDependency, rpoNotMet, rtoNotMet, noIndependentBackup, unstagedGlobalChange]
const RUNS = Number(process.env['RUNS'] ?? 250)

const check = (model: Model): readonly Checked[] => checkRules(model, { today: '2026-11-21' }, RULES).filter(({ rule }) => rule !== 'not-stated')
const about = ({ rule, subject: { component, relation, flow, data } }: Checked): string => (rule === 'availability-target-unreachable' ? `${rule} ${flow}` : rule === 'rto-not-met' ? `${rule} ${flow ?? data ?? component}` : `${rule} ${component} ${relation}`)

describe('rules about recovery', () => {
  it('find each of their kinds somewhere in random designs, and never throw', () => {
    const seen = new Set<string>()
    property(
      fc.property(design(), (text) => {
        const { model, problems } = openText(text)
        assert.deepEqual(problems.filter(({ severity }) => severity === 'error').map(({ message }) => message), [], text)
        for (const { rule, message, help } of check(model)) {
          assert.notEqual(rule, 'rule-failed', `${message}\n${text}`)
          assert.doesNotMatch(`${message} ${help}`, /undefined|NaN|Infinity|\[object/, text)
          seen.add(rule)
        }
      }),
      { numRuns: RUNS * 2 },
    )
    assert.deepEqual([...seen].toSorted(), RULES.map(({ id }) => id).toSorted())
  })

  it('create no error where a stated fact becomes unknown', () => {
    property(
      fc.property(design(), fc.nat(), (text, pick) => {
        const { model } = openText(text)
        const places = [...model.components, ...model.relations, ...model.data, ...model.flows, ...model.containers].flatMap(({ facts }) =>
          Object.values(facts).flatMap((fact) => {
            if (fact.from !== 'stated' || fact.inheritedFrom !== undefined) return []
            const name = /^([\w.-]+)\s*:/.exec(sliceOf(text, fact))?.[1]
            return name === undefined ? [] : [{ origin: fact.origin, name }]
          }),
        )
        fc.pre(places.length > 0)
        const { origin, name } = places[pick % places.length]!
        const blurred = applyFix(text, { edits: [{ origin, newText: `${name}: unknown` }] })
        const errors = (of: Model): readonly string[] => check(of).filter(({ severity }) => severity === 'error').map(about)
        const had = new Set(errors(model))
        assert.deepEqual(errors(openText(blurred).model).filter((one) => !had.has(one)), [], `${name}\n${blurred}`)
      }),
      { numRuns: RUNS },
    )
  })

  it('offer fixes that remove their findings and create no error', () => {
    property(
      fc.property(design(), (text) => {
        const before = check(openText(text).model)
        const errors = new Set(before.filter(({ severity }) => severity === 'error').map(about))
        for (const finding of before) {
          for (const fix of finding.fixes) {
            const fixed = applyFix(text, fix)
            const { model, problems } = openText(fixed)
            assert.deepEqual(problems.filter(({ severity }) => severity === 'error').map(({ message }) => message), [], fixed)
            const after = check(model)
            assert.ok(!after.some((one) => about(one) === about(finding) && one.message === finding.message), `"${fix.title}" leaves ${finding.message}\n${fixed}`)
            assert.deepEqual(after.filter(({ severity }) => severity === 'error').map(about).filter((one) => !errors.has(one)), [], `"${fix.title}" of ${about(finding)}\n${fixed}`)
          }
        }
      }),
      { numRuns: Math.ceil(RUNS / 4) },
    )
  })

  it('find no more where something is tolerated', () => {
    const words = fc.constantFrom('loss', 'unavailability', 'staleness(1d)', 'duplicates')
    property(
      fc.property(design(), words, (text, word) => {
        const had = new Set(check(openText(text).model).map(about))
        const relaxed = text.replace('flow "Go" {', `flow "Go" { tolerates: ${word}, `)
        assert.deepEqual(check(openText(relaxed).model).map(about).filter((one) => !had.has(one)), [], relaxed)
      }),
      { numRuns: RUNS },
    )
  })
})

/** A shop in two regions, with anything about it stated or left out. */
function design(): fc.Arbitrary<string> {
  const maybe = (...values: readonly string[]): fc.Arbitrary<string> => values.length === 0 ? fc.constant('') : fc.oneof({ weight: 2, arbitrary: fc.constant('') }, { weight: 1, arbitrary: fc.constantFrom(...values) })
  const body = (...options: readonly (readonly string[])[]): fc.Arbitrary<string> => fc.tuple(...options.map((values) => maybe(...values))).map((drawn) => drawn.filter((one) => one !== '').join(', '))
  const server = body(['replicas: 1', 'replicas: 3', 'replicas: 6'], ['zones: 3'], ['capacity: 40/s', 'capacity: 200/s'], ['availability: 99.9%', 'availability: 99%'], ['on-bad: crash', 'on-bad: last-good'], ['role: recommendation', 'criticality: optional'], ['restart: 5min'], ['monitored-by: watch', 'deploy { via: tool }', 'secrets-from: tool'])
  const store = body(['replicas: 1', 'replicas: 2', 'replicas: 3'], ['zones: 3'], ['stores: Order', 'stores: [Order, Note]'], ['sync: async', 'sync: quorum'], ['lag: 3s'], ['failover { mode: auto, detect: 10s, promote: 20s, fencing: yes, via: tool }', 'failover { mode: manual, promote: 1min }'], ['backup { interval: 1h, to: vault }', 'backup: none', 'backup { interval: 1d, pitr: yes, tested: no }'], ['rpo: 0s', 'rpo: 10s', 'rto: 1min'], ['volume: host', 'storage: 1TB', 'restore { bandwidth: 100MB/s, via: tool }'], ['capacity: 100/s'])
  const arrow = (text: string, ...values: readonly string[]): fc.Arbitrary<string> => fc.tuple(fc.boolean(), maybe(...values)).map(([there, said]) => (there ? `${text}${said === '' ? '' : ` { ${said} }`}` : ''))
  const way = (text: string): fc.Arbitrary<string> => arrow(text, 'criticality: soft', 'fallback: empty', 'timeout: 1s', 'data: Order', 'data: Order, transform: tokenise')
  return fc
    .record({
      data: body(['class: order', 'class: session'], ['residency: eu'], ['rpo: 1s', 'rto: 5min']),
      api: server, api2: server, side: server, tool: server,
      db: store, db2: store,
      names: body(['ttl: 5min', 'ttl: 10s'], ['policy: anycast']),
      flow: body(['rate: 100/s', 'rate: 100/s, peak: 300/s'], ['availability: 99.9%', 'availability: 99.99%'], ['survives: region', 'survives: zone'], ['rpo: 0s', 'rpo: 5s'], ['rto: 30s', 'rto: 1h'], ['needs: side']),
      arrows: fc.tuple(
        arrow('names -> api, api2 : routes'), arrow('names -> api : routes'), arrow('api -> api2 : fails-over-to', 'mode: manual', 'detect: 30s, promote: 1min, via: tool'),
        way('api -> db : writes'), way('api -> db : reads'), way('api2 -> db2 : writes'), way('api -> side'), way('api2 -> side'), way('tool -> db : reads'), way('tool -> api'),
        arrow('db ~> db2 : replicates', 'sync: async, lag: 5s', 'sync: sync'), arrow('db ~> vault : backs-up', 'period: 1h', 'pitr: yes'), arrow('db2 ~> vault : backs-up'),
        arrow('watch -> api, db : observes'), way('watch -> side'), arrow('tool ~> api, api2 : configures', 'rollout: all-at-once', 'rollout: staged', 'needed-for: request'), way('side -> api'),
      ),
      named: fc.boolean(),
    })
    .map(({ data, api, api2, side, tool, db, db2, names, flow, arrows, named }) => {
      const there = arrows.filter((one) => one !== '')
      // Both ways of routing at once would be the same arrow twice.
      const routes = there.filter((one) => one.startsWith('names ->'))
      const kept = there.filter((one) => !one.startsWith('names ->') || one === routes[0])
      return [
        `data Order { ${data} }`, 'data Note { class: message }', 'client user', `dns names { ${names} }`,
        `region eu-1 {\n  service api { ${api} }\n  database db uses postgres { ${db} }\n  service tool { ${tool} }\n  monitor watch\n}`,
        `region us-1 {\n  service api2 { ${api2} }\n  database db2 uses postgres { ${db2} }\n}`,
        `service side { ${side} }`, 'object-store vault { versioning: yes }',
        'user -> names', ...(routes.length === 0 ? ['user -> api'] : []), ...kept,
        `flow "Go" { ${flow}\n  user -> ${routes.length > 0 ? `names${named ? ' -> api' : ''}` : 'api'}\n}`,
      ].join('\n')
    })
}

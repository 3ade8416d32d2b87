/** The laws that hold for every rule (design/rules/README.md), tried on every example of every page and on the acceptance designs. */
import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { analyse } from '../../src/analysis/analysis.ts'
import { isUnlimited, known, number } from '../../src/model/facts.ts'
import type { Component, Model, Relation, TextEdit } from '../../src/model/model.ts'
import type { Facts } from '../../src/model/value.ts'
import { checkRules, type Checked } from '../../src/rules/check.ts'
import { insertIntoBody, replaceRelation, setOnRelation, setProperty, type Editable } from '../../src/rules/edits.ts'
import { allRules } from '../../src/rules/index.ts'
import type { Rule } from '../../src/rules/rule.ts'
import { openDesign, openText } from '../../src/workspace.ts'
import { property } from '../support/property.ts'
import { newErrors, toldIn } from './breaches.ts'
import { applyFix, corpus, errorsOf, keyOf, outcomeOf, sliceOf, TODAY, type Design, type Outcome } from './support.ts'

const designs = corpus().map((design) => brief(design, design))
const outcomes = new Map<Design, Outcome>()
const RUNS = Number(process.env['RUNS'] ?? 150)

function outcome(design: Design): Outcome {
  const made = outcomes.get(design) ?? outcomeOf(design.text)
  outcomes.set(design, made)
  return made
}

/** A design of the corpus together with something in it, where it has such a thing. */
function somewhere<T>(pick: (model: Model, text: string) => readonly T[]): fc.Arbitrary<{ design: Design; model: Model; it: T }> {
  const places = designs.flatMap((design) => pick(outcome(design).model, design.text).map((it) => brief(design, { design, model: outcome(design).model, it })))
  assert.ok(places.length > 5, `the corpus has only ${places.length} such places`)
  return fc.constantFrom(...places)
}

/** Shown in a counterexample instead of the whole model. */
function brief<T extends object>(design: Design, value: T): T {
  const it = (value as { it?: { id?: string; name?: string } }).it
  return Object.defineProperty(value, fc.toStringMethod, { value: () => `${design.name} ${it?.id ?? it?.name ?? ''}`, enumerable: false })
}

/** Rule, severity and the names it speaks of, whatever their order; the note that lists what is missing may show others of a long list first. */
function gist({ rule, severity, message }: { rule: string; severity: string; message: string }): string {
  if (rule === 'not-stated') return `${severity} ${rule}`
  return `${severity} ${rule} ${[...new Set(message.match(/`[^`]+`/g) ?? [])].sort().join(' ')}`
}

describe('laws of the rules', () => {
  it('has a corpus to try them on', () => {
    assert.ok(designs.length > 40, `${designs.length} designs`)
    assert.ok(designs.some((design) => outcome(design).findings.length > 0))
  })

  it('a fix removes its finding and creates no error', () => {
    let tried = 0
    for (const design of designs) {
      const before = outcome(design)
      const errors = errorsOf(before)
      for (const finding of before.findings) {
        for (const fix of finding.fixes) {
          tried++
          const fixed = applyFix(design.text, fix)
          const after = outcomeOf(fixed)
          const what = `${design.name}: "${fix.title}" of ${keyOf(finding)}\n${fixed}`
          assert.ok(!after.findings.some((one) => keyOf(one) === keyOf(finding) && one.message === finding.message), what)
          assert.deepEqual([...errorsOf(after)].filter((error) => !errors.has(error)), [], what)
        }
      }
    }
    assert.ok(tried > 80, `${tried} fixes`)
  })

  it('renaming a component changes no finding', () => {
    property(
      fc.property(somewhere((model) => model.components), ({ design, model, it: component }) => {
        const fresh = `${component.name}-renamed`
        const places = model.mentions.filter(({ target }) => target.kind === 'component' && target.id === component.id)
        const written = places.map((mention) => ({ mention, text: sliceOf(design.text, mention) }))
        fc.pre(written.every(({ text }) => text === component.name))
        const renamed = applyFix(design.text, { edits: places.map(({ origin }) => ({ origin, newText: fresh })) })
        const back = (text: string): string => text.replaceAll(fresh, component.name)
        const after = outcomeOf(renamed)
        assert.deepEqual(after.findings.map((one) => gist({ ...one, message: back(one.message) })).sort(), outcome(design).findings.map(gist).sort())
        assert.deepEqual(after.problems.length, outcome(design).problems.length)
      }),
      { numRuns: RUNS },
    )
  })

  it('two copies of a design side by side are each judged as if they were alone', () => {
    property(
      fc.property(fc.constantFrom(...designs.filter((design) => isCopyable(design, outcome(design).model))), (design) => {
        const { model, findings } = outcome(design)
        const edits = model.mentions.filter(({ target: { kind } }) => ['component', 'data', 'container'].includes(kind)).map((mention) => ({ origin: mention.origin, newText: sliceOf(design.text, mention).split('.').map((name) => `${name}-copied`).join('.') }))
        const copy = applyFix(design.text, { edits }).replace(/((?:flow|after:) "[^"]+)"/g, '$1 (copied)"')
        const both = outcomeOf(`${design.text}\n${copy}`)
        assert.deepEqual(both.problems.filter(({ severity }) => severity === 'error').map(({ message }) => message), [], copy)
        // Which others are named beside it, and how many they are, is a matter of the whole.
        const who = ({ rule, severity, subject }: Checked): string => `${severity} ${rule} ${subject.container ?? subject.relation ?? subject.component ?? subject.data ?? ''}`.replaceAll('-copied', '')
        const told = (all: readonly Checked[]): readonly string[] => all.filter(({ rule }) => rule !== 'not-stated').map(who).sort()
        assert.deepEqual(told(both.findings), told([...findings, ...findings]), copy)
      }),
      { numRuns: RUNS },
    )
  })

  it('replacing a stated fact by unknown never creates an error', () => {
    property(
      fc.property(somewhere(statedFacts), ({ design, it: { origin, name } }) => {
        const edits = [{ origin, newText: `${name}: unknown` }]
        assertNoNewErrors(design, applyFix(design.text, { edits }), edits)
      }),
      { numRuns: RUNS },
    )
  })

  it('one copy more never worsens, and in the same failure unit never improves, what a loss does', () => {
    const inPlace = ['single-point-of-failure', 'common-mode-dependency', 'quorum-does-not-overlap']
    const rules = [...inPlace, 'availability-target-unreachable', 'failover-capacity-insufficient', 'rpo-not-met', 'rto-not-met']
    const counted = (model: Model): readonly Component[] => model.components.filter((component) => (number(component.facts, 'replicas') ?? 0) >= 2 && known(component.facts, 'replicas')?.value.type === 'quantity')
    property(
      fc.property(somewhere(counted), ({ design, it: component }) => {
        const more = applyFix(design.text, { edits: setProperty(component, 'replicas', String(number(component.facts, 'replicas')! + 1)) })
        const of = (one: Outcome, among = rules): readonly string[] => one.findings.filter(({ rule }) => among.includes(rule)).map(keyOf).sort()
        const [before, after] = [of(outcome(design)), of(outcomeOf(more))]
        assert.deepEqual(after.filter((key) => !before.includes(key)), [], 'worse')
        // A fourth voter makes the majority larger and bears no more: two more are what never worsens a quorum.
        const two = applyFix(design.text, { edits: setProperty(component, 'replicas', String(number(component.facts, 'replicas')! + 2)) })
        const lost = of(outcome(design), ['quorum-lost-with-one-failure'])
        assert.deepEqual(of(outcomeOf(two), ['quorum-lost-with-one-failure']).filter((key) => !lost.includes(key)), [], 'worse with two more')
        // Another copy in the one place where all of them are helps nothing.
        const stuck = outcome(design).findings.filter(({ rule, message }) => inPlace.includes(rule) && !message.includes('single copy') && !message.includes('one of two')).map(keyOf)
        assert.deepEqual(stuck.filter((key) => !after.includes(key)), [], 'better without a reason')
      }),
      { numRuns: RUNS },
    )
  })

  it('one retry more never removes a finding about retries or idempotency', () => {
    const rules = ['retry-of-non-idempotent-call', 'retry-amplification', 'non-idempotent-consumer', 'idempotency-window-too-short', 'dedupe-record-not-atomic', 'synchronised-herd', 'timeout-inversion', 'slow-dependency-exhausts-pool']
    const waited = (model: Model): readonly Relation[] => model.relations.filter(({ verb, arrow, facts }) => arrow === 'request' && ['calls', 'reads', 'writes', 'routes'].includes(verb) && !isUnlimited(facts, 'retries'))
    property(
      fc.property(somewhere(waited), ({ design, model, it: relation }) => {
        const edits = setOnRelation(model, relation, { retries: String((number(relation.facts, 'retries') ?? 0) + 1) })
        fc.pre(edits !== undefined)
        const before = outcome(design).findings.filter(({ rule }) => rules.includes(rule))
        const after = outcomeOf(applyFix(design.text, { edits: edits! }))
        const told = toldIn(after.findings, [], outcome(design))
        assert.deepEqual(before.filter((one) => !told(one)).map(keyOf), [])
      }),
      { numRuns: RUNS },
    )
  })

  it('tolerating something only ever removes findings', () => {
    const subjects = (model: Model): readonly Editable[] => [...model.data, ...model.flows, ...model.components].filter(({ facts }) => known(facts, 'tolerates') === undefined)
    const word = fc.constantFrom('loss', 'duplicates', 'reordering', 'staleness(1d)', 'unavailability', 'conflicts', 'approximation')
    property(
      fc.property(somewhere(subjects), word, ({ design, it: subject }, tolerated) => {
        const relaxed = applyFix(design.text, { edits: [insertIntoBody(subject, `tolerates: ${tolerated}`)] })
        const before = outcome(design)
        const after = outcomeOf(relaxed)
        assert.equal(after.problems.length, before.problems.length, relaxed)
        const had = new Set(before.findings.map(keyOf))
        assert.deepEqual(after.findings.filter((one) => one.rule !== 'unused-accept' && !had.has(keyOf(one))).map(keyOf), [], relaxed)
      }),
      { numRuns: RUNS },
    )
  })

  it('splitting a service into two hops never makes a flow survive more, nor raises its computed availability', () => {
    const rules = ['single-point-of-failure', 'common-mode-dependency']
    // How hard a limiter's counter is, its own caller says; behind another service nobody does.
    const limiter = (model: Model, id: string): boolean => model.components.some((component) => component.id === id && known(component.facts, 'role') !== undefined)
    const plain = (model: Model): readonly Relation[] =>
      model.flows.length > 0 ? [] : model.relations.filter(({ verb, body, label }) => ['calls', 'reads', 'writes'].includes(verb) && !body && label === undefined).filter(({ to }) => !limiter(model, to))
    property(
      fc.property(somewhere(plain), ({ design, model, it: relation }) => {
        const edits = replaceRelation(model, relation, [`${relation.from} -> split-off : calls`, `split-off -> ${relation.to} : ${relation.verb}`])
        fc.pre(edits !== undefined && ['service', 'gateway', 'client'].includes(model.components.find(({ id }) => id === relation.from)!.kind))
        const split = `${applyFix(design.text, { edits: edits! })}\nservice split-off\n`
        const of = ({ findings }: Outcome): readonly string[] => findings.filter(({ rule }) => rules.includes(rule)).map(keyOf)
        const after = outcomeOf(split)
        assert.deepEqual(after.problems.filter(({ severity }) => severity === 'error').map(({ message }) => message), outcome(design).problems.filter(({ severity }) => severity === 'error').map(({ message }) => message), split)
        const fell = new Set(of(after))
        assert.deepEqual(of(outcome(design)).filter((key) => !fell.has(key)), [], split)
        const [whole, halved] = [analyse(model).availability, analyse(after.model).availability]
        for (const [at, { value }] of whole.entries()) assert.ok((halved[at]?.value ?? 0) <= value + 1e-12, `${design.name}: ${value} becomes ${halved[at]?.value}\n${split}`)
      }),
      { numRuns: RUNS },
    )
  })

  it('the order of statements changes nothing', () => {
    property(
      fc.property(fc.constantFrom(...designs), fc.infiniteStream(fc.nat()), (design, stream) => {
        const statements = topLevel(design)
        const next = stream[Symbol.iterator]()
        const shuffled = statements.map((text) => ({ text, rank: next.next().value as number })).sort((a, b) => a.rank - b.rank).map(({ text }) => text)
        assert.deepEqual(outcomeOf(shuffled.join('\n')).findings.map(gist).sort(), outcome(design).findings.map(gist).sort(), shuffled.join('\n'))
      }),
      { numRuns: RUNS },
    )
  })

  it('the split into files changes nothing', async () => {
    const { seed } = { seed: Number(process.env['SEED'] ?? 7) }
    for (const [index, design] of designs.entries()) {
      const statements = topLevel(design)
      const cut = (seed + index) % (statements.length + 1)
      const files = new Map([
        ['test:/design.lintel', [`import "./rest.lintel"`, ...statements.slice(0, cut)].join('\n')],
        ['test:/rest.lintel', statements.slice(cut).join('\n')],
      ])
      // A waiver for a whole file follows its file.
      if (statements.some((statement) => statement.trimStart().startsWith('accept '))) continue
      const opened = await openDesign('test:/design.lintel', { read: (uri) => (files.has(uri) ? { text: files.get(uri)! } : { error: 'missing' }) })
      const findings = checkRules(opened.model, { today: TODAY })
      assert.deepEqual(findings.map(gist).sort(), outcome(design).findings.map(gist).sort(), design.name)
    }
  })

  it('a rule that throws costs its own findings only, and says so', () => {
    property(
      fc.property(fc.constantFrom(...designs), fc.constantFrom(...allRules), (design, broken) => {
        const throwing: Rule = {
          ...broken,
          *check(model, analysis, settings) {
            yield* broken.check(model, analysis, settings)
            throw new Error('on purpose')
          },
        }
        const { model } = openText(design.text)
        const others = allRules.filter((rule) => rule !== broken)
        const list = allRules.map((rule) => (rule === broken ? throwing : rule))
        const after = checkRules(model, { today: TODAY }, list)
        const alone = checkRules(model, { today: TODAY }, others).filter(({ rule }) => rule !== 'unknown-rule')
        assert.deepEqual(after.filter(({ rule }) => rule !== 'rule-failed').map(gist).sort(), alone.map(gist).sort())
        const failures = after.filter(({ rule }) => rule === 'rule-failed')
        assert.equal(failures.length, 1)
        assert.match(failures[0]!.message, new RegExp(`${broken.id}.*on purpose`))
      }),
      { numRuns: 60 },
    )
  })

  it('the model is not touched, and the same design gives the same findings', () => {
    for (const design of designs) {
      const { model, findings } = outcome(design)
      const before = JSON.stringify(model)
      assert.deepEqual(checkRules(model, { today: TODAY }), findings)
      assert.equal(JSON.stringify(model), before)
    }
  })
})

/**
 * What is named once and for the whole design cannot stand there twice: settings of the design, `let`s, waivers of a file, kinds and technologies of one's own,
 * scenarios and views. A saga of the same name is the same saga, and a zone named by replicas is the same zone.
 */
function isCopyable({ text }: Design, model: Model): boolean {
  const once = [model.design ? [model.design] : [], model.lets, model.waivers, model.ownKinds, model.ownTechnologies, model.scenarios, model.views]
  return once.every((list) => list.length === 0) && model.components.every(({ parts }) => parts.length === 0) && !/\bsaga:/.test(text)
}

function assertNoNewErrors(design: Design, changed: string, edits: readonly TextEdit[]): void {
  assert.deepEqual(newErrors(outcome(design), outcomeOf(changed), edits), [], changed)
}

interface StatedPlace {
  readonly origin: import('../../src/model/origin.ts').Origin
  readonly name: string
}

/** Properties written as `name: value`. */
function statedFacts(model: Model, text: string): readonly StatedPlace[] {
  const tables: Facts[] = [...model.components, ...model.relations, ...model.data, ...model.flows, ...model.containers].map(({ facts }) => facts)
  const seen = new Set<string>()
  return tables.flatMap((facts) =>
    Object.values(facts).flatMap((fact): StatedPlace | [] => {
      if (fact.from !== 'stated' || fact.inheritedFrom !== undefined) return []
      const place = JSON.stringify(fact.origin.range)
      const name = /^([\w.-]+)\s*:/.exec(sliceOf(text, fact))?.[1]
      if (name === undefined || seen.has(place)) return []
      seen.add(place)
      return { origin: fact.origin, name }
    }),
  )
}

/** The statements on the top level as texts, annotations and comments between them left out. */
function topLevel(design: Design): readonly string[] {
  const { model } = outcome(design)
  const own = [
    ...(model.design ? [model.design.extent] : []),
    ...[...model.lets, ...model.data, ...model.containers, ...model.components, ...model.relations, ...model.flows, ...model.scenarios, ...model.views, ...model.waivers, ...model.ownKinds, ...model.ownTechnologies].map(({ extent }) => extent),
  ]
  const offset = (position: { line: number; character: number }): number => position.line * 1e6 + position.character
  const unique = [...new Map(own.map((extent) => [JSON.stringify(extent.range), extent])).values()].sort((a, b) => offset(a.range.start) - offset(b.range.start) || offset(b.range.end) - offset(a.range.end))
  let end = -1
  return unique.flatMap((extent) => {
    if (offset(extent.range.start) < end) return []
    end = offset(extent.range.end)
    return [sliceOf(design.text, { origin: extent })]
  })
}


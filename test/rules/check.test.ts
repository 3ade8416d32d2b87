/** What the framework does with findings, whatever the rule: severities, suffixes, waivers, precedence, failures. */
import assert from 'node:assert/strict'
import type { Model, Waiver } from '../../src/model/model.ts'
import type { Fact } from '../../src/model/value.ts'
import { checkRules, type Checked, type CheckOptions } from '../../src/rules/check.ts'
import { precedences } from '../../src/rules/precedence.ts'
import type { Finding, Rule } from '../../src/rules/rule.ts'
import { openText } from '../../src/workspace.ts'
import { make } from '../analysis/make.ts'

const made = make({
  components: { api: ['service'], db: ['database'], cache: ['cache'], user: ['client'] },
  relations: [['user > api : calls'], ['api > db : writes'], ['api > cache : reads']],
  flows: { Save: { steps: ['user > api', 'api > db'] } },
})
const at = made.components[0]!.origin
const stated: Fact = { from: 'stated', value: { type: 'word', word: 'x' }, origin: at }
const byDefault = (confidence: 'high' | 'medium' | 'low', by = 'kafka(2.8)'): Fact => ({ from: 'default', value: { type: 'word', word: 'x' }, by, confidence, source: 'its manual' })

function finding(more: Partial<Finding> = {}): Finding {
  return { at, subject: { component: 'db' }, message: 'It breaks.', help: 'Mend it.', related: [], facts: [stated], fixes: [], ...more }
}

function rule(id: string, findings: readonly Finding[], more: Partial<Rule> = {}): Rule {
  return { id, code: id, severity: 'error', title: id, why: '', sources: [], needs: [], fixable: false, *check() { yield* findings }, ...more }
}

function checked(rules: readonly Rule[], { waivers = [], ...options }: CheckOptions & { waivers?: readonly Waiver[] } = {}, model: Model = made): readonly Checked[] {
  return checkRules({ ...model, waivers }, { today: '2026-11-21', rules: { 'not-stated': 'off', ...options.rules } }, rules)
}

function waiver(scope: Waiver['scope'], more: Partial<Waiver> = {}): Waiver {
  return { rule: 'a', reason: 'we know', scope, origin: at, extent: at, ...more }
}

describe('checking', () => {
  it('is as sure as the least sure fact, and says whose default it is', () => {
    const severities = (facts: readonly Fact[]): string => checked([rule('a', [finding({ facts })])])[0]!.severity
    assert.equal(severities([stated]), 'error')
    assert.equal(severities([stated, byDefault('high')]), 'error')
    assert.equal(severities([byDefault('high'), byDefault('medium')]), 'warning')
    assert.equal(severities([byDefault('low'), byDefault('medium')]), 'info')
    assert.equal(checked([rule('a', [finding({ facts: [byDefault('high')] })])])[0]!.message, 'It breaks (default of `kafka(2.8)`; state it to override).')
    assert.equal(checked([rule('a', [finding({ facts: [byDefault('high'), byDefault('high', 'redis')] })])])[0]!.message, 'It breaks (defaults of `kafka(2.8)` and `redis`; state them to override).')
  })

  it('shows an error as a warning while nobody says what the data is for', () => {
    assert.equal(checked([rule('a', [finding({ intentUnknown: true })])])[0]!.severity, 'warning')
    assert.equal(checked([rule('a', [finding({ intentUnknown: true, severity: 'info' })])])[0]!.severity, 'info')
    assert.equal(checked([rule('a', [finding({ intentUnknown: true, facts: [byDefault('medium')] })])])[0]!.severity, 'info')
  })

  it('follows the settings: another severity, or off', () => {
    assert.equal(checked([rule('a', [finding()])], { rules: { a: 'hint' } })[0]!.severity, 'hint')
    assert.deepEqual(checked([rule('a', [finding()])], { rules: { a: 'off' } }), [])
  })

  it('takes a severity as the most that a finding counts as: what is milder than its rule stays milder', () => {
    const set = (own: Rule['severity'], said: Rule['severity'], more: Partial<Finding> = {}) => checked([rule('a', [finding(more)], { severity: own })], { rules: { a: said } })[0]!.severity
    const unsure = { facts: [byDefault('medium')] }
    assert.deepEqual([set('error', 'error'), set('error', 'error', unsure), set('error', 'error', { severity: 'info' })], ['error', 'warning', 'info'])
    assert.deepEqual([set('error', 'warning'), set('error', 'warning', unsure), set('error', 'info', unsure)], ['warning', 'warning', 'info'])
    assert.deepEqual([set('warning', 'error'), set('warning', 'error', unsure), set('info', 'error', unsure)], ['error', 'warning', 'error'])
    const note = checkRules({ ...made, waivers: [waiver({ type: 'component', ids: ['db'] })] }, { rules: { 'unused-accept': 'error', 'not-stated': 'off' } }, [rule('a', [])])
    assert.deepEqual(note.map(({ rule, severity }) => `${rule} ${severity}`), ['unused-accept error'])
  })

  it('silences what an accept covers: its subject, what is nested in it, either end of a relation, data, flow, file', () => {
    const relation = 'api>db:writes'
    const silent = (scope: Waiver['scope'], subject: Finding['subject']): boolean => checked([rule('a', [finding({ subject })])], { waivers: [waiver(scope)] }).every(({ rule }) => rule !== 'a')
    assert.ok(silent({ type: 'component', ids: ['db'] }, { component: 'db' }))
    assert.ok(!silent({ type: 'component', ids: ['api'] }, { component: 'db' }))
    assert.ok(silent({ type: 'component', ids: ['db'] }, { relation }))
    assert.ok(silent({ type: 'component', ids: ['api'] }, { relation }))
    assert.ok(!silent({ type: 'component', ids: ['cache'] }, { relation }))
    assert.ok(silent({ type: 'relation', ids: [relation] }, { relation, component: 'api' }))
    assert.ok(silent({ type: 'flow', ids: ['Save'] }, { component: 'db', flow: 'Save' }))
    assert.ok(!silent({ type: 'flow', ids: ['Save'] }, { component: 'db' }))
    assert.ok(silent({ type: 'data', ids: ['Order'] }, { data: 'Order' }))
    assert.ok(silent({ type: 'file', file: 'test:/made' }, { component: 'db' }))
    assert.ok(!silent({ type: 'file', file: 'test:/other' }, { component: 'db' }))
    const nested: Model = { ...made, components: made.components.map((one) => (one.id === 'db' ? { ...one, parent: 'us' } : one)), containers: [{ ...made.components[0]!, id: 'us', name: 'us', kind: 'region' }] }
    assert.deepEqual(checked([rule('a', [finding()])], { waivers: [waiver({ type: 'container', ids: ['us'] })] }, nested), [])
  })

  it('reports an accept that silences nothing, that has run out, or that names no rule', () => {
    const scope = { type: 'component', ids: ['db'] } as const
    const codes = (rules: readonly Rule[], more: Partial<Waiver>): readonly string[] => checked(rules, { waivers: [waiver(scope, more)] }).map(({ rule, severity }) => `${severity} ${rule}`)
    assert.deepEqual(codes([rule('a', [])], {}), ['warning unused-accept'])
    assert.deepEqual(codes([rule('a', [finding()])], { until: '2026-11-21' }), [])
    assert.deepEqual(codes([rule('a', [finding()])], { until: '2026-11-20' }), ['error a', 'warning expired-accept'])
    assert.deepEqual(codes([rule('a', [])], { until: '2026-11-20' }), ['warning unused-accept'])
    const [unknown] = checked([rule('hot-partition', [])], { waivers: [waiver(scope, { rule: 'hot-partitions' })] })
    assert.equal(unknown!.rule, 'unknown-rule')
    assert.match(unknown!.message, /Did you mean `hot-partition`/)
    assert.equal(unknown!.fixes[0]!.edits[0]!.newText, 'hot-partition')
  })

  it('does not call an accept unused where the rule cannot know yet', () => {
    const [only] = checked([rule('a', [], { needs: ['key-dist'] })], { waivers: [waiver({ type: 'component', ids: ['db'] })] })
    assert.equal(only!.severity, 'info')
    assert.match(only!.message, /`key-dist` is not stated/)
  })

  it('keeps the report of the others when a rule throws, and says so', () => {
    const broken = rule('b', [], { *check() { yield finding(); throw new Error('no such thing') } })
    const result = checked([rule('a', [finding()]), broken], { waivers: [waiver({ type: 'component', ids: ['db'] }, { rule: 'b' })] })
    assert.deepEqual(result.map((one) => one.rule).sort(), ['a', 'rule-failed'])
    assert.match(result.find((one) => one.rule === 'rule-failed')!.message, /`b`.*no such thing/)
  })

  it('reports one root cause once: the winner takes the other along', () => {
    const single = rule('single-point-of-failure', [finding(), finding({ subject: { component: 'api' } })])
    const result = checked([single, rule('common-mode-dependency', [finding({ message: 'Both need it.' })])])
    assert.deepEqual(result.map(({ rule, subject }) => `${rule} ${subject.component}`).sort(), ['common-mode-dependency db', 'single-point-of-failure api'])
    assert.match(result.find((one) => one.rule === 'common-mode-dependency')!.related.at(-1)!.message, /single-point-of-failure: It breaks/)
  })

  it('has a precedence without a ring', () => {
    const over = new Map<string, string[]>()
    for (const { wins, over: loser } of precedences) over.set(wins, [...(over.get(wins) ?? []), loser])
    const below = (rule: string, seen: readonly string[]): void => {
      assert.ok(!seen.includes(rule), [...seen, rule].join(' > '))
      for (const loser of over.get(rule) ?? []) below(loser, [...seen, rule])
    }
    for (const rule of over.keys()) below(rule, [])
  })

  it('offers to accept it, last of all, in the narrowest place', () => {
    const own = { title: 'Mend', edits: [] }
    const [one] = checked([rule('a', [finding({ fixes: [own] })])])
    assert.deepEqual(one!.fixes.map(({ title }) => title), ['Mend', 'Accept this, because …'])
    assert.equal(one!.fixes[1]!.edits[0]!.newText, ' { accept a because "…" }')
  })

  it('keeps an order of its own', () => {
    const place = (line: number): Finding => finding({ at: { file: 'test:/made', range: { start: { line, character: 0 }, end: { line, character: 1 } } }, subject: {} })
    const result = checked([rule('b', [place(3), place(1)]), rule('a', [place(3)], { severity: 'warning' })])
    assert.deepEqual(result.map(({ rule, at: { range } }) => `${range.start.line} ${rule}`), ['1 b', '3 b', '3 a'])
  })
})

describe('the not-stated note', () => {
  it('is one a flow, and neither an error nor a warning', () => {
    const notes = checkRules(made, { today: '2026-11-21' }, [])
    assert.deepEqual(notes.map(({ rule, severity }) => `${severity} ${rule}`), ['info not-stated'])
    assert.match(notes[0]!.message, /^Not stated for "Save": its rate \(load, hot keys\); replicas of `api` and `db` \(single points of failure\)\.$/)
  })

  it('says nothing where all is said', () => {
    const full = make({
      components: { api: ['service', { replicas: 2 }], db: ['database', { replicas: 3 }], user: ['client'] },
      relations: [['user > api : calls'], ['api > db : writes']],
      flows: { Save: { steps: ['user > api', 'api > db'], facts: { rate: 100 } } },
    })
    assert.deepEqual(checkRules(full, { today: '2026-11-21' }, []), [])
  })

  const notes = (text: string): readonly string[] => checkRules(openText(text).model, { today: '2026-11-21' }, []).map(({ severity, message }) => `${severity} ${message}`)
  const shop = (says: { data?: string; api?: string; db?: string; more?: string } = {}): string => `
    data Order { class: order${says.data ?? ''} }
    client web
    service api { replicas: 2 ${says.api ?? ''} }
    database ledger { replicas: 3, stores: Order ${says.db ?? ''} }
    queue jobs
    worker packer
    queue parked
    web -> api
    api -> ledger : writes
    api ~> jobs ~> packer
    jobs ~> parked : dead-letters
    ${says.more ?? ''}
    flow "Buy" { rate: 5/s   web -> api -> ledger }`

  it('names the concerns that the whole design leaves out in one line, and only where they matter', () => {
    for (const goal of ['', 'design "Shop" { goal: "Sell" }']) {
      const sketch = shop({ more: goal })
      const promising = sketch.replace('rate: 5/s', 'rate: 5/s, availability: 99%')
      const line = ['info Nowhere in the design: a backup of `ledger`; who may reach `ledger`; an alarm for `parked`.']
      assert.deepEqual(notes(sketch), goal === '' ? [] : line)
      assert.deepEqual(notes(promising), line)
    }
    assert.deepEqual(notes(shop().replace('rate: 5/s', '')), ['info Not stated for "Buy": its rate (load, hot keys). Nowhere in the design: a backup of `ledger`; who may reach `ledger`; an alarm for `parked`.'])
    const design = 'design "Shop" { goal: "Sell" }\n'
    assert.deepEqual(notes(shop({ db: ', rpo: 5s', api: ', auth: token', more: design + 'monitor eyes' })), [])
    assert.deepEqual(notes(shop({ db: ', backup: unknown', api: ', auth: none', more: design + 'api ~> jobs : publishes "x" { alarm: age }' })), [])
    // Nobody says what is kept there: it may be of no account.
    assert.deepEqual(notes(shop({ more: design }).replace('class: order', '').replace('jobs ~> parked : dead-letters', '')), [])
    assert.deepEqual(notes(shop({ data: ', tolerates: loss', api: ', auth: token', more: design + 'monitor eyes' })), [])
  })

  it('asks for schemas between teams, for the books of a third party, and for tracing where a way is long', () => {
    const [note] = notes(`
      data Room { class: inventory }
      client web
      service one { replicas: 2, owner: a }
      service two { replicas: 2, owner: a }
      service three { replicas: 2, owner: a, auth: token }
      database rooms { replicas: 3, stores: Room, backup: 1h, owner: a }
      external hotel { availability: 99.9% }
      log events { replicas: 3 }
      worker mail { owner: b }
      web -> one -> two -> three
      three -> rooms : writes { op: update, if: version }
      three -> hotel : calls { op: update, data: Room, idempotent: stay }
      three ~> events ~> mail
      flow "Stay" { rate: 5/s, availability: 99%   web -> one -> two -> three   three -> rooms   three -> hotel   three ~> events ~> mail }`)
    assert.equal(note, 'info Nowhere in the design: what compares the books with `hotel`; the schema of `events`, which two teams share; tracing of "Stay".')
  })
})

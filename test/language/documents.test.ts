/** Every design that the contract shows means something without a problem, and every word of its syntax stands where the tree says. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Model } from '../../src/model/model.ts'
import type { Origin } from '../../src/model/origin.ts'
import { openDesign, openText, type Opened } from '../../src/workspace.ts'
import { ROOT } from '../support/lintel.ts'
import { acceptance, imported, languageBlocks, samples } from './corpus.ts'

const serious = ({ problems }: Opened): readonly string[] =>
  problems.filter(({ severity }) => severity !== 'hint').map(({ origin, code, message }) => `${origin.range.start.line + 1} ${code}: ${message}`)

const open = (text: string): Promise<Opened> =>
  openDesign('test:/design.lintel', { read: (uri) => (uri === 'test:/design.lintel' ? { text } : uri === 'test:/payments.lintel' ? { text: imported } : { error: 'missing' }) })

describe('documents', () => {
  for (const { name, text } of languageBlocks) it(`${name} has no problem`, async () => assert.deepEqual(serious(await open(text)), []))

  for (const { name, text } of acceptance) it(`${name} has no problem`, async () => assert.deepEqual(serious(await open(text)), []))

  it('the copy of the language page’s example is the same as there', () => {
    const copy = readFileSync(join(ROOT, 'test', 'corpus', 'language', 'ticket-sales.lintel'), 'utf8')
    assert.equal(copy, languageBlocks[0]!.text)
  })

  it('the example means what it says', async () => {
    const { model } = await open(languageBlocks[0]!.text)
    assert.deepEqual(model.files, ['test:/design.lintel', 'test:/payments.lintel'])
    assert.equal(model.design?.title, 'Ticket sales')
    assert.deepEqual(model.containers.map(({ id, kind }) => `${kind} ${id}`), ['region us-east'])
    assert.deepEqual(
      model.components.map(({ kind, id, technology }) => [kind, id, ...(technology ? [technology.name] : [])].join(' ')),
      [
        'client fans', 'cdn edge cloudfront', 'load-balancer us-east.lb envoy', 'service us-east.orders', 'cache us-east.seats redis', 'database us-east.ledger postgres',
        'log us-east.bookings kafka', 'worker us-east.mailer', 'external psp stripe', 'queue parked sqs', 'service ledger-export',
      ],
    )
    assert.deepEqual(
      model.relations.map(({ from, to, verb, arrow, inferred }) => `${from} ${arrow === 'request' ? '->' : '~>'} ${to} ${verb}${inferred ? '?' : ''}`),
      [
        'fans -> edge calls?', 'edge -> us-east.lb routes?', 'us-east.lb -> us-east.orders routes?', 'us-east.orders -> us-east.seats reads',
        'us-east.orders -> us-east.ledger writes', 'us-east.orders -> psp calls', 'us-east.ledger ~> us-east.bookings captures', 'us-east.bookings ~> us-east.mailer delivers',
        'us-east.bookings ~> parked dead-letters', 'us-east.orders -> us-east.ledger reads',
      ],
    )
    assert.deepEqual(model.lets.map(({ name, value }) => [name, value?.value, value?.dimension.time]), [['fans-online', 2e6, 0], ['on-sale', 1e4, -1], ['confirmed', 500, -1]])
    assert.deepEqual(model.waivers.map(({ rule, until, scope }) => ({ rule, until, scope })), [
      { rule: 'hot-partition', until: '2027-03-01', scope: { type: 'component', ids: ['us-east.ledger'] } },
    ])
    assert.deepEqual(model.scenarios[0]!.expects.map(({ flow, outcome }) => [flow, outcome]), [[model.flows[0]!.id, 'degraded']])
    assert.deepEqual(model.views[0]!.include.map(({ id }) => id), ['us-east.orders', 'us-east.ledger', 'us-east.bookings', 'us-east.mailer'])
  })

  for (const { name, text } of samples) {
    it(`every name in ${name} stands where the model says`, () => {
      const { model } = openText(text)
      const lines = text.split('\n')
      const written = ({ range: { start, end } }: Origin): string => (start.line === end.line ? lines[start.line]!.slice(start.character, end.character) : '')
      for (const { origin, target, declares } of model.mentions) {
        const said = written(origin).replace(/^"|"$/g, '')
        const [name] = namesOf(model, target.kind, target.id)
        assert.ok(said === name || said === target.id || target.id.endsWith(`.${said}`), `${said} mentions ${target.id}${declares ? ' as its declaration' : ''}`)
      }
      for (const component of model.components) assert.equal(written(component.origin), component.name)
      for (const { facts, body } of model.components) {
        for (const [path, fact] of Object.entries(facts)) {
          if (fact.from !== 'stated' || fact.inheritedFrom !== undefined || !body) continue
          assert.ok(within(fact.origin, body.start, body.end), `${path} stands in its component's braces`)
        }
      }
    })
  }

  it('is frozen all the way down, and survives JSON', () => {
    for (const { text } of samples) {
      const { model } = openText(text)
      assert.deepEqual(JSON.parse(JSON.stringify(model)), plain(model))
      frozen(model, 'model')
    }
  })
})

function namesOf(model: Model, kind: string, id: string): readonly string[] {
  const lists: Record<string, readonly { readonly id: string; readonly name: string }[]> = {
    component: model.components, container: model.containers, data: model.data, flow: model.flows, let: model.lets, view: model.views, scenario: model.scenarios,
    part: model.components.flatMap(({ parts }) => parts), 'own-kind': model.ownKinds, 'own-technology': model.ownTechnologies,
  }
  return (lists[kind] ?? []).filter((one) => one.id === id).map(({ name }) => name)
}

function within({ range }: Origin, start: { line: number; character: number }, end: { line: number; character: number }): boolean {
  const before = (a: { line: number; character: number }, b: { line: number; character: number }): boolean => a.line < b.line || (a.line === b.line && a.character <= b.character)
  return before(start, range.start) && before(range.end, end)
}

/** Without the keys that JSON leaves out. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : [[key, plain(inner)]])))
}

function frozen(value: unknown, path: string): void {
  if (typeof value !== 'object' || value === null) return
  assert.ok(Object.isFrozen(value), path)
  for (const [key, inner] of Object.entries(value)) frozen(inner, `${path}.${key}`)
}

describe('line ends', () => {
  it('may be those of Windows', () => {
    for (const { name, text } of samples) {
      const unix = openText(text)
      const windows = openText(text.replaceAll('\n', '\r\n'))
      assert.deepEqual(windows.problems, unix.problems, name)
      assert.deepEqual(JSON.parse(JSON.stringify(windows.model).replaceAll('\\r\\n', '\\n')), JSON.parse(JSON.stringify(unix.model)), name)
    }
  })
})

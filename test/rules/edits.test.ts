/** Edits as data: applied to the text, they change what they are meant to change, in the style of what stands there, and nothing else. */
import assert from 'node:assert/strict'
import type { Model, Relation, TextEdit } from '../../src/model/model.ts'
import { insertIntoBody, insertOnRelation, replaceRelation, setOnRelation, setProperties, setProperty } from '../../src/rules/edits.ts'
import { openText } from '../../src/workspace.ts'
import { applyFix } from './support.ts'

function edited(text: string, change: (model: Model) => readonly TextEdit[] | undefined): string {
  const { model, problems } = openText(text)
  assert.deepEqual(problems.filter(({ severity }) => severity === 'error').map(({ message }) => message), [])
  const edits = change(model)
  assert.ok(edits)
  const result = applyFix(text, { edits })
  assert.deepEqual(openText(result).problems.filter(({ severity }) => severity === 'error').map(({ message }) => message), [], result)
  return result
}

const component = (model: Model, name = 'db') => model.components.find((one) => one.name === name)!
const relation = (model: Model, from: string, to: string): Relation => model.relations.find((one) => one.from === from && one.to === to)!

describe('edits', () => {
  it('make a body where there is none', () => {
    assert.equal(edited('service db\n', (model) => setProperty(component(model), 'replicas', '2')), 'service db { replicas: 2 }\n')
    assert.equal(edited('database db "Orders" uses postgres // theirs\n', (model) => setProperty(component(model), 'replicas', '2')), 'database db "Orders" uses postgres { replicas: 2 } // theirs\n')
  })

  it('fill an empty body, and follow the style of one that is not', () => {
    assert.equal(edited('service db {}\n', (model) => setProperty(component(model), 'replicas', '2')), 'service db { replicas: 2 }\n')
    assert.equal(edited('service db { zones: 2 }\n', (model) => setProperty(component(model), 'replicas', '2')), 'service db { zones: 2, replicas: 2 }\n')
    assert.equal(
      edited('region us {\n  service db {\n    zones: 2\n    owner: shop\n  }\n}\n', (model) => setProperty(component(model), 'replicas', '2')),
      'region us {\n  service db {\n    zones: 2\n    owner: shop\n    replicas: 2\n  }\n}\n',
    )
  })

  it('replace what is stated, and only there', () => {
    assert.equal(edited('service db { replicas: 1, zones: 2 }\n', (model) => setProperty(component(model), 'replicas', '3')), 'service db { replicas: 3, zones: 2 }\n')
    assert.equal(edited('region us {\n  owner: shop\n  service db\n}\n', (model) => setProperty(component(model), 'owner', 'pay')), 'region us {\n  owner: shop\n  service db { owner: pay }\n}\n')
    assert.equal(
      edited('service db { replicas: 1 }\n', (model) => setProperties(component(model), { replicas: '2', zones: '2' })),
      'service db { replicas: 2, zones: 2 }\n',
    )
  })

  it('reach into blocks', () => {
    assert.equal(
      edited('database db { failover { mode: manual } }\n', (model) => setProperty(component(model), 'failover.mode', 'auto')),
      'database db { failover { mode: auto } }\n',
    )
    assert.equal(
      edited('database db { failover { mode: auto } }\n', (model) => setProperty(component(model), 'failover.arbiter', 'quorum')),
      'database db { failover { mode: auto, arbiter: quorum } }\n',
    )
    assert.equal(edited('database db\n', (model) => setProperty(component(model), 'failover.mode', 'auto')), 'database db { failover { mode: auto } }\n')
  })

  it('put an accept behind the properties', () => {
    assert.equal(
      edited('database db {\n  replicas: 1\n}\n', (model) => [insertIntoBody(component(model), 'accept single-point-of-failure because "…"')]),
      'database db {\n  replicas: 1\n  accept single-point-of-failure because "…"\n}\n',
    )
  })

  const services = 'service a\nservice b\nservice c\nservice d\n'

  it('change one arrow of a chain and leave the others what they were', () => {
    assert.equal(
      edited(`${services}a -> b -> c -> d { timeout: 2s }\n`, (model) => setOnRelation(model, relation(model, 'b', 'c'), { retries: '2' })),
      `${services}a -> b { timeout: 2s }\nb -> c { timeout: 2s, retries: 2 }\nc -> d { timeout: 2s }\n`,
    )
    assert.equal(
      edited(`${services}a -> b -> c -> d : calls "ask"\n`, (model) => setOnRelation(model, relation(model, 'c', 'd'), { retries: '2' })),
      `${services}a -> b -> c : calls "ask"\nc -> d : calls "ask" { retries: 2 }\n`,
    )
    assert.equal(
      edited(`${services}a -> b -> c { timeout: 2s, retries: 1 }\n`, (model) => setOnRelation(model, relation(model, 'a', 'b'), { retries: '3' })),
      `${services}a -> b { timeout: 2s, retries: 3 }\nb -> c { timeout: 2s, retries: 1 }\n`,
    )
  })

  it('give no hop of a chain a verb that it cannot have', () => {
    const text = `client app\nservice api\ndatabase db\napp -> api -> db : writes { op: upsert, timeout: 2s }\n`
    const taken = edited(text, (model) => setOnRelation(model, relation(model, 'api', 'db'), { pool: '7' }))
    assert.equal(taken, `client app\nservice api\ndatabase db\napp -> api { timeout: 2s }\napi -> db : writes { op: upsert, timeout: 2s, pool: 7 }\n`)
    assert.deepEqual(openText(taken).problems.filter(({ severity }) => severity !== 'hint'), [])
    const first = edited(text, (model) => setOnRelation(model, relation(model, 'app', 'api'), { retries: '1' }))
    assert.equal(first, `client app\nservice api\ndatabase db\napp -> api { timeout: 2s, retries: 1 }\napi -> db : writes { op: upsert, timeout: 2s }\n`)
  })

  it('take a fan-out apart', () => {
    assert.equal(
      edited(`${services}a, b -> c, d { timeout: 2s }\n`, (model) => setOnRelation(model, relation(model, 'b', 'c'), { retries: '2' })),
      `${services}a -> c { timeout: 2s }\na -> d { timeout: 2s }\nb -> c { timeout: 2s, retries: 2 }\nb -> d { timeout: 2s }\n`,
    )
  })

  it('keep the indentation, and a body of several lines', () => {
    assert.equal(
      edited(`group g {\n  service a\n  service b\n  service c\n  a -> b -> c {\n    timeout: 2s\n  }\n}\n`, (model) => insertOnRelation(model, relation(model, 'g.b', 'g.c'), 'accept dual-write because "…"')),
      `group g {\n  service a\n  service b\n  service c\n  a -> b {\n    timeout: 2s\n  }\n  b -> c {\n    timeout: 2s\n    accept dual-write because "…"\n  }\n}\n`,
    )
  })

  it('take one arrow away', () => {
    assert.equal(
      edited(`${services}a -> b -> c\n`, (model) => replaceRelation(model, relation(model, 'b', 'c'), ['b -> d'])),
      `${services}a -> b\nb -> d\n`,
    )
    assert.equal(edited(`${services}a -> b\n`, (model) => replaceRelation(model, relation(model, 'a', 'b'), [])), `${services}\n`)
  })

  it('change no meaning but the one that is asked for', () => {
    const text = `${services}queue q uses sqs\na -> b -> c { timeout: 2s }\nd -> q : publishes\n`
    const { model } = openText(text)
    for (const one of model.relations) {
      const edits = setOnRelation(model, one, { timeout: '5s' })
      assert.ok(edits)
      const after = openText(applyFix(text, { edits })).model
      assert.deepEqual(after.relations.map(({ id }) => id), model.relations.map(({ id }) => id))
      for (const other of after.relations) {
        const before = model.relations.find(({ id }) => id === other.id)!
        const value = (facts: Relation['facts']): unknown => facts['timeout'] && { ...(facts['timeout'].value as object) }
        if (other.id === one.id) assert.equal((other.facts['timeout']!.value as { value: number }).value, 5)
        else assert.deepEqual(value(other.facts), value(before.facts))
      }
    }
  })

  it('write out an arrow that a property is short for', () => {
    const text = 'region us {\n  queue jobs uses sqs\n  queue parked uses sqs\n  worker mailer\n  jobs ~> mailer : delivers { dead-letter: parked }\n}\n'
    assert.equal(
      edited(text, (model) => setOnRelation(model, relation(model, 'us.jobs', 'us.parked'), { delivery: 'at-least-once' })),
      text.replace('parked }\n', 'parked }\n  us.jobs ~> us.parked : dead-letters { delivery: at-least-once }\n'),
    )
    assert.equal(
      edited(text, (model) => insertOnRelation(model, relation(model, 'us.jobs', 'us.parked'), 'accept unbounded-buffer because "…"')),
      text.replace('parked }\n', 'parked }\n  us.jobs ~> us.parked : dead-letters { accept unbounded-buffer because "…" }\n'),
    )
    const { model } = openText(text)
    assert.equal(replaceRelation(model, relation(model, 'us.jobs', 'us.parked'), []), undefined)
  })

  it('leave a chain of the other spelling alone, rather than turn it round', () => {
    const { model } = openText('queue q uses sqs\nworker w\nworker v\nw, v -> q : consumes\n')
    assert.equal(model.relations.length, 2)
    assert.equal(setOnRelation(model, model.relations[0]!, { ack: 'auto' }), undefined)
  })
})

/** The public contract: the marked lines of the acceptance designs carry their findings, and nothing else is an error. */
import assert from 'node:assert/strict'
import { acceptance, outcomeOf } from './support.ts'

const designs = acceptance()

describe('acceptance designs', () => {
  it('are there', () => {
    assert.ok(designs.some(({ name }) => name === 'orders-first-sketch.lintel') && designs.some(({ name }) => name === 'orders-sound.lintel'), 'acceptance designs not found')
  })

  for (const { name, text } of designs) {
    it(`${name}: the marked findings on their lines, and no other error`, () => {
      const marked = text.split('\n').flatMap((line, index) => {
        const rule = /\/\/!\s*([\w-]+)\s*$/.exec(line)?.[1]
        return rule === undefined ? [] : [`${index + 1} ${rule}`]
      })
      const { problems, findings } = outcomeOf(text)
      const errors = findings.filter(({ severity }) => severity === 'error').map(({ rule, at }) => `${at.range.start.line + 1} ${rule}`)
      assert.deepEqual(errors, marked)
      assert.deepEqual(problems.filter(({ severity }) => severity === 'error'), [])
    })

    it(`${name}: at most one note a flow of what is not stated`, () => {
      const { model, findings } = outcomeOf(text)
      const notes = findings.filter(({ rule }) => rule === 'not-stated')
      assert.ok(notes.length <= Math.max(1, model.flows.length))
      assert.ok(notes.every(({ severity }) => severity === 'info' || severity === 'hint'))
    })
  }

  it('a sound design is silent', () => {
    const sound = designs.find(({ name }) => name === 'orders-sound.lintel')!
    const { problems, findings } = outcomeOf(sound.text)
    assert.deepEqual([...problems, ...findings].filter(({ severity }) => severity === 'error' || severity === 'warning'), [])
  })

  it('an untouched sketch of ten lines gets one quiet hint', () => {
    const { problems, findings } = outcomeOf('client web\nservice api\ndatabase db uses postgres\ncache sessions uses redis\nlog events uses kafka\nworker mailer\n\nweb -> api -> db\napi -> sessions\napi ~> events ~> mailer\n')
    assert.deepEqual(problems.filter(({ severity }) => severity !== 'hint'), [])
    assert.deepEqual(findings.map(({ rule, severity }) => `${severity} ${rule}`), ['hint not-stated'])
  })
})

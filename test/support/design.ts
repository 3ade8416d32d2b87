/** A design from text, for tests of what comes after lowering. */
import assert from 'node:assert/strict'
import type { Model, Problem } from '../../src/model/model.ts'
import { openText } from '../../src/workspace.ts'

/** The model of a text that has no problem above a hint. */
export function modelOf(text: string): Model {
  const { model, problems } = openText(text)
  const serious = problems.filter(({ severity }) => severity !== 'hint' && severity !== 'info')
  assert.deepEqual(serious.map(({ origin, message }) => `${origin.range.start.line + 1}: ${message}`), [])
  return model
}

export function problemsOf(text: string): readonly Problem[] {
  return openText(text).problems
}

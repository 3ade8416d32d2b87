/** What the tests of the rules share: checking a text, naming a finding so that it can be found again, and applying edits. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Fix, Model, Problem, TextEdit } from '../../src/model/model.ts'
import { checkRules, type Checked, type CheckOptions } from '../../src/rules/check.ts'
import { allRules } from '../../src/rules/index.ts'
import { openText } from '../../src/workspace.ts'
import { readPage } from './page.ts'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const TODAY = '2026-11-21'

export interface Outcome {
  readonly model: Model
  readonly problems: readonly Problem[]
  readonly findings: readonly Checked[]
}

export function outcomeOf(text: string, options: CheckOptions = {}): Outcome {
  const { model, problems } = openText(text)
  return { model, problems, findings: checkRules(model, { today: TODAY, ...options }) }
}

/** A finding's identity: what it is about, not how it is worded. */
export function keyOf({ rule, subject }: Checked): string {
  const { flow: _flow, data, ...about } = subject
  // Which component of a place is met first is no part of what the place is.
  if (subject.container !== undefined) return `${rule} ${subject.container}`
  // Which data a place holds may become unknown without the place being another one.
  return `${rule} ${JSON.stringify(Object.keys(about).length > 0 ? about : { data })}`
}

/** What would make the command line fail: errors of the text and of the rules. */
export function errorsOf({ problems, findings }: Outcome): ReadonlySet<string> {
  return new Set([
    ...problems.filter(({ severity }) => severity === 'error').map(({ code, message }) => `${code}: ${message}`),
    ...findings.filter(({ severity }) => severity === 'error').map(keyOf),
  ])
}

export function applyFix(text: string, { edits }: Pick<Fix, 'edits'>): string {
  const offset = offsets(text)
  const sorted = [...edits].map((edit) => ({ start: offset(edit.origin.range.start), end: offset(edit.origin.range.end), newText: edit.newText })).sort((a, b) => a.start - b.start || a.end - b.end)
  for (const [index, edit] of sorted.entries()) if (index > 0) assert.ok(sorted[index - 1]!.end <= edit.start, 'edits of one fix overlap')
  let result = text
  for (const { start, end, newText } of sorted.toReversed()) result = result.slice(0, start) + newText + result.slice(end)
  return result
}

export function sliceOf(text: string, { origin }: Pick<TextEdit, 'origin'>): string {
  const offset = offsets(text)
  return text.slice(offset(origin.range.start), offset(origin.range.end))
}

function offsets(text: string): (position: { line: number; character: number }) => number {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return ({ line, character }) => (starts[line] ?? text.length) + character
}

export interface Design {
  readonly name: string
  readonly text: string
}

/** Every example of every page, the gallery with its flawed twins, and the acceptance designs: what the laws are tried on. */
export function corpus(): readonly Design[] {
  const designs: Design[] = []
  for (const { id } of allRules) {
    for (const section of readPage(pageOf(id)).sections) {
      for (const example of section.examples) designs.push({ name: `${id}.md:${example.line}`, text: example.text })
    }
  }
  return [...designs, ...gallery(), ...acceptance()]
}

function gallery(): readonly Design[] {
  const folder = join(root, 'examples')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.lintel')).sort()
  // What imports another file is a design of several, which these texts are not.
  return files.map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') })).filter(({ text }) => !/^\s*import /m.test(text))
}

/** The page beside the rule; empty where there is none, which is a failing test of its own. */
export function pageOf(id: string): string {
  const path = join(root, 'src/rules', `${id}.md`)
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

export function acceptance(): readonly Design[] {
  for (const folder of [join(root, '../shared/acceptance'), join(root, 'test/corpus/acceptance')]) {
    try {
      const files = readdirSync(folder).filter((file) => file.endsWith('.lintel'))
      if (files.length > 0) return files.map((file) => ({ name: file, text: readFileSync(join(folder, file), 'utf8') }))
    } catch {
      // The next place.
    }
  }
  return []
}

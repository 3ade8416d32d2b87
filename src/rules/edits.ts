/**
 * Mechanical repairs as text edits. They know only where things stand, not the text between, so they insert behind the last property, in
 * the style of the body they find: on the line where it is one line, on a line of its own where it is several.
 */
import { lookup } from '../model/lookup.ts'
import type { Body, Model, Relation, TextEdit } from '../model/model.ts'
import type { Origin, Position } from '../model/origin.ts'
import type { Facts } from '../model/value.ts'
import { vocabulary } from '../vocabulary/index.ts'

/** What an edit may change: a component, a container, data, a flow, or a relation with a statement of its own. */
export interface Editable {
  readonly extent: Origin
  readonly body?: Body
  readonly facts: Facts
}

/** Sets a property, `timeout` or `failover.mode`: replaces it where it is stated, adds it (and the body) where it is not. */
export function setProperty(subject: Editable, property: string, value: string): readonly TextEdit[] {
  const own = ownFact(subject, property)
  const [block, inner] = splitPath(property)
  if (own) return [{ origin: own, newText: `${inner ?? block}: ${value}` }]
  if (inner !== undefined && ownFact(subject, block)) {
    const last = lastOf(subject, (path) => path.startsWith(`${block}.`))
    if (last) return [insertAfter(subject, last, `${inner}: ${value}`)]
  }
  return [insertIntoBody(subject, inner === undefined ? `${property}: ${value}` : `${block} { ${inner}: ${value} }`)]
}

/** Several properties at once, in one body. */
export function setProperties(subject: Editable, properties: Readonly<Record<string, string>>): readonly TextEdit[] {
  const entries = Object.entries(properties)
  const replaced = entries.filter(([property]) => ownFact(subject, property))
  const added = entries.filter(([property]) => !ownFact(subject, property))
  const inserted = added.map(([property, value]) => `${property}: ${value}`)
  return [
    ...replaced.flatMap(([property, value]) => setProperty(subject, property, value)),
    ...(inserted.length > 0 ? [insertIntoBody(subject, inserted.join(separator(subject)))] : []),
  ]
}

/** Puts a property, a block or an `accept` into the body, behind the last property; makes the body where there is none. */
export function insertIntoBody(subject: Editable, text: string): TextEdit {
  const { body, extent } = subject
  if (!body) return insert(extent.file, extent.range.end, ` { ${text} }`)
  if (body.empty) {
    const range = { start: body.start, end: body.end }
    return { origin: { file: extent.file, range }, newText: oneLine(body) ? ` ${text} ` : `\n${indent(subject)}${text}\n${outer(subject)}` }
  }
  const last = lastOf(subject, () => true)
  if (last) return insertAfter(subject, last, text)
  return insert(extent.file, body.start, oneLine(body) ? ` ${text},` : `\n${indent(subject)}${text}`)
}

/** A statement on a line of its own behind another one, at its indentation. */
export function statementAfter(extent: Origin, text: string): TextEdit {
  return insert(extent.file, extent.range.end, `\n${' '.repeat(extent.range.start.character)}${text}`)
}

export function replaceStatement(extent: Origin, text: string): TextEdit {
  return { origin: extent, newText: text }
}

/**
 * Sets properties on one relation and on no other. A statement of several relations (`a -> b -> c`, `a, b -> c`) is taken apart around it,
 * with its verb, label and body repeated. Unset where that cannot be done without the text.
 */
export function setOnRelation(model: Model, relation: Relation, properties: Readonly<Record<string, string>>): readonly TextEdit[] | undefined {
  if (isShort(relation)) return writtenOut(model, relation, Object.entries(properties).map(([property, value]) => `${property}: ${value}`).join(', '))
  if (alone(model, relation)) return setProperties(relation, properties)
  return takeApart(model, relation, (tail, base) => {
    let changed = tail
    for (const [property, value] of Object.entries(properties)) {
      const own = ownFact(relation, property)
      const written = own && base(own)
      if (written !== undefined) changed = changed.replace(written, `${property}: ${value}`)
      else changed = addToTail(changed, `${property}: ${value}`)
    }
    return changed
  })
}

/** The same on several relations: a statement that joins several is changed as a whole where all of them are meant, and cannot be where only some are. */
export function setOnRelations(model: Model, relations: readonly Relation[], properties: Readonly<Record<string, string>>): readonly TextEdit[] | undefined {
  const edits = [...Map.groupBy(relations, statementOf).values()].map((group) =>
    group.length === 1 ? setOnRelation(model, group[0]!, properties) : besides(model, group[0]!).length === group.length ? setProperties(group[0]!, properties) : undefined,
  )
  return edits.every((edit) => edit !== undefined) ? edits.flat() : undefined
}

/** Puts a text such as an `accept` into the body of one relation and of no other. */
export function insertOnRelation(model: Model, relation: Relation, text: string): readonly TextEdit[] | undefined {
  if (isShort(relation)) return writtenOut(model, relation, text)
  if (alone(model, relation)) return [insertIntoBody(relation, text)]
  return takeApart(model, relation, (tail) => addToTail(tail, text))
}

/** Replaces one relation by other statements, or by nothing. */
export function replaceRelation(model: Model, relation: Relation, statements: readonly string[]): readonly TextEdit[] | undefined {
  if (isShort(relation)) return undefined
  const joined = statements.join(`\n${' '.repeat(relation.extent.range.start.character)}`)
  if (alone(model, relation)) return [replaceStatement(relation.extent, joined)]
  return takeApart(model, relation, () => undefined, statements)
}

/** Whether a property of another arrow is all that is written of it, as in `dead-letter: parked`: it has no statement in which more could be said. */
function isShort({ origin, end }: Relation): boolean {
  return sameOrigin(origin, end)
}

/** The arrow that a property is short for, as a statement of its own behind the one that holds the property. */
function writtenOut(model: Model, relation: Relation, text: string): readonly TextEdit[] | undefined {
  const holder = model.relations.find(({ facts: { 'dead-letter': said } }) => said?.from === 'stated' && said.origin === relation.origin)
  const [from, to] = [relation.from, relation.to].map((id) => lookup(model).component(id)?.kind ?? '')
  return holder && vocabulary.verbJoins(relation.verb, from!, to!) ? [statementAfter(holder.extent, `${relation.from} ~> ${relation.to} : ${relation.verb} { ${text} }`)] : undefined
}

/** Whether two edits cannot both be made. */
export function overlap(a: TextEdit, b: TextEdit): boolean {
  if (a.origin.file !== b.origin.file) return false
  const [from, to] = [a.origin.range, b.origin.range]
  const before = (x: { line: number; character: number }, y: { line: number; character: number }): boolean => x.line < y.line || (x.line === y.line && x.character <= y.character)
  return !(before(from.end, to.start) || before(to.end, from.start)) || (from.start.line === to.start.line && from.start.character === to.start.character)
}

/** Whether the relation's statement holds no other. */
export function alone(model: Model, relation: Relation): boolean {
  return besides(model, relation).length <= 1
}

/** All relations of one statement, itself among them, in the order of the text. */
export function besides(model: Model, relation: Relation): readonly Relation[] {
  const made = statements.get(model) ?? Map.groupBy(model.relations, statementOf)
  statements.set(model, made)
  return made.get(statementOf(relation)) ?? []
}

/** By where they begin. */
const statements = new WeakMap<Model, ReadonlyMap<string, readonly Relation[]>>()

function statementOf({ extent: { file, range } }: Relation): string {
  return `${file} ${range.start.line}:${range.start.character}`
}

/**
 * Rewrites a statement of several relations as several statements, with `change` applied to what stands behind the names of this one
 * (`undefined` drops it). The hops before and behind it stay chains.
 */
function takeApart(
  model: Model,
  relation: Relation,
  change: (tail: string, written: (origin: Origin) => string | undefined) => string | undefined,
  instead: readonly string[] = [],
): readonly TextEdit[] | undefined {
  const { statement, extent } = relation
  if (statement === undefined) return undefined
  const slice = (origin: Origin): string | undefined => sliceOf(statement, extent, origin)
  const siblings = besides(model, relation)
    .map((other) => ({ other, ...ends(statement, extent, other) }))
  if (siblings.some(({ from }) => from === undefined)) return undefined
  const last = siblings.reduce((far, { other }) => (before(far, other.end.range.end) ? other.end.range.end : far), siblings[0]!.other.end.range.end)
  const tail = statement.slice(offsetIn(statement, extent, last) ?? statement.length)
  // In a chain with a verb, a hop that has another one has only those properties of the body that fit it.
  const tailOf = (other: Relation): string => (other.inferred && /^\s*:/.test(tail) ? ownTail(other, slice) : tail)
  const changed = change(tailOf(relation), slice)

  const chain = siblings.every(({ from }, index) => index === 0 || from === siblings[index - 1]!.to)
  const statements: string[] = []
  let run = ''
  let hops: { readonly other: Relation; readonly text: string }[] = []
  const flush = (): void => {
    if (hops.some(({ other }) => tailOf(other) === tail)) statements.push(run + tail)
    else statements.push(...hops.map(({ other, text }) => text + tailOf(other)))
    run = ''
    hops = []
  }
  for (const { other, from, to, arrow } of siblings) {
    if (other === relation) {
      flush()
      if (changed !== undefined) statements.push(`${from} ${arrow} ${to}${changed}`)
      statements.push(...instead)
    } else {
      if (!(chain && run)) flush()
      run = chain && run ? `${run} ${arrow} ${to}` : `${from} ${arrow} ${to}`
      hops.push({ other, text: `${from} ${arrow} ${to}` })
    }
  }
  flush()
  return [replaceStatement(extent, statements.join(`\n${' '.repeat(extent.range.start.character)}`))]
}

/** What the body says of this hop, as a body of its own. */
function ownTail(relation: Relation, slice: (origin: Origin) => string | undefined): string {
  const written = Object.keys(relation.facts).flatMap((path) => {
    const own = path.includes('.') && ownFact(relation, path.slice(0, path.indexOf('.'))) ? undefined : ownFact(relation, path)
    return (own && slice(own)) ?? []
  })
  return written.length === 0 ? '' : ` { ${[...new Set(written)].join(', ')} }`
}

/** How the names and the arrow of one relation are written in its statement; unset where the text runs the other way (`consumes`). */
function ends(statement: string, extent: Origin, relation: Relation): { from?: string; to?: string; arrow?: string } {
  const start = offsetIn(statement, extent, relation.origin.range.start)
  const endStart = offsetIn(statement, extent, relation.end.range.start)
  const endEnd = offsetIn(statement, extent, relation.end.range.end)
  if (start === undefined || endStart === undefined || endEnd === undefined || endStart <= start) return {}
  const from = /^[A-Za-z_][\w.-]*/.exec(statement.slice(start, endStart))?.[0].replace(/-+$/, '')
  const between = statement.slice(start + (from?.length ?? 0), endStart)
  const to = statement.slice(endStart, endEnd)
  if (from === undefined || relation.to.split('.').at(-1) !== to.split('.').at(-1)) return {}
  return { from, to, arrow: between.includes('~>') ? '~>' : '->' }
}

function addToTail(tail: string, text: string): string {
  const close = tail.lastIndexOf('}')
  if (close < 0) return `${tail.trimEnd()} { ${text} }`
  const inside = tail.slice(0, close).trimEnd()
  const before = /\n([ \t]*)$/.exec(tail.slice(0, close))
  if (before) return `${inside}\n${before[1]}  ${text}\n${before[1]}${tail.slice(close)}`
  return `${inside}${inside.endsWith('{') ? '' : ','} ${text} ${tail.slice(close)}`
}

/** Where the property stands, if it stands in this body and is not inherited from elsewhere. */
function ownFact(subject: Editable, property: string): Origin | undefined {
  const fact = subject.facts[property]
  return fact?.from === 'stated' && fact.inheritedFrom === undefined && inBody(subject, fact.origin) ? fact.origin : undefined
}

function lastOf(subject: Editable, wanted: (path: string) => boolean): Origin | undefined {
  let last: Origin | undefined
  for (const path of Object.keys(subject.facts)) {
    const own = wanted(path) ? ownFact(subject, path) : undefined
    if (own && (!last || before(last.range.end, own.range.end))) last = own
  }
  return last
}

function inBody(subject: Editable, origin: Origin): boolean {
  const { body, extent } = subject
  return body !== undefined && origin.file === extent.file && !before(origin.range.start, body.start) && !before(body.end, origin.range.end)
}

function insertAfter(subject: Editable, origin: Origin, text: string): TextEdit {
  return insert(origin.file, origin.range.end, `${separator(subject)}${text}`)
}

function separator(subject: Editable): string {
  return !subject.body || oneLine(subject.body) ? ', ' : `\n${indent(subject)}`
}

function oneLine(body: Body): boolean {
  return body.start.line === body.end.line
}

function indent(subject: Editable): string {
  return outer(subject) + '  '
}

function outer(subject: Editable): string {
  return ' '.repeat(subject.extent.range.start.character)
}

function insert(file: string, at: Position, newText: string): TextEdit {
  return { origin: { file, range: { start: at, end: at } }, newText }
}

function splitPath(property: string): readonly [string, string | undefined] {
  const dot = property.indexOf('.')
  return dot < 0 ? [property, undefined] : [property.slice(0, dot), property.slice(dot + 1)]
}

function before(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character)
}

function sameOrigin(a: Origin, b: Origin): boolean {
  return a.file === b.file && a.range.start.line === b.range.start.line && a.range.start.character === b.range.start.character
}

function sliceOf(statement: string, extent: Origin, origin: Origin): string | undefined {
  const start = offsetIn(statement, extent, origin.range.start)
  const end = offsetIn(statement, extent, origin.range.end)
  return start === undefined || end === undefined ? undefined : statement.slice(start, end)
}

/** A position in the file as an offset in the statement's text. */
function offsetIn(statement: string, extent: Origin, position: Position): number | undefined {
  const line = position.line - extent.range.start.line
  if (line < 0) return undefined
  if (line === 0) return position.character - extent.range.start.character
  let offset = 0
  for (let skipped = 0; skipped < line; skipped++) {
    const next = statement.indexOf('\n', offset)
    if (next < 0) return undefined
    offset = next + 1
  }
  return offset + position.character
}


/** Places in documents and models: what stands where. */
import { lookup } from '../model/lookup.ts'
import type { Model, Mention, Target } from '../model/model.ts'
import type { Origin, Position, Range } from '../model/origin.ts'
import { sameUri, keyOf } from './uris.ts'

export function contains(range: Range, position: Position): boolean {
  return compare(range.start, position) <= 0 && compare(position, range.end) <= 0
}

export function overlaps(a: Range, b: Range): boolean {
  return compare(a.start, b.end) <= 0 && compare(b.start, a.end) <= 0
}

export function compare(a: Position, b: Position): number {
  return a.line - b.line || a.character - b.character
}

/** The name written at a place; of several, the shortest. */
export function mentionAt(model: Model, uri: string, position: Position): Mention | undefined {
  const found = mentionsIn(model, uri).filter(({ origin }) => contains(origin.range, position))
  return found.reduce<Mention | undefined>((best, one) => (best === undefined || within(best.origin.range, one.origin.range) ? one : best), undefined)
}

export function mentionsIn(model: Model, uri: string): readonly Mention[] {
  return indexOf(model).byFile.get(keyOf(uri)) ?? []
}

/** Everywhere that something declared is named, its declaration first. */
export function mentionsOf(model: Model, target: Target): readonly Mention[] {
  return indexOf(model).byTarget.get(keyOfTarget(target)) ?? []
}

/** Anything with a place that has a body or at least an extent. */
export interface Placed {
  readonly extent: Origin
}

/** Those whose whole statement holds the place, the innermost last. */
export function around<T extends Placed>(items: readonly T[], uri: string, position: Position): readonly T[] {
  return items
    .filter(({ extent }) => contains(extent.range, position) && sameUri(extent.file, uri))
    .sort((a, b) => (within(a.extent.range, b.extent.range) ? -1 : 1))
}

export function within(outer: Range, inner: Range): boolean {
  return compare(outer.start, inner.start) <= 0 && compare(inner.end, outer.end) <= 0
}

interface Index {
  readonly byFile: ReadonlyMap<string, readonly Mention[]>
  readonly byTarget: ReadonlyMap<string, readonly Mention[]>
}

const indices = new WeakMap<Model, Index>()

function indexOf(model: Model): Index {
  const known = indices.get(model)
  if (known) return known
  const byFile = new Map<string, Mention[]>()
  const byTarget = new Map<string, Mention[]>()
  for (const mention of model.mentions.flatMap((mention) => segments(model, mention)).sort((a, b) => Number(b.declares) - Number(a.declares))) {
    push(byFile, keyOf(mention.origin.file), mention)
    push(byTarget, keyOfTarget(mention.target), mention)
  }
  const index = { byFile, byTarget }
  indices.set(model, index)
  return index
}

/** `us-east.orders` names the component and, in its first part, the region. Ids are qualified names, so a mention is the end of its target's id. */
function segments(model: Model, mention: Mention): readonly Mention[] {
  const { origin, target, declares } = mention
  const { start, end } = origin.range
  const length = end.character - start.character
  const written = target.id.slice(-length)
  if (declares || !NESTED.has(target.kind) || start.line !== end.line || length > target.id.length || !written.includes('.')) return [mention]
  const { component } = lookup(model)
  let character = end.character
  let id = target.id
  const found: Mention[] = []
  for (const name of written.split('.').reverse()) {
    const range = { start: { line: start.line, character: character - name.length }, end: { line: start.line, character } }
    found.unshift({ origin: { file: origin.file, range }, target: id === target.id ? target : { kind: component(id) ? 'component' : 'container', id }, declares: false })
    character = range.start.character - 1
    id = id.slice(0, -name.length - 1)
  }
  return found
}

const NESTED = new Set<Target['kind']>(['component', 'container', 'part'])

function keyOfTarget({ kind, id }: Target): string {
  return `${kind} ${id}`
}

function push<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key)
  if (list) list.push(item)
  else map.set(key, [item])
}

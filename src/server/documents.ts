/** Places in documents and models: what stands where. */
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
  return found.reduce<Mention | undefined>((best, one) => (best === undefined || inside(one.origin.range, best.origin.range) ? one : best), undefined)
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
    .sort((a, b) => (inside(b.extent.range, a.extent.range) ? -1 : 1))
}

function inside(inner: Range, outer: Range): boolean {
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
  for (const mention of [...model.mentions].sort((a, b) => Number(b.declares) - Number(a.declares))) {
    push(byFile, keyOf(mention.origin.file), mention)
    push(byTarget, keyOfTarget(mention.target), mention)
  }
  const index = { byFile, byTarget }
  indices.set(model, index)
  return index
}

function keyOfTarget({ kind, id }: Target): string {
  return `${kind} ${id}`
}

function push<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key)
  if (list) list.push(item)
  else map.set(key, [item])
}

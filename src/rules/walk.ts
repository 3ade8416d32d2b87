/** The way through the design that a finding tells: its own place and its related ones, as far as they are arrows that follow each other. */
import type { Model, Relation } from '../model/model.ts'
import type { Origin } from '../model/origin.ts'
import type { Related } from './rule.ts'
import { nameOf } from './words.ts'

/** For many findings of one model: in order, two arrows or more; empty where a finding tells no way. */
export function walks(model: Model): (at: Origin, related: readonly Related[]) => readonly Related[] {
  let byPlace: Map<string, Relation[]> | undefined
  const arrowsAt = (at: Origin): readonly Relation[] => (byPlace ??= relationsByPlace(model)).get(placeOf(at)) ?? []
  return (at, related) => {
    const own = arrowsAt(at)
    const told = related.some((one) => placeOf(one.at) === placeOf(at))
    const start: readonly Related[] = own.length > 0 && !told ? [{ at, message: said(model, own[0]!) }] : []
    // The finding's own arrow begins the way, or ends it.
    const ways = [[...start, ...related], ...(start.length > 0 ? [[...related, ...start]] : [])]
    return ways.map((steps) => longest(steps, arrowsAt)).reduce((best, way) => (way.length > best.length ? way : best))
  }
}

/** The longest run of steps, each an arrow that begins where the one before it ends. */
function longest(steps: readonly Related[], arrowsAt: (at: Origin) => readonly Relation[]): readonly Related[] {
  let best: readonly Related[] = []
  let run: readonly Related[] = []
  let last: readonly Relation[] = []
  for (const step of steps) {
    const arrows = arrowsAt(step.at)
    const next = arrows.filter(({ from }) => last.some(({ to }) => to === from))
    run = next.length > 0 ? [...run, step] : arrows.length > 0 ? [step] : []
    last = next.length > 0 ? next : arrows
    if (run.length > Math.max(1, best.length)) best = run
  }
  return best
}

function relationsByPlace(model: Model): Map<string, Relation[]> {
  const places = new Map<string, Relation[]>()
  for (const relation of model.relations) {
    const key = placeOf(relation.origin)
    places.set(key, [...(places.get(key) ?? []), relation])
  }
  return places
}

function placeOf({ file, range: { start } }: Origin): string {
  return `${start.line}:${start.character}:${file}`
}

function said(model: Model, { from, verb, to }: Relation): string {
  return `\`${nameOf(model, from)}\` ${verb} \`${nameOf(model, to)}\``
}

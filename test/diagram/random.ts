/** Random nested graphs for the layout's laws: the same seed gives the same graph. */
import { random } from '../support/generator.ts'
import { sketch, type SketchNode } from './sketch.ts'
import type { DiagramGraph } from '../../src/diagram/picture.ts'

const KINDS = ['service', 'database', 'cache', 'log', 'queue', 'worker', 'load-balancer', 'external', 'client', 'object-store']
const CONTAINERS = ['region', 'zone', 'group', 'trust-zone']
const LABELS = ['', '', '', 'reads', 'writes', 'insert booking and outbox row', 'captures', 'charge the card', 'replicates every second to the other side of the world']

export interface RandomOptions {
  /** Leaves, about. */
  readonly size: number
  /** Arrows a leaf. */
  readonly density?: number
  readonly depth?: number
  /** Share of arrows that run within one container. */
  readonly local?: number
  readonly labels?: boolean
}

export function randomGraph(seed: number, { size, density = 1.3, depth = 3, local = 0.7, labels = true }: RandomOptions): DiagramGraph {
  const next = random(seed)
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)]!
  const nodes: SketchNode[] = []
  const leaves: SketchNode[] = []
  const open: { id: string | undefined; level: number }[] = [{ id: undefined, level: 0 }]
  while (leaves.length < size) {
    const place = pick(open)
    const id = `n${nodes.length}`
    if (place.level < depth && next() < 0.18) {
      const kind = next() < 0.15 ? 'database' : pick(CONTAINERS)
      nodes.push({ id, in: place.id, kind, label: `Place ${id}` })
      open.push({ id, level: place.level + 1 })
    } else {
      const leaf: SketchNode = { id, in: place.id, kind: pick(KINDS), label: next() < 0.2 ? `A component with a long name ${id}` : `Node ${id}`, facts: next() < 0.5 ? 'PostgreSQL · 16 shards' : 'x' }
      nodes.push(leaf)
      leaves.push(leaf)
    }
  }
  // Components that hold others have arrows of their own, too.
  const ends = nodes.filter(({ kind }) => !CONTAINERS.includes(kind!))
  const arrows: string[] = []
  const seen = new Set<string>()
  for (let i = 0; i < size * density; i++) {
    const from = pick(ends)
    const near = ends.filter((other) => other.in === from.in)
    const to = next() < local ? pick(near) : pick(ends)
    const arrow = next() < 0.7 ? '->' : '~>'
    if (from === to && next() < 0.8) continue
    const key = `${from.id} ${arrow} ${to.id}`
    if (seen.has(key)) continue
    seen.add(key)
    const label = labels ? pick(LABELS) : ''
    arrows.push(label === '' ? key : `${key} : ${label}`)
  }
  return sketch(nodes, arrows)
}

/**
 * The picture of last resort, where ELK throws whatever it is asked: all nodes below each other, containers around theirs, and each arrow in
 * a lane of its own to the right. Not pretty, but linear in time, complete, and nothing overlaps.
 */
import type { Box, Geometry } from './compose.ts'
import type { DiagramGraph, Point } from './picture.ts'

const GAP = 24
const INSET = 20
const LANE = 14

export function grid(graph: DiagramGraph): Geometry {
  const index = new Map(graph.nodes.map(({ id }, i) => [id, i]))
  const outer = graph.nodes.map(({ parent }) => (parent === undefined ? undefined : index.get(parent)))
  const inner = graph.nodes.map((): number[] => [])
  outer.forEach((parent, i) => parent !== undefined && inner[parent]!.push(i))
  // Each end has a row of its own on its node's right side, high enough for its label.
  const ends = graph.nodes.map((): { edge: number; which: 0 | 1; height: number }[] => [])
  graph.edges.forEach(({ from, to, labelHeight }, edge) => {
    ends[index.get(from)!]!.push({ edge, which: 0, height: LANE })
    ends[index.get(to)!]!.push({ edge, which: 1, height: Math.max(LANE, labelHeight + 6) })
  })

  const boxes: Box[] = []
  const rows = graph.edges.map((): number[] => [])
  let y = GAP
  const put = (i: number, x: number): void => {
    const node = graph.nodes[i]!
    const top = y
    y += inner[i]!.length > 0 ? node.head : 8
    for (const { edge, which, height } of ends[i]!) {
      rows[edge]![which] = y + height / 2
      y += height
    }
    let right = x + node.width
    if (inner[i]!.length > 0) {
      y += 8
      for (const child of inner[i]!) {
        put(child, x + INSET)
        right = Math.max(right, boxes[child]!.x + boxes[child]!.width + INSET)
        y += GAP
      }
      y += INSET - GAP
    } else {
      y += 8
    }
    y = Math.max(y, top + node.height)
    boxes[i] = { x, y: top, width: right - x, height: y - top }
  }
  for (const i of graph.nodes.keys()) {
    if (outer[i] !== undefined) continue
    put(i, GAP)
    y += GAP
  }

  const rightmost = Math.max(0, ...boxes.map((box) => box.x + box.width))
  const firstLane = rightmost + 40 + Math.max(0, ...graph.edges.map(({ labelWidth }) => labelWidth))
  const edges = graph.edges.map(({ from, to, label, labelHeight }, i) => {
    const [start, end] = rows[i] as [number, number]
    const lane = firstLane + i * LANE
    const source = boxes[index.get(from)!]!
    const target = boxes[index.get(to)!]!
    const route: Point[] = [
      { x: source.x + source.width, y: start },
      { x: lane, y: start },
      { x: lane, y: end },
      { x: target.x + target.width, y: end },
    ]
    return label.length === 0 ? { route } : { route, labelAt: { x: rightmost + 28, y: end - labelHeight / 2 } }
  })
  return { width: firstLane + graph.edges.length * LANE + GAP, height: y, nodes: boxes, edges }
}

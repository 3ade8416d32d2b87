/** Placed graphs for the exporters' tests: a plain one, and one whose words try to break out. */
import { inProcessEngine } from '../../src/diagram/engine.ts'
import { layout } from '../../src/diagram/layout.ts'
import type { PlacedGraph } from '../../src/diagram/picture.ts'
import { sketch } from '../diagram/sketch.ts'

export async function place(...args: Parameters<typeof sketch>): Promise<PlacedGraph> {
  const engine = inProcessEngine()
  try {
    return await layout(sketch(...args), engine)
  } finally {
    engine.dispose()
  }
}

/** A frame in a frame, a component with others in it, an arrow into that, one out of it into itself, ids that differ in a sign only. */
export function orders(): Promise<PlacedGraph> {
  return place(
    [
      { id: 'end', kind: 'client', label: 'Web' },
      { id: 'eu', kind: 'region' },
      { id: 'a', in: 'eu', kind: 'zone' },
      { id: 'a.api', in: 'a', copies: '×3' },
      { id: 'a-api', in: 'a' },
      { id: 'store', in: 'eu', kind: 'database' },
      { id: 'shard', in: 'store', kind: 'shard' },
      { id: 'jobs', in: 'eu', kind: 'queue' },
      { id: 'A-API', kind: 'worker' },
    ],
    ['end -> a.api : calls', 'a.api -> store : writes', 'a.api ~> jobs : publishes', 'jobs ~> A-API', 'a-api -> store', 'store -> shard : routes'],
  )
}

export const HOSTILE: readonly string[] = [
  '"quoted" and \\"both\\"',
  '</title><script>alert(1)</script>',
  'a]; end; subgraph x["y"] --> z',
  '${secret} $x',
  '%%{init: {"theme":"x"}}%%',
  '#quot; &amp; &#39;',
  '`**bold**` | pipe',
  'ends with \\',
  'A -> B } {',
  'style a fill:x"',
  'Ж 中 🎟',
]

export function hostile(): Promise<PlacedGraph> {
  const nodes = HOSTILE.map((label, i) => ({ id: `h${i}`, label }))
  return place(nodes, HOSTILE.slice(1).map((label, i) => `h${i} -> h${i + 1} : ${label}`))
}

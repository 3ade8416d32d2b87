/** Shapes that a layout gets wrong easily. */
import { sketch, type SketchNode } from './sketch.ts'
import type { DiagramGraph } from '../../src/diagram/picture.ts'

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i)

export const sketches: Readonly<Record<string, DiagramGraph>> = {
  'one node': sketch(['api'], []),
  'two nodes, no arrow': sketch(['api', 'db'], []),
  'twelve nodes, no arrow': sketch(numbers(12).map((i) => `n${i}`), []),
  'an empty container': sketch(['api', { id: 'region', kind: 'region' }], []),
  'a chain of twelve': sketch(numbers(12).map((i) => `n${i}`), numbers(11).map((i) => `n${i} -> n${i + 1}${i % 3 === 0 ? ' : writes' : ''}`)),
  'a loop': sketch(['api', 'db'], ['api -> api', 'api -> db : writes']),
  'loops with labels': sketch([{ id: 'api', label: 'A' }], ['api -> api : retries what failed before', 'api ~> api : wakes itself']),
  'a loop at a container': sketch([{ id: 'svc', kind: 'service' }, { id: 'a', in: 'svc' }, { id: 'b', in: 'svc' }], ['svc -> svc : calls itself', 'a -> b']),
  'both ways': sketch(['a', 'b'], ['a -> b : asks', 'b -> a : answers', 'a ~> b : tells', 'b ~> a : tells back']),
  'a cycle of five': sketch(numbers(5).map((i) => `n${i}`), numbers(5).map((i) => `n${i} -> n${(i + 1) % 5} : calls`)),
  'all with all': sketch(numbers(6).map((i) => `n${i}`), numbers(6).flatMap((i) => numbers(6).filter((j) => j !== i).map((j) => `n${i} -> n${j}`))),
  'a fan-out of sixty': sketch(['hub', ...numbers(60).map((i) => `n${i}`)], numbers(60).map((i) => `hub -> n${i}${i % 4 === 0 ? ' : writes' : ''}`)),
  'a fan-in of twenty, all with labels': sketch([...numbers(20).map((i) => `n${i}`), 'sink'], numbers(20).map((i) => `n${i} -> sink : writes to it`)),
  'six levels': sketch(
    [...numbers(6).map((i): SketchNode => ({ id: `c${i}`, kind: 'group', ...(i > 0 && { in: `c${i - 1}` }) })), ...numbers(6).map((i): SketchNode => ({ id: `n${i}`, in: `c${i}` })), { id: 'out' }],
    [...numbers(5).map((i) => `n${i} -> n${i + 1} : calls`), 'out -> n5 : asks', 'n5 ~> out : tells', 'n3 -> n0'],
  ),
  'an arrow to what holds it': sketch(
    [{ id: 'svc', kind: 'service', label: 'A service with parts' }, { id: 'a', in: 'svc' }, { id: 'b', in: 'svc' }, 'out'],
    ['svc -> a : starts', 'b -> svc : reports', 'out -> svc : calls', 'svc -> out', 'a -> b'],
  ),
  'containers that call each other': sketch(
    [...['x', 'y', 'z'].flatMap((c): SketchNode[] => [{ id: c, kind: 'zone' }, ...numbers(3).map((i): SketchNode => ({ id: `${c}${i}`, in: c }))])],
    ['x0 -> y0', 'y1 -> z1 : replicates', 'z2 -> x2 : replicates', 'x1 -> x2', 'y0 -> y1', 'z0 -> z1', 'y2 -> x0 : calls'],
  ),
  'long words': sketch(
    [{ id: 'a', label: 'A component whose name has far too many words to fit on one line of a card' }, { id: 'b', label: 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerk' }],
    ['a -> b : says in very many words what could have been said in one or two, or in none at all', 'b -> a : ok'],
  ),
}

/** Vertex cuts: whether every way from one component to another goes through a guard, and a way round it where there is one. */
import { walk, type Edge, type Hop, type Reach } from './graph.ts'

/** What can be reached from the starts without passing a guard. A guard itself is not reached, nor is anything only behind it. */
export function around(guards: (component: string) => boolean, starts: Iterable<string>, next: (component: string) => readonly Hop[]): Reach {
  return walk(starts, (component) => next(component).filter(({ to }) => !guards(to)))
}

/** True where every way from `from` to `to` passes a guard; an end that is a guard itself counts. Also true where there is no way. */
export function passes(guards: (component: string) => boolean, from: string, to: string, next: (component: string) => readonly Hop[]): boolean {
  return guards(from) || guards(to) || !around(guards, [from], next).has(to)
}

/** A shortest way from `from` to `to` that passes no guard; unset where there is none. */
export function bypass(guards: (component: string) => boolean, from: string, to: string, next: (component: string) => readonly Hop[]): readonly Edge[] | undefined {
  if (guards(from) || guards(to)) return undefined
  const reach = around(guards, [from], next)
  return reach.has(to) ? reach.path(to) : undefined
}

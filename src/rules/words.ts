/** How messages write names, paths, shares and counts, so that they read aloud alike. */
import type { Edge } from '../analysis/graph.ts'
import { lookup } from '../model/lookup.ts'
import type { Model } from '../model/model.ts'
import type { Related } from './rule.ts'

/** `` `a`, `b` and `c` ``; of more than `most`, `` `a`, `b` and 3 more ``. */
export function listed(names: readonly string[], most = 4): string {
  return joined(names.map((name) => `\`${name}\``), most)
}

/** `a, b and c`, as they are; of more than `most`, `a, b and 3 more`. */
export function joined(words: readonly string[], most = 4): string {
  if (words.length > most) return `${words.slice(0, most - 1).join(', ')} and ${words.length - most + 1} more`
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

/** `` `client` → `lb` → `api` ``, along the edges from needer to needed; of a long way, its ends. */
export function pathOf(model: Model, path: readonly Edge[]): string {
  if (path.length === 0) return ''
  return arrows(model, [path[0]!.needer, ...path.map((edge) => edge.needed)])
}

/** `` `a` → `b` → `c` `` of component ids; in a way of more than six the middle is left out. */
export function arrows(model: Model, ids: readonly string[]): string {
  const names = (some: readonly string[]): readonly string[] => some.map((id) => `\`${nameOf(model, id)}\``)
  const shown = ids.length <= 6 ? names(ids) : [...names(ids.slice(0, 3)), '…', ...names(ids.slice(-2))]
  return shown.join(' → ')
}

export function nameOf(model: Model, component: string): string {
  return lookup(model).component(component)?.name ?? component
}

/** The path as related locations, in order: each arrow where it stands. Of a long way, the first and the last. */
export function alongPath(model: Model, path: readonly Edge[]): readonly Related[] {
  const shown = path.length > 12 ? [...path.slice(0, 6), ...path.slice(-6)] : path
  return shown.map((edge) => ({ at: edge.relation.origin, message: `\`${nameOf(model, edge.relation.from)}\` ${edge.verb.name} \`${nameOf(model, edge.relation.to)}\`` }))
}

/** `1 copy`, `3 copies`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** `99.95%`, without digits that say nothing. */
export function percent(share: number, digits = 4): string {
  return `${Number((share * 100).toFixed(digits))}%`
}

/** With a capital, as a sentence begins; a name in quotes or backticks stays as it is. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** What `lintel axes` says of a cell, whatever it writes: the answer and how sure it is, the facts behind it by line, and what would make it known. */
import type { Axis, Cell, SubjectCell } from '../axes/table.ts'
import { displayUri } from './files.ts'

/** `scale unit` */
export function axisName(axis: Axis): string {
  return axis.replace('-', ' ')
}

/** The value, and how sure it is where it is not exact. */
export function answer({ value, stated, confidence }: Cell): string {
  return stated && confidence !== 'exact' ? `${value} (${confidence === 'bound' ? 'a bound' : 'an estimate'})` : value
}

/** Nothing is known of it: such a line would only say once more what is missing everywhere. */
export function isSilent({ cell }: SubjectCell): boolean {
  return cell.value === 'not stated' && cell.evidence.length === 0 && cell.claimed === undefined
}

export interface Behind {
  /** Whose facts these are; empty where that is plain. */
  readonly owner: string
  readonly facts: readonly string[]
  /** `orders.lintel:16`, `default of postgres`; empty where there is none. */
  readonly place: string
  readonly line?: { readonly file: string; readonly line: number }
}

/** The facts behind a cell, those of one line or one technology together; `name` is whose cell it is and need not be said again. */
export function factsBehind(name: string, cell: Cell): readonly Behind[] {
  const groups = new Map<string, { readonly owner: string; readonly place: string; readonly facts: string[]; readonly line?: Behind['line'] }>()
  for (const { text, origin, by } of cell.evidence) {
    const line = origin && { file: displayUri(origin.file), line: origin.range.start.line + 1 }
    const place = line ? `${line.file}:${line.line}` : (by ?? '')
    const [, owner = '', fact = text] = /^(.+?): (.+)$/s.exec(text) ?? []
    const known = groups.get(`${owner} ${place}`)
    if (known) known.facts.push(fact)
    else groups.set(`${owner} ${place}`, { owner: owner.replaceAll('"', '') === name ? '' : owner, place, facts: [fact], ...(line && { line }) })
  }
  return [...groups.values()]
}

/** Beyond this a list is no longer read; `--format json` has all of it. */
export const SHOWN = 8

export function some(words: readonly string[], most = SHOWN): string {
  return words.length <= most ? words.join(', ') : `${words.slice(0, most).join(', ')} and ${words.length - most} more`
}

/** One property of several is asked for once: `` `p50` and `p99` of `api` and `db` ``. */
export function wishes(missing: readonly string[]): string {
  const groups = new Map<string, string[]>()
  for (const wish of missing) {
    const [, property = wish, owner] = /^(`.+`) of (`[^`]+`)$/.exec(wish) ?? []
    groups.set(property, [...(groups.get(property) ?? []), ...(owner === undefined ? [] : [owner])])
  }
  return some([...groups].map(([property, owners]) => (owners.length === 0 ? property : `${property} of ${owners.length > 1 ? `${owners.length > SHOWN ? some(owners) : `${owners.slice(0, -1).join(', ')} and ${owners.at(-1)}`}` : owners[0]}`)))
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

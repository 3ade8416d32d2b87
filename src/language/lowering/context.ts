/** What the passes of lowering share: where problems and mentions go, and what has been declared. */
import type { Fix, Mention, Problem, Severity } from '../../model/model.ts'
import type { Origin } from '../../model/origin.ts'
import type { Target } from '../../model/value.ts'
import { vocabulary } from '../../vocabulary/index.ts'
import type { Node, Tree } from '../tree.ts'

export interface Sited {
  readonly tree: Tree
  readonly node: Node
}

/** Something with a name, before it is lowered. */
export interface Named {
  readonly target: Target
  readonly name: string
  /** For what a message calls it: `service`, `data`. */
  readonly what: string
  readonly origin: Origin
}

export class Context {
  readonly problems: Problem[] = []
  readonly mentions: Mention[] = []
  private readonly byId = new Map<string, Named>()
  private readonly byName = new Map<string, Named[]>()
  private readonly lets = new Map<string, Named>()

  report(origin: Origin, code: string, severity: Severity, message: string, extra: { readonly related?: Problem['related']; readonly fixes?: readonly Fix[] } = {}): void {
    this.problems.push({ code, severity, message, origin, ...extra })
  }

  /** A word that means nothing here, with the nearest one that would as its fix. */
  unknown(origin: Origin, code: string, severity: Severity, message: string, written: string, candidates: Iterable<string>): void {
    const near = vocabulary.nearest(written, candidates)
    const fixes = near === undefined ? undefined : [{ title: `Change to \`${near}\``, edits: [{ origin, newText: near }], safe: true }]
    this.report(origin, code, severity, near === undefined ? message : `${message} Did you mean \`${near}\`?`, fixes && { fixes })
  }

  mention(origin: Origin, target: Target, declares = false): void {
    this.mentions.push({ origin, target, declares })
  }

  /** Remembers a declaration. @returns false where its name is taken; that is reported. */
  declare(named: Named): boolean {
    const key = keyOf(named.target)
    const before = this.byId.get(key) ?? (named.target.kind === 'let' ? undefined : this.clash(named))
    if (before) {
      this.report(named.origin, 'duplicate-name', 'error', `\`${named.name}\` is declared twice: give one of the two another name.`, {
        related: [{ origin: before.origin, message: `The first \`${named.name}\`` }],
      })
      return false
    }
    this.byId.set(key, named)
    if (named.target.kind === 'let') this.lets.set(named.name, named)
    else {
      const list = this.byName.get(named.name)
      if (list) list.push(named)
      else this.byName.set(named.name, [named])
    }
    this.mention(named.origin, named.target, true)
    return true
  }

  /** A component and a container may not share a qualified name. */
  private clash({ target }: Named): Named | undefined {
    const other = target.kind === 'component' ? 'container' : target.kind === 'container' ? 'component' : undefined
    return other && this.byId.get(`${other}:${target.id}`)
  }

  letNames(): Iterable<string> {
    return this.lets.keys()
  }

  isLet(name: string): boolean {
    return this.lets.has(name)
  }

  /** All that a name, qualified or not, may mean among these kinds of things. */
  find(name: string, kinds: readonly Target['kind'][]): readonly Named[] {
    const named = this.byName.get(name)?.filter(({ target }) => kinds.includes(target.kind))
    if (named?.length || !name.includes('.')) return named ?? []
    const exact = kinds.flatMap((kind) => this.byId.get(`${kind}:${name}`) ?? [])
    if (exact.length > 0) return exact
    const last = name.slice(name.lastIndexOf('.') + 1)
    const found = (this.byName.get(last) ?? []).filter(({ target }) => kinds.includes(target.kind))
    const tails = found.filter(({ target }) => target.id.endsWith(`.${name}`))
    // `us-east.orders` also reaches an `orders` deeper in `us-east`.
    return tails.length > 0 ? tails : found.filter(({ target }) => holdsInOrder(target.id.split('.'), name.split('.')))
  }

  names(kinds: readonly Target['kind'][]): Iterable<string> {
    return [...this.byName].flatMap(([name, list]) => (list.some(({ target }) => kinds.includes(target.kind)) ? [name] : []))
  }

  /** Resolves a name and records the mention; reports where it means nothing, or too much. */
  resolve(name: string, origin: Origin, kinds: readonly Target['kind'][], what: string): Named | undefined {
    const found = this.find(name, kinds)
    if (found.length === 1) {
      this.mention(origin, found[0]!.target)
      return found[0]
    }
    if (found.length > 1) {
      const ids = found.map(({ target }) => `\`${target.id}\``)
      // What stands at the top has no longer name to choose it by.
      const advice = found.some(({ target }) => target.id === name) ? `write which, or give the \`${name}\` at the top another name` : 'write which'
      this.report(origin, 'ambiguous-name', 'error', `\`${name}\` may mean ${ids.slice(0, -1).join(', ')} or ${ids.at(-1)}: ${advice}.`, {
        related: found.map((one) => ({ origin: one.origin, message: `\`${one.target.id}\`` })),
        fixes: found.filter(({ target }) => target.id !== name).map(({ target }) => ({ title: `Change to \`${target.id}\``, edits: [{ origin, newText: target.id }] })),
      })
      return undefined
    }
    this.unknown(origin, 'unknown-name', 'error', `There is no ${what} \`${name}\`.`, name, this.names(kinds))
    return undefined
  }
}

function keyOf({ kind, id }: Target): string {
  return `${kind}:${id}`
}

export function originOf({ tree, node }: Sited, place: { readonly start: number; readonly end: number }): Origin {
  // A text whose quote is missing was given one behind its statement: that is nowhere in the file.
  return tree.origin(Math.min(node.base + place.start, node.end), Math.min(node.base + place.end, node.end))
}

export function textOf({ tree, node }: Sited, place: { readonly start: number; readonly end: number }): string {
  return tree.text.slice(node.base + place.start, node.base + place.end)
}

export function extentOf({ tree, node }: Sited): Origin {
  return tree.origin(node.start, node.end)
}

export function bodyOf({ tree, node }: Sited): { readonly start: { line: number; character: number }; readonly end: { line: number; character: number }; readonly empty: boolean } | undefined {
  if (!node.body) return undefined
  const { start, end } = node.body
  return { start: tree.position(start), end: tree.position(end), empty: node.children.length === 0 && tree.text.slice(start, end).trim() === '' }
}

/** Whether all of these stand in the path, in this order, the last of them at its end. */
function holdsInOrder(path: readonly string[], wanted: readonly string[]): boolean {
  let at = 0
  for (const name of path) if (name === wanted[at]) at++
  return at === wanted.length && path.at(-1) === wanted.at(-1)
}

/** What the passes of lowering share: where problems and mentions go, and what has been declared. */
import type { Fix, Mention, Problem, Severity } from '../../model/model.ts'
import type { Origin } from '../../model/origin.ts'
import type { Target } from '../../model/value.ts'
import { vocabulary } from '../../vocabulary/index.ts'
import type { Token } from '../syntax.ts'
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
    for (const kind of kinds) {
      const exact = this.byId.get(`${kind}:${name}`)
      if (exact) return [exact]
    }
    const last = name.slice(name.lastIndexOf('.') + 1)
    const found = (this.byName.get(last) ?? []).filter(({ target }) => kinds.includes(target.kind))
    if (last === name) return found
    return found.filter(({ target }) => target.id === name || target.id.endsWith(`.${name}`))
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
      this.report(origin, 'ambiguous-name', 'error', `\`${name}\` may mean ${ids.slice(0, -1).join(', ')} or ${ids.at(-1)}: write which.`, {
        related: found.map((one) => ({ origin: one.origin, message: `\`${one.target.id}\`` })),
        fixes: found.map(({ target }) => ({ title: `Change to \`${target.id}\``, edits: [{ origin, newText: target.id }] })),
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
  return tree.origin(node.base + place.start, node.base + place.end)
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

export function nameToken(token: Token): string {
  return token.text
}

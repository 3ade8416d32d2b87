/** The ways that requests take through the branches of a flow, each with the share that takes it: of the targets of one router one, of the rest each or not. */
import type { Branch } from './waits.ts'

export interface Outcome {
  /** Ids of the branches that it goes through. */
  readonly taken: ReadonlySet<string>
  /** 0..1; all together 1. */
  readonly share: number
}

/** Undefined where there are more than `most`, or where one branch is reached by several ways, so that it cannot be told apart from itself. */
export function outcomesOf(branches: readonly (readonly Branch[])[], most: number): readonly Outcome[] | undefined {
  const inside = new Map<string | undefined, Map<string, Branch>>()
  const parents = new Map<string, string | undefined>()
  for (const chain of branches) {
    let parent: string | undefined
    for (const branch of chain) {
      if (parents.has(branch.id) && parents.get(branch.id) !== parent) return undefined
      parents.set(branch.id, parent)
      const siblings = inside.get(parent) ?? new Map<string, Branch>()
      inside.set(parent, siblings.set(branch.id, branch))
      parent = branch.id
    }
  }

  const within = (parent: string | undefined): readonly Outcome[] | undefined => {
    let all: readonly Outcome[] = [{ taken: NONE, share: 1 }]
    for (const options of switches([...(inside.get(parent)?.values() ?? [])])) {
      const next: Outcome[] = []
      const total = options.reduce((sum, { share }) => sum + share, 0)
      if (total < 1 - 1e-9) next.push({ taken: NONE, share: 1 - total })
      for (const option of options) {
        if (option.share <= 0) continue
        const deeper = within(option.id)
        if (!deeper) return undefined
        for (const { taken, share } of deeper) next.push({ taken: new Set([option.id, ...taken]), share: (share * option.share) / Math.max(1, total) })
      }
      if (all.length * next.length > most) return undefined
      all = all.flatMap((one) => next.map((other) => ({ taken: joined(one.taken, other.taken), share: one.share * other.share })))
    }
    return all
  }
  return within(undefined)
}

const NONE: ReadonlySet<string> = new Set()

/** The targets of one router are one switch, every other branch is one of its own. */
function switches(branches: readonly Branch[]): readonly (readonly Branch[])[] {
  const routers = new Map<string, Branch[]>()
  const found: Branch[][] = []
  for (const branch of branches) {
    const known = branch.router === undefined ? undefined : routers.get(branch.router)
    if (known) {
      known.push(branch)
      continue
    }
    const fresh = [branch]
    found.push(fresh)
    if (branch.router !== undefined) routers.set(branch.router, fresh)
  }
  return found
}

function joined(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> {
  return a.size === 0 ? b : b.size === 0 ? a : new Set([...a, ...b])
}

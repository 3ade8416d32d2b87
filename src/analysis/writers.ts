/** Who changes what a store holds: from how many places, and whether two can do so at the same time. */
import { flag, known, list, nameOf, number, range, saysUnknown } from '../model/facts.ts'
import { isContainer, lookup } from '../model/lookup.ts'
import type { Component, Model, Relation } from '../model/model.ts'
import type { Fact } from '../model/value.ts'

/** Regions from which changes come. */
export interface Places {
  /** Names of the regions that write, where they are known. */
  readonly names: readonly string[]
  readonly facts: readonly Fact[]
}

/** At least two regions that write; undefined where that is not certain. */
export function writingPlaces(model: Model, store: Component, writes: readonly Relation[]): Places | undefined {
  const find = lookup(model)
  const regions = new Set<string>()
  const facts = new Set<Fact>()
  let several = false
  let unknown = false
  for (const { from } of writes) {
    const writer = find.component(from)
    if (!writer || saysUnknown(writer.facts, 'regions')) continue
    const own = known(writer.facts, 'regions')
    const region = find.ancestors(from).find((ancestor) => isContainer(ancestor) && ancestor.kind === 'region')
    if (own) {
      const count = number(writer.facts, 'regions') ?? list(writer.facts, 'regions')?.length ?? 1
      if (count < 2) continue
      several = true
      facts.add(own.fact)
      for (const each of list(writer.facts, 'regions') ?? []) if (each.type !== 'quantity' && each.type !== 'span') regions.add((nameOf(each) ?? '').split('.').at(-1)!)
    } else if (region) regions.add(region.name)
    else unknown = true
  }
  const spread = known(store.facts, 'active-active')
  // It says of itself that several regions write it; whose writers stand in one region has one all the same.
  if (unknown && spread && flag(store.facts, 'active-active') === true) {
    several = true
    facts.add(spread.fact)
  }
  return several || regions.size > 1 ? { names: [...regions], facts: [...facts] } : undefined
}

/** Who can write at the same time as somebody else. */
export interface Concurrent {
  /** As a message says it: ``6 copies of `wiki` ``, `` `shop` and `import` ``. */
  readonly what: string
  readonly facts: readonly Fact[]
}

/** Two components, two copies of one, or two invocations of a function: those who certainly can. */
export function concurrentWriters(model: Model, writes: readonly Relation[]): Concurrent | undefined {
  const find = lookup(model)
  const [first, second] = [...new Set(writes.map(({ from }) => from))].flatMap((id) => find.component(id) ?? [])
  if (first && second) return { what: `\`${first.name}\` and \`${second.name}\``, facts: [] }
  return first && copiesAtOnce(first)
}

export function copiesAtOnce(writer: Component): Concurrent | undefined {
  const { facts } = writer
  if (flag(facts, 'singleton') === true || ['singleton', 'replicas', 'autoscale', 'autoscale.max'].some((path) => saysUnknown(facts, path))) return undefined
  for (const path of ['replicas', 'autoscale.max', 'concurrency']) {
    const count = range(facts, path)?.to
    if (count !== undefined && count >= 2) return { what: path === 'concurrency' ? `${count} threads of \`${writer.name}\`` : `${count} copies of \`${writer.name}\``, facts: [known(facts, path)!.fact] }
  }
  return writer.kind === 'function' ? { what: `many \`${writer.name}\` at once`, facts: [] } : undefined
}

/** One writer that runs once, and no other: nothing can come between. Where it is said to be unknown how often it runs, it may run once. */
export function isSingleWriter(model: Model, writes: readonly Relation[]): boolean {
  const writers = [...new Set(writes.map(({ from }) => from))].flatMap((id) => lookup(model).component(id) ?? [])
  const [only, ...others] = writers
  if (!only || others.length > 0) return false
  return flag(only.facts, 'singleton') === true || number(only.facts, 'replicas') === 1 || ['singleton', 'replicas'].some((path) => saysUnknown(only.facts, path))
}

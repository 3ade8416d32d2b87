/** How a cell of the table is made: short words, the facts behind them, and what is missing. */
import type { FlowPaths } from '../analysis/flows.ts'
import type { Model } from '../model/model.ts'
import { formatQuantity, quantity, RATE } from '../model/quantity.ts'
import type { Fact, Facts } from '../model/value.ts'
import { writeValue } from '../model/write.ts'
import type { Cell, Evidence } from './table.ts'

export interface CellParts {
  readonly confidence?: Cell['confidence']
  readonly evidence?: readonly Evidence[]
  readonly missing?: readonly string[]
}

export function stated(value: string, { confidence = 'exact', evidence = [], missing = [] }: CellParts = {}): Cell {
  return { value, stated: true, confidence, evidence: unique(evidence).slice(0, MOST), missing: [...new Set(missing)].slice(0, MOST) }
}

/** More than anybody follows up; a design of thousands of components would send megabytes else. */
const MOST = 60

/** Where the deciding fact is missing: nothing is put in its place, but what is known already may bound it. */
export function notStated(parts: CellParts, known?: string): Cell {
  return { ...stated(known === undefined ? 'not stated' : `not stated (${known})`, { confidence: 'bound', ...parts }), stated: false }
}

/** Says whose fact it is and where it stands: `ledger: sync: semi-sync`, or by whose default. */
export interface Witness {
  of(facts: readonly (Fact | undefined)[], near?: string): readonly Evidence[]
  /** The facts at these paths of a thing, where they are known. */
  at(id: string, facts: Facts, ...paths: readonly string[]): readonly Evidence[]
}

/** Made once a model: every fact by identity, with the things that say it. A default is shared by all that have it, so `near` chooses. */
export function witnessOf(model: Model): Witness {
  const owners = new Map<Fact, { readonly id: string; readonly name: string; readonly path: string }[]>()
  const names = new Map<string, string>()
  const add = (id: string, name: string, facts: Facts): void => {
    names.set(id, name)
    for (const [path, fact] of Object.entries(facts)) {
      const list = owners.get(fact)
      if (list) list.push({ id, name, path })
      else owners.set(fact, [{ id, name, path }])
    }
  }
  if (model.design) add('', 'design', model.design.facts)
  for (const each of [...model.components, ...model.containers, ...model.data]) add(each.id, each.name, each.facts)
  for (const component of model.components) for (const part of component.parts) add(part.id, part.name, part.facts)
  for (const relation of model.relations) {
    const name = (id: string): string => names.get(id) ?? id
    add(relation.id, `${name(relation.from)} → ${name(relation.to)}`, relation.facts)
  }
  for (const flow of model.flows) add(flow.id, `"${flow.title}"`, flow.facts)

  function write(fact: Fact, name: string, path: string): Evidence {
    const text = `${name}: ${path}: ${writeValue(fact.value)}`
    if (fact.from === 'stated') return { text, origin: fact.origin }
    return { text, by: fact.from === 'default' ? `default of ${fact.by}` : fact.how }
  }

  return {
    of: (facts, near) =>
      facts.flatMap((fact) => {
        const list = fact && owners.get(fact)
        const owner = list?.find(({ id }) => id === near) ?? list?.[0]
        return fact && owner ? [write(fact, owner.name, owner.path)] : []
      }),
    at: (id, facts, ...paths) =>
      paths.flatMap((path) => {
        const fact = Object.hasOwn(facts, path) ? facts[path] : undefined
        return fact ? [write(fact, names.get(id) ?? id, path)] : []
      }),
  }
}

/** A flow's title; of the flow that a client has without one being declared, `Requests of app`. */
export function flowName(flow: FlowPaths): string {
  return flow.flow?.title ?? flow.name.replace(/^the r/, 'R').replaceAll('`', '')
}

/** `` `sync` of `ledger` ``: what to state, as a person reads it aloud. */
export function wanted(path: string, name: string): string {
  return `\`${path}\` of \`${name}\``
}

/** Sums of seconds keep their digits: `151s`. */
export { time } from '../analysis/staleness.ts'

export function rate(perSecond: number): string {
  return formatQuantity(quantity(perSecond, RATE))
}

/** `a, b and c`; of more than `most`, `a, b and 3 more`. */
export function listed(words: readonly string[], most = 3): string {
  const distinct = [...new Set(words)]
  if (distinct.length <= 1) return distinct[0] ?? ''
  if (distinct.length <= most) return `${distinct.slice(0, -1).join(', ')} and ${distinct.at(-1)}`
  return `${distinct.slice(0, most - 1).join(', ')} and ${distinct.length - most + 1} more`
}

function unique(evidence: readonly Evidence[]): readonly Evidence[] {
  const seen = new Set<string>()
  return evidence.filter(({ text, by }) => {
    const key = `${text} ${by ?? ''}`
    return !seen.has(key) && seen.add(key)
  })
}

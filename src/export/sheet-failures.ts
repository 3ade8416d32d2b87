/** The failure story of the sheet: the scenarios that the design tells, then what a reviewer asks first, in plain sentences. */
import { aftermathOf } from '../analysis/aftermath.ts'
import type { Analysis } from '../analysis/analysis.ts'
import { retell } from '../analysis/retelling.ts'
import { failureOf } from '../analysis/scenario.ts'
import type { Failure } from '../analysis/strike.ts'
import { isUnlimited, known, number } from '../model/facts.ts'
import { isContainer, lookup } from '../model/lookup.ts'
import type { Component, Failing, Model, Scenario } from '../model/model.ts'

export interface FailureStory {
  /** A clause of its own: `the cache `seats` dies`. */
  readonly when: string
  /** Sentences. */
  readonly then: readonly string[]
}

/** So many are told, and more only where the design itself tells more. */
const ENOUGH = 5
const MOST = 8

/** @returns the stories, and how many of the design's own scenarios are left out. */
export function failuresOf(model: Model, analysis: Analysis): { readonly stories: readonly FailureStory[]; readonly more: number } {
  const told = model.scenarios.map((scenario): Question => ({ when: scenario.title, failure: failureOf(model, analysis.flows, scenario), of: subjectOf(scenario) }))
  const covered = new Set(told.flatMap(({ of }) => of ?? []))
  const asked = questionsOf(model, analysis).filter(({ of }) => of === undefined || !covered.has(of))
  const chosen = [...told.slice(0, MOST), ...asked.slice(0, Math.max(0, ENOUGH - told.length))]
  return { stories: chosen.map(({ when, failure }) => ({ when, then: retell(model, aftermathOf(model, analysis, failure), failure, when) })), more: Math.max(0, told.length - MOST) }
}

interface Question {
  readonly when: string
  readonly failure: Failure
  /** What fails, so that it is not asked twice. */
  readonly of: string | undefined
}

/** What one question would ask about; unset where the scenario tells of several things at once. */
function subjectOf({ fails }: Scenario): string | undefined {
  return fails.length === 1 ? subjectOfOne(fails[0]!) : undefined
}

function subjectOfOne(failing: Failing): string | undefined {
  if (failing.type === 'place') return failing.level === 'zone' ? ZONE : failing.name
  return failing.type === 'thing' ? failing.target.id : undefined
}

const ZONE = 'a zone'

/** The cache, the broker, the truth, the third party, the zone and the region: one of each before the second of any, and first what most flows meet. */
function questionsOf(model: Model, analysis: Analysis): readonly Question[] {
  const met = new Map<string, number>()
  for (const flow of analysis.flows) {
    for (const id of new Set([...flow.reach.components.keys(), ...flow.caused.map(({ relation }) => relation.to)])) met.set(id, (met.get(id) ?? 0) + 1)
  }
  const kinds = (...wanted: readonly string[]): readonly Question[] =>
    model.components
      .filter(({ id, kind }) => wanted.includes(kind) && met.has(id))
      .sort((a, b) => met.get(b.id)! - met.get(a.id)!)
      .map((component) => ({ when: `${called(component)} ${component.kind === 'cache' ? 'dies' : 'is down'}`, failure: { fails: [{ type: 'thing', target: { kind: 'component', id: component.id } }] }, of: component.id }))
  const regions = model.containers.filter(({ kind }) => kind === 'region')
  const lost = regions.map(({ id, name }): Question => ({ when: `region \`${name}\` is lost`, failure: { fails: [{ type: 'thing', target: { kind: 'container', id } }] }, of: id }))
  const groups = [kinds('cache'), kinds('log', 'queue', 'topic'), kinds('database', 'object-store', 'coordinator', 'search'), kinds('external')]
  // Where there is one region, that everything in it falls with it goes without saying.
  groups.push(...(regions.length > 1 ? [lost, zonesOf(model, regions)] : [zonesOf(model, regions), lost]))
  const rounds = Math.max(0, ...groups.map(({ length }) => length))
  return Array.from({ length: rounds }, (_, round) => groups.flatMap((group) => group[round] ?? [])).flat()
}

function zonesOf(model: Model, regions: Model['containers']): readonly Question[] {
  const spread = model.components.some(({ facts }) => !isUnlimited(facts, 'zones') && (number(facts, 'zones') ?? 0) > 1 && known(facts, 'zones')?.fact.from === 'stated')
  if (!spread) return []
  const used = regions.find((region) => model.components.some(({ id }) => lookup(model).ancestors(id).some((place) => isContainer(place) && place.id === region.id)))
  return used ? [{ when: `one zone of \`${used.name}\` is lost`, failure: { fails: [{ type: 'place', level: 'zone', name: used.id }] }, of: ZONE }] : []
}

function called({ name, kind }: Component): string {
  const noun = kind === 'external' ? 'third party' : kind === 'search' ? 'search index' : kind.replace('-', ' ')
  return `the ${noun} \`${name}\``
}

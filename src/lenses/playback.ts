/** A flow step by step: what is asked in which order, and how long it has taken so far. */
import type { Analysis } from '../analysis/analysis.ts'
import { flowLatenciesOf } from '../analysis/flow-latency.ts'
import type { FlowPaths } from '../analysis/flows.ts'
import type { Edge } from '../analysis/graph.ts'
import { time } from '../analysis/staleness.ts'
import { lookup } from '../model/lookup.ts'
import type { Model, Step } from '../model/model.ts'
import type { Origin } from '../model/origin.ts'

export interface Playback {
  /** The flow's id; in a design without flows a client's. */
  readonly id: string
  readonly title: string
  readonly steps: readonly PlayStep[]
}

export interface PlayStep {
  /** `` `api` → `ledger`: writes ``. */
  readonly text: string
  /** `when “the seat is free”, 40% of the runs`; `at the same time`; empty where every run takes it. */
  readonly when: string
  /** Nobody waits for it: it happens after the answer. */
  readonly later: boolean
  /** The relation and its ends. */
  readonly ids: readonly string[]
  readonly at: Origin
  /** How long a run has taken when this is done: `about 14ms, p99 about 80ms`; empty where nothing is known, or nobody waits. */
  readonly clock: string
}

/** @returns undefined where there is no such flow. */
export function playbackOf(model: Model, analysis: Analysis, id: string): Playback | undefined {
  const paths = analysis.flows.find((flow) => flow.id === id)
  if (!paths) return undefined
  const steps = inOrder(analysis, paths).slice(0, MOST)
  const done = new Set<string>()
  return {
    id,
    title: titleOf(paths),
    steps: steps.map(({ edge, when }): PlayStep => {
      const { relation } = edge
      const later = !paths.waitsFor(relation.id)
      done.add(relation.id)
      return { text: `${named(model, relation.from)} → ${named(model, relation.to)}: ${relation.verb.replaceAll('-', ' ')}${relation.label === undefined ? '' : ` “${relation.label}”`}`, when, later, ids: [relation.id, relation.from, relation.to], at: relation.origin, clock: later ? '' : clockOf(model, analysis, paths, done) }
    }),
  }
}

/** Flows that can be played. */
export function playable({ flows }: Analysis): readonly { readonly id: string; readonly title: string }[] {
  return flows.filter(({ waited, caused }) => waited.length + caused.length > 0).map((paths) => ({ id: paths.id, title: titleOf(paths) }))
}

/** Longer than anybody watches. */
const MOST = 200

interface Played {
  readonly edge: Edge
  readonly when: string
}

/** The steps as written, behind each what it needs without a step naming it, then what nobody waits for. */
function inOrder({ graph }: Analysis, paths: FlowPaths): readonly Played[] {
  const belongs = new Map([...paths.waited, ...paths.caused].map((edge) => [edge.relation.id, edge]))
  const played: Played[] = []
  const seen = new Set<string>()
  const later = new Map<string, string>()
  const naming = new Set([...belongs.values()].filter(({ relation }) => paths.names(relation.id)).map(({ relation }) => relation.from))
  const unnamed = new Map<string, Edge[]>()
  for (const edge of paths.waited) {
    if (paths.names(edge.relation.id)) continue
    const list = unnamed.get(edge.needer)
    if (list) list.push(edge)
    else unnamed.set(edge.needer, [edge])
  }

  function behind(component: string, when: string): void {
    if (naming.has(component)) return
    for (const edge of unnamed.get(component) ?? []) {
      if (seen.has(edge.relation.id)) continue
      seen.add(edge.relation.id)
      played.push({ edge, when })
      behind(edge.needed, when)
    }
  }

  function play(steps: readonly Step[], when: string): void {
    for (const step of steps) {
      if (step.type !== 'relation') {
        play(step.steps, [when, wordsOf(step)].filter((part) => part !== '').join(', '))
        continue
      }
      for (const id of step.relations) {
        const edge = belongs.get(id) ?? graph.edge(id)
        if (!edge) continue
        seen.add(id)
        // Comes behind the answer, after what brings it about, wherever it is written.
        if (belongs.has(id) && !paths.waitsFor(id)) {
          later.set(id, when)
          continue
        }
        played.push({ edge, when })
        behind(edge.needed, when)
      }
    }
  }

  play(paths.flow?.steps ?? [], '')
  for (const entry of paths.entries) behind(entry, '')
  return [...played, ...inTurn(paths).map((edge) => ({ edge, when: later.get(edge.relation.id) ?? '' }))]
}

/** What nobody waits for, each after what brings it about. */
function inTurn({ entries, waited, caused }: FlowPaths): readonly Edge[] {
  const reached = new Set([...entries, ...waited.flatMap(({ relation }) => [relation.from, relation.to])])
  const leaving = new Map<string, Edge[]>()
  for (const edge of caused) {
    const list = leaving.get(edge.relation.from)
    if (list) list.push(edge)
    else leaving.set(edge.relation.from, [edge])
  }
  const found = new Set<Edge>()
  for (const component of reached) {
    for (const edge of leaving.get(component) ?? []) {
      found.add(edge)
      reached.add(edge.relation.to)
    }
  }
  for (const edge of caused) found.add(edge)
  return [...found]
}

function wordsOf(step: Exclude<Step, { readonly type: 'relation' }>): string {
  switch (step.type) {
    case 'when':
      return `when “${step.why}”${step.share === undefined ? '' : `, ${Number((step.share * 100).toPrecision(3))}% of the runs`}`
    case 'parallel':
      return 'at the same time'
    case 'any-of':
      return 'one of them'
    case 'repeat':
      return step.times === undefined ? 'again and again' : `${Number(step.times.toPrecision(3))} times`
  }
}

/** Of the flow as it would be, did it end here. */
function clockOf(model: Model, { graph, load }: Analysis, paths: FlowPaths, done: ReadonlySet<string>): string {
  const { flow } = paths
  const cut: FlowPaths = { ...paths, ...(flow && { flow: { ...flow, steps: upTo(flow.steps, done) } }), waited: paths.waited.filter(({ relation }) => done.has(relation.id)), caused: [] }
  const latency = flowLatenciesOf(model, graph, [cut], load).of(paths.id)
  if (!latency) return ''
  const floor = latency.atLeast(0.5).seconds
  const [half, slow] = [latency.estimate(0.5), latency.estimate(0.99)]
  if (slow.sureness === 'estimate' && half.seconds > 0) return `about ${short(half.seconds)}, p99 about ${short(slow.seconds)}`
  return floor > 0 ? `at least ${short(floor)}` : ''
}

function upTo(steps: readonly Step[], done: ReadonlySet<string>): readonly Step[] {
  return steps.flatMap((step): readonly Step[] => {
    if (step.type !== 'relation') {
      const inner = upTo(step.steps, done)
      return inner.length > 0 ? [{ ...step, steps: inner }] : []
    }
    const relations = step.relations.filter((id) => done.has(id))
    return relations.length > 0 ? [{ ...step, relations }] : []
  })
}

function short(seconds: number): string {
  return time(Number(seconds.toPrecision(2)))
}

function titleOf({ flow, name }: FlowPaths): string {
  return flow?.title ?? name.replace(/^the r/, 'R').replaceAll('`', '')
}

function named(model: Model, id: string): string {
  return `\`${lookup(model).component(id)?.name ?? id}\``
}

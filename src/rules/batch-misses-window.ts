import { batchFloors, type BatchPhase } from '../analysis/batch.ts'
import { storeCopies } from '../analysis/capacity.ts'
import { time } from '../analysis/staleness.ts'
import { known, number, protection, range, saysUnknown } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import { BANDWIDTH, formatQuantity, quantity, SIZE } from '../model/quantity.ts'
import type { Fact } from '../model/value.ts'
import type { Finding, Rule } from './rule.ts'
import { percent } from './words.ts'

export const batchMissesWindow: Rule = {
  id: 'batch-misses-window',
  code: 'Q6',
  severity: 'warning',
  title: 'A batch job cannot end within its window',
  why: 'A job is as long as its longest phase, and a phase as long as its slowest worker: two hundred machines do not help where one key sends a tenth of all to one of them. The next run then starts before the last has ended, or the morning begins without its numbers.',
  sources: [
    { title: 'Dean and Ghemawat, MapReduce: Simplified Data Processing on Large Clusters (OSDI 2004)', url: 'https://research.google/pubs/mapreduce-simplified-data-processing-on-large-clusters/' },
    { title: 'Zaharia et al., Resilient Distributed Datasets (NSDI 2012)' },
  ],
  needs: ['window', 'deadline', 'period', 'replicas', 'tasks', 'input', 'scan-bandwidth', 'shuffle', 'bandwidth', 'skew', 'output', 'combiner', 'speculative'],
  fixable: false,
  *check(model) {
    for (const component of model.components) {
      if (component.kind !== 'batch' && component.kind !== 'workflow') continue
      const late = lateness(model, component)
      if (late) yield report(component, late)
    }
  },
}

interface Limit {
  readonly path: 'window' | 'deadline' | 'period'
  readonly seconds: number
  readonly fact: Fact
}

interface Late {
  readonly limit: Limit
  readonly phase: BatchPhase
  readonly seconds: number
  readonly how: string
  readonly facts: readonly Fact[]
}

/** The shortest time in which it must end: its window, its deadline, or the next run. */
function limitOf({ facts }: Component): Limit | undefined {
  const found = (['window', 'deadline', 'period'] as const).flatMap((path): readonly Limit[] => {
    const seconds = number(facts, path)
    return seconds === undefined ? [] : [{ path, seconds, fact: known(facts, path)!.fact }]
  })
  return found.sort((a, b) => a.seconds - b.seconds)[0]
}

function lateness(model: Model, component: Component): Late | undefined {
  const { facts } = component
  const limit = limitOf(component)
  const workers = workersOf(component)
  if (!limit || !workers) return undefined
  // What is added up before it travels is less than what is stated to be read.
  const combined = protection(facts, 'combiner') !== false || saysUnknown(facts, 'transform')
  const of = (path: string): number | undefined => number(facts, path)
  const sink = sinkOf(model, component)
  const floors = batchFloors({
    workers: workers.count,
    ...pick({
      input: of('input'),
      scan: of('scan-bandwidth'),
      shuffle: combined ? undefined : of('shuffle'),
      network: combined ? undefined : of('bandwidth'),
      skew: combined ? undefined : of('skew'),
      output: of('output'),
      sink: sink?.rate,
    }),
  })
  const [longest] = [...floors].sort((a, b) => b[1] - a[1])
  if (!longest || longest[1] <= limit.seconds) return undefined
  const [phase, seconds] = longest
  const read = READ[phase].flatMap((path) => known(facts, path)?.fact ?? [])
  return { limit, phase, seconds, how: howOf(component, phase, workers.count, sink), facts: [limit.fact, ...read, ...(phase === 'skew' || phase === 'sink' ? [] : workers.facts), ...(phase === 'sink' ? sink!.facts : [])] }
}

const READ: Readonly<Record<BatchPhase, readonly string[]>> = {
  scan: ['input', 'scan-bandwidth'],
  shuffle: ['shuffle', 'bandwidth'],
  skew: ['shuffle', 'input', 'skew', 'scan-bandwidth'],
  sink: ['output'],
}

function workersOf({ facts }: Component): { readonly count: number; readonly facts: readonly Fact[] } | undefined {
  if (saysUnknown(facts, 'replicas') || saysUnknown(facts, 'tasks') || saysUnknown(facts, 'autoscale.max')) return undefined
  const paths = ['replicas', 'tasks', 'autoscale.max'].filter((path) => range(facts, path) !== undefined)
  const count = Math.max(0, ...paths.map((path) => range(facts, path)!.to))
  return count < 1 ? undefined : { count, facts: paths.map((path) => known(facts, path)!.fact) }
}

interface Sink {
  readonly name: string
  readonly rate: number
  readonly facts: readonly Fact[]
}

/** Where it writes to one place only: what that place's network carries. */
function sinkOf(model: Model, component: Component): Sink | undefined {
  const find = lookup(model)
  const targets = [...new Set(find.relationsFrom(component.id).filter(({ verb }) => verb === 'writes').map(({ to }) => to))]
  const target = targets.length === 1 ? find.component(targets[0]!) : undefined
  const each = target && number(target.facts, 'bandwidth')
  const copies = target && storeCopies(target, 'writes')
  return target && each !== undefined && copies ? { name: target.name, rate: each * copies.count, facts: [known(target.facts, 'bandwidth')!.fact, ...copies.facts] } : undefined
}

function pick<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> }
}

function howOf({ facts }: Component, phase: BatchPhase, workers: number, sink: Sink | undefined): string {
  const size = (path: string): string => formatQuantity(quantity(number(facts, path)!, SIZE))
  const speed = (value: number): string => formatQuantity(quantity(value, BANDWIDTH))
  switch (phase) {
    case 'scan':
      return `${workers} workers read ${size('input')} at ${speed(number(facts, 'scan-bandwidth')!)} each`
    case 'shuffle':
      return `${workers} workers exchange ${size('shuffle')} over ${speed(number(facts, 'bandwidth')!)} each`
    case 'skew': {
      const all = number(facts, 'shuffle') ?? number(facts, 'input')!
      const share = number(facts, 'skew')!
      return `one key brings ${percent(share, 1)} of ${formatQuantity(quantity(all, SIZE))} to one worker, which takes ${formatQuantity(quantity(all * share, SIZE))} at ${speed(number(facts, 'scan-bandwidth')!)}, however many there are`
    }
    case 'sink':
      return `${size('output')} go into \`${sink!.name}\`, which takes ${speed(sink!.rate)}`
  }
}

const CALLED = { window: 'its window of', deadline: 'its deadline of', period: 'the time until its next run,' } as const

function report(component: Component, { limit, phase, seconds, how, facts }: Late): Finding {
  return {
    at: component.origin,
    subject: { component: component.id },
    message: `\`${component.name}\` takes at least ${time(seconds)}, more than ${CALLED[limit.path]} ${time(limit.seconds)}: ${how}.`,
    help: HELP[phase],
    related: limit.fact.from === 'stated' ? [{ at: limit.fact.origin, message: `${limit.path} ${time(limit.seconds)}` }] : [],
    facts,
    fixes: [],
  }
}

const HELP: Readonly<Record<BatchPhase, string>> = {
  scan: 'Run more workers, read less (only what is new, only the columns that count), or start earlier.',
  shuffle: 'Add up before data travel (`combiner: yes`), send the small side to all instead of sorting both, or run more workers.',
  skew: 'Cut the busiest key into parts and add these up afterwards (salting), send the small side to all, or add up before data travel (`combiner: yes`).',
  sink: 'Write in bulk past the serving path (ready-made files, a load into a copy that is switched in), or write less.',
}

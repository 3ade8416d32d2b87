/** `lintel fail`: what each flow does when these parts are down. */
import { backlogStory, effectStories, fail, failingNamed, failingNames, flowStory, hitStory, nearest, shiftStory, type Aftermath, type Failure } from '../core.ts'
import type { Failing, Model } from '../model/model.ts'
import { openDesign } from '../workspace.ts'
import { UserError } from './failure.ts'
import { diskReader, display, readNamed } from './files.ts'
import { fold, paint, plural } from './print.ts'

export interface FailOptions {
  readonly format: 'text' | 'json'
}

export async function failCommand(file: string, targets: readonly string[], options: FailOptions): Promise<number> {
  const { path, uri } = await readNamed(file)
  const { model } = await openDesign(uri, diskReader(path))
  const failure: Failure = { fails: targets.flatMap((target) => named(model, target, path)) }
  const aftermath = fail(model, failure)
  process.stdout.write(options.format === 'json' ? asJson(model, targets, aftermath) : asText(model, targets, aftermath))
  return 0
}

function named(model: Model, target: string, path: string): readonly Failing[] {
  const found = failingNamed(model, target)
  if (found.length === 1) return found
  if (found.length > 1) {
    const ids = found.map((one) => (one.type === 'thing' ? one.target.id : one.type === 'replica' ? `replica(${one.component})` : one.name))
    throw new UserError(`‘${target}’ may mean ${ids.join(' or ')} in ${display(path)}; write which`)
  }
  const near = nearest(target, failingNames(model))
  throw new UserError(`there is nothing named ‘${target}’ in ${display(path)}${near ? `; did you mean ${near}?` : '; name a component, a container, a zone, a technology, or replica(NAME)'}`)
}

const STATE_STYLE = { available: 'green', deferred: 'cyan', degraded: 'yellow', unavailable: 'red' } as const

function asText(model: Model, targets: readonly string[], aftermath: Aftermath): string {
  const lines = [paint('bold', `Without ${targets.join(', ')}`)]
  for (const hit of aftermath.hits.slice(0, MOST)) lines.push(fold(hitStory(model, hit), '  '))
  if (aftermath.hits.length > MOST) lines.push(`  … and ${aftermath.hits.length - MOST} more`)
  lines.push('')
  const width = Math.max(0, ...aftermath.flows.map(({ paths }) => titleOf(paths.name).length))
  for (const flow of aftermath.flows) {
    const { headline, details } = flowStory(model, flow)
    const [state = '', ...rest] = headline.split(': ')
    lines.push(`${titleOf(flow.paths.name).padEnd(width)}  ${paint([STATE_STYLE[flow.state], 'bold'], state)}`)
    if (rest.length > 0) lines.push(fold(rest.join(': '), '    '))
    for (const detail of details) lines.push(fold(detail, '    '))
  }
  section(lines, 'Where the load goes', aftermath.shifts.map((shift) => shiftStory(model, shift)))
  section(lines, 'What backs up', aftermath.backlogs.map((backlog) => backlogStory(model, backlog)))
  section(lines, 'Besides', effectStories(aftermath))
  lines.push('', summary(aftermath))
  return lines.join('\n') + '\n'
}

/** Lines of one list that are shown before it only counts. */
const MOST = 12

function section(lines: string[], title: string, entries: readonly string[]): void {
  if (entries.length === 0) return
  lines.push('', paint('bold', title))
  for (const entry of entries.slice(0, MOST)) lines.push(fold(entry, '    ').replace(/^ {4}/, '  · '))
  if (entries.length > MOST) lines.push(`  … and ${entries.length - MOST} more`)
}

function titleOf(name: string): string {
  return name.replace(/^the r/, 'R')
}

function summary({ flows }: Aftermath): string {
  const counted = (['unavailable', 'degraded', 'deferred', 'available'] as const).flatMap((state) => {
    const count = flows.filter((flow) => flow.state === state).length
    return count > 0 ? [`${count} ${state}`] : []
  })
  if (flows.length === 0) return 'No flow: declare one, and Lintel says what it does.'
  return `${plural(flows.length, 'flow')}: ${counted.length === 1 ? `${flows.length > 1 ? 'all ' : ''}${flows[0]!.state}` : counted.join(', ')}`
}

function asJson(model: Model, targets: readonly string[], { hits, flows, shifts, backlogs, effects }: Aftermath): string {
  const report = {
    targets,
    hits: hits.map(({ component, of, count, left, pause, because, missing }) => ({ component, of, count, left, pause, because, missing })),
    flows: flows.map((flow) => ({
      flow: flow.paths.id,
      title: flow.paths.flow?.title ?? titleOf(flow.paths.name),
      state: flow.state,
      path: flow.witness.length > 0 ? [flow.witness[0]!.needer, ...flow.witness.map(({ needed }) => needed)] : [],
      pauseSeconds: flow.pause,
      recoversSeconds: flow.recovers,
      ...flowStory(model, flow),
      missing: flow.open,
    })),
    shifts: shifts.map(({ facts: _, ...shift }) => shift),
    backlogs,
    effects: effects.map(({ kind, edge, component, text }) => ({ kind, relation: edge?.relation.id, component, text })),
  }
  return JSON.stringify(report, undefined, 2) + '\n'
}

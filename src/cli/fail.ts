/** `lintel fail`: what each flow does when these parts are down, or in a scenario of the design. */
import { backlogStory, causeStory, effectStories, fail, failingNamed, failingNear, failureIn, flowStory, hitStory, shiftStory, type Aftermath, type Failure, type FlowAfter } from '../core.ts'
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
  const { model, problems } = await openDesign(uri, diskReader(path))
  const broken = problems.filter(({ severity }) => severity === 'error').length
  // What is left of a broken text may lack what would have mattered.
  if (broken > 0) process.stderr.write(`lintel: ${display(path)} has ${plural(broken, 'error')} (lintel check shows ${broken === 1 ? 'it' : 'them'}); this is about the rest\n`)
  const failure = together(targets.map((target) => scenarioNamed(model, target) ?? { fails: named(model, target, path) }))
  const aftermath = fail(model, failure)
  process.stdout.write(options.format === 'json' ? asJson(model, targets, failure, aftermath) : asText(model, targets, failure, aftermath))
  return 0
}

/** A scenario by its title, with all that it brings about. */
function scenarioNamed(model: Model, title: string): Failure | undefined {
  const scenario = model.scenarios.find((one) => one.title === title)
  return scenario && failureIn(model, scenario)
}

function together(failures: readonly Failure[]): Failure {
  const all = <K, V>(maps: readonly (ReadonlyMap<K, V> | undefined)[]): ReadonlyMap<K, V> => new Map(maps.flatMap((map) => [...(map ?? [])]))
  return {
    fails: failures.flatMap(({ fails }) => fails),
    slows: all(failures.map(({ slows }) => slows)),
    surges: all(failures.map(({ surges }) => surges)),
    partitions: failures.flatMap(({ partitions }) => partitions ?? []),
  }
}

function named(model: Model, target: string, path: string): readonly Failing[] {
  const found = failingNamed(model, target)
  if (found.length === 1) return found
  if (found.length > 1) {
    const ids = found.map((one) => (one.type === 'thing' ? one.target.id : one.type === 'replica' ? `replica(${one.component})` : one.name))
    throw new UserError(`‘${target}’ may mean ${ids.join(' or ')} in ${display(path)}; write which`)
  }
  const near = failingNear(model, target)
  throw new UserError(`there is nothing named ‘${target}’ in ${display(path)}${near ? `; did you mean ${near}?` : `; name ${WHAT}`}`)
}

const WHAT = 'a component, a container, a zone, a technology, replica(NAME) or the title of a scenario'

const STATE_STYLE = { available: 'green', deferred: 'cyan', degraded: 'yellow', unavailable: 'red' } as const

/** The worst first. */
const STATES = ['unavailable', 'degraded', 'deferred', 'available'] as const

function asText(model: Model, targets: readonly string[], failure: Failure, aftermath: Aftermath): string {
  const { flows, shifts, backlogs } = aftermath
  const scenarios = targets.filter((target) => scenarioNamed(model, target))
  const lines = [paint('bold', `${scenarios.length === targets.length ? 'In' : 'Without'} ${targets.map((target) => (scenarios.includes(target) ? `"${target}"` : target)).join(', ')}`)]
  const given = targets.flatMap((target) => (scenarios.includes(target) ? [] : failingNamed(model, target))).flatMap((one) => (one.type === 'thing' ? [one.target.id] : []))
  for (const sentence of [...causeStory(model, failure), ...fallen(model, given, aftermath)]) lines.push(fold(sentence, '  '))
  if (flows.length > 0) lines.push('')
  const told = STATES.flatMap((state) => flows.filter((flow) => flow.state === state))
  const quiet = told.filter((flow) => flow.state === 'available' && flow.open.length === 0 && flowStory(model, flow, true).details.length === 0)
  const single = quiet.length > QUIET ? told.filter((flow) => !quiet.includes(flow)) : told
  const width = Math.max(0, ...single.map(({ paths }) => titleOf(paths.name).length))
  for (const flow of single) {
    const { headline, details } = flowStory(model, flow, true)
    const [state = '', ...rest] = headline.split(': ')
    lines.push(`${titleOf(flow.paths.name).padEnd(width)}  ${paint([STATE_STYLE[flow.state], 'bold'], state)}`)
    if (rest.length > 0) lines.push(fold(rest.join(': '), '    '))
    for (const detail of details) lines.push(fold(detail, '    '))
  }
  if (quiet.length > QUIET) lines.push(`${paint([STATE_STYLE.available, 'bold'], 'available')}  ${fold(quiet.map(({ paths }) => titleOf(paths.name)).join(', '), '    ').trimStart()}`)
  const explained = new Set(flows.flatMap(({ later }) => later.map(({ component }) => component)))
  const lost = new Set(flows.flatMap(({ dropped }) => dropped.map(({ relation }) => relation.id)))
  // Who has as much to do as before, and room for it, is no news.
  const pressed = shifts.filter(({ before, after, utilisation }) => after > before * 1.01 || utilisation === undefined || utilisation >= 0.5)
  section(lines, 'Where the load goes', pressed.map((shift) => shiftStory(model, shift)), shifts.length - pressed.length)
  section(lines, 'What backs up', backlogs.map((backlog) => backlogStory(model, backlog, !explained.has(backlog.consumer))))
  section(lines, 'Besides', effectStories({ ...aftermath, effects: aftermath.effects.filter(({ edge, kind }) => kind !== 'dropped' || !edge || !lost.has(edge.relation.id)) }))
  lines.push('', summary(flows))
  return lines.join('\n') + '\n'
}

/** Flows that go on as if nothing were, before they share a line. */
const QUIET = 4

/** Lines of one list that are shown before it only counts. */
const MOST = 12

/** What is down besides what was named, in one sentence, then what is hit in part. */
function fallen(model: Model, given: readonly string[], { hits }: Aftermath): readonly string[] {
  const down = hits.filter(({ because }) => because === 'is down')
  const others = down.filter(({ component }) => !given.includes(component))
  const names = others.map((hit) => hitStory(model, hit).replace(/ is down$/, ''))
  const listed = names.length > MOST ? [...names.slice(0, MOST - 1), `${names.length - MOST + 1} more`] : names
  const sentence = listed.length === 0 ? [] : [`${listed.length === 1 ? listed[0] : `${listed.slice(0, -1).join(', ')} and ${listed.at(-1)}`} ${names.length === 1 ? 'is' : 'are'} down`]
  const safe = hits.filter(({ because }) => because.startsWith('goes on: it survives'))
  const rest = hits.filter((hit) => !down.includes(hit) && !safe.includes(hit))
  const fewer = rest.filter((hit) => / copies left$/.test(hitStory(model, hit)) && hit.left !== undefined)
  // One sentence for all of which there are only fewer.
  const counts = fewer.slice(1, MOST).map((hit) => hitStory(model, hit).replace(/ has (\d+ of \d+) copies left$/, ' $1'))
  const more = fewer.length > MOST ? `, and ${fewer.length - MOST} more have fewer as well` : ''
  const partly = [...(fewer.length > 0 ? [[hitStory(model, fewer[0]!), ...counts].join(', ') + more] : []), ...rest.filter((hit) => !fewer.includes(hit)).map((hit) => hitStory(model, hit)), ...survivors(model, safe)]
  return [...sentence, ...partly.slice(0, MOST), ...(partly.length > MOST ? [`… and ${partly.length - MOST} more`] : [])]
}

/** What states, or is known, to survive it: one sentence for all that survive the same. */
function survivors(model: Model, hits: Aftermath['hits']): readonly string[] {
  return [...Map.groupBy(hits, ({ because }) => because)].map(([because, [first, ...others]]) => {
    if (others.length === 0) return hitStory(model, first!)
    const names = [first!, ...others].map((hit) => hitStory(model, hit).slice(0, hitStory(model, hit).indexOf(' goes on')))
    const by = [...new Set([first!, ...others].flatMap(({ facts }) => facts.flatMap((fact) => (fact.from === 'default' ? [`\`${fact.by}\``] : []))))]
    return `${names.slice(0, -1).join(', ')} and ${names.at(-1)} go on: they ${because.slice('goes on: it '.length).replace('survives', 'survive')}${by.length > 0 ? ` (default${by.length > 1 ? 's' : ''} of ${by.join(', ')})` : ''}`
  })
}

function section(lines: string[], title: string, entries: readonly string[], below = 0): void {
  if (entries.length === 0) return
  lines.push('', paint('bold', title))
  for (const entry of entries.slice(0, MOST)) lines.push(fold(entry, '    ').replace(/^ {4}/, '  · '))
  if (entries.length > MOST) lines.push(`  … and ${entries.length - MOST} more`)
  else if (below > 0) lines.push(`  … and ${below} more, below 50%`)
}

function titleOf(name: string): string {
  return name.replace(/^the r/, 'R')
}

function summary(flows: readonly FlowAfter[]): string {
  const counted = STATES.flatMap((state) => {
    const count = flows.filter((flow) => flow.state === state).length
    return count > 0 ? [`${count} ${state}`] : []
  })
  if (flows.length === 0) return 'No flow: declare one, and Lintel says what it does.'
  return `${plural(flows.length, 'flow')}: ${counted.length === 1 ? `${flows.length > 1 ? 'all ' : ''}${flows[0]!.state}` : counted.join(', ')}`
}

/** The shape that `docs/failure.schema.json` fixes. Times in seconds, rates in 1/s; each `text` and `details` is what the text says. */
function asJson(model: Model, targets: readonly string[], failure: Failure, { hits, flows, shifts, backlogs, effects }: Aftermath): string {
  const report = {
    targets,
    causes: causeStory(model, failure),
    hits: hits.map((hit) => {
      const { component, of, count, left, pause, because, missing } = hit
      return { component, of, count, left, pauseSeconds: pause, because, missing, text: hitStory(model, hit) }
    }),
    flows: flows.map((flow) => ({
      flow: flow.paths.id,
      title: flow.paths.flow?.title ?? titleOf(flow.paths.name),
      state: flow.state,
      path: flow.witness.length > 0 ? [flow.witness[0]!.needer, ...flow.witness.map(({ needed }) => needed)] : [],
      pauseSeconds: flow.pause,
      recoversSeconds: flow.recovers,
      overloaded: flow.overloaded.map(({ component }) => component),
      later: flow.later.map(({ component }) => component),
      ...flowStory(model, flow),
      missing: flow.open,
    })),
    shifts: shifts.map(({ component, work, before, after, capacityBefore, capacityAfter, utilisation, ...shift }) => ({ component, work, before, after, capacityBefore, capacityAfter, utilisation, text: shiftStory(model, { component, work, before, after, ...(capacityBefore !== undefined && { capacityBefore }), ...(capacityAfter !== undefined && { capacityAfter }), ...(utilisation !== undefined && { utilisation }), ...shift }) })),
    backlogs: backlogs.map((backlog) => ({ ...backlog, text: backlogStory(model, backlog) })),
    effects: effects.map(({ kind, edge, component, text }) => ({ kind, relation: edge?.relation.id, component, text })),
    summary: Object.fromEntries(STATES.map((state) => [state, flows.filter((flow) => flow.state === state).length])),
  }
  return JSON.stringify(report, undefined, 2) + '\n'
}

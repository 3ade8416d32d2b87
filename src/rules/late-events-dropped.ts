import type { Analysis } from '../analysis/analysis.ts'
import { latenessOf, type Lateness } from '../analysis/lateness.ts'
import { time } from '../analysis/staleness.ts'
import { known, limit, number, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, Relation } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { setProperties } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { alongPath, joined } from './words.ts'

export const lateEventsDropped: Rule = {
  id: 'late-events-dropped',
  code: 'S8',
  severity: 'error',
  title: 'A window is closed before its events can have arrived',
  why: 'A result over a time window is given out at some moment, and what comes later is ignored. Telephones that were in a tunnel, readers that were behind and jobs that run at night send exactly that: events that are true and late. What they would have added is missing, and no error says so.',
  sources: [
    { title: 'Akidau et al., The Dataflow Model (VLDB 2015)', url: 'https://www.vldb.org/pvldb/vol8/p1792-Akidau.pdf' },
    { title: 'Akidau, Streaming 102: The world beyond batch', url: 'https://www.oreilly.com/radar/the-world-beyond-batch-streaming-102/' },
    { title: 'Apache Flink documentation, Windows: Allowed Lateness', url: 'https://nightlies.apache.org/flink/flink-docs-stable/docs/dev/datastream/operators/windows/#allowed-lateness' },
  ],
  needs: ['window', 'time', 'watermark', 'allowed-lateness', 'late', 'offline-buffer', 'lag', 'class', 'tolerates'],
  fixable: true,
  settings: ['lateShare'],
  *check(model, analysis, { lateShare }) {
    const latest = latenessOf(model, analysis.flows)
    for (const processor of model.components) {
      const window = processor.kind === 'stream-processor' ? number(processor.facts, 'window') : undefined
      const patience = window === undefined ? undefined : patienceOf(processor, window, lateShare)
      const late = patience && latest(processor.id)
      if (!patience || !late || late.seconds <= patience.seconds || isCorrected(model, processor)) continue
      const stake = stakeOf(model, analysis, processor, late)
      if (stake) yield report(model, processor, window!, patience, late, stake)
    }
  },
}

/** How late an event may be and still be counted where it belongs. */
interface Patience {
  readonly seconds: number
  readonly by: 'arrival' | 'event'
  /** `` `watermark` 30s + `allowed-lateness` 1min `` */
  readonly text: string
  readonly facts: readonly Fact[]
}

function patienceOf({ facts }: Component, window: number, lateShare: number): Patience | undefined {
  if (['window', 'time', 'watermark', 'allowed-lateness', 'late'].some((path) => saysUnknown(facts, path))) return undefined
  const at = (path: string): readonly Fact[] => (known(facts, path) ? [known(facts, path)!.fact] : [])
  if (word(facts, 'time') === 'processing') return { seconds: lateShare * window, by: 'arrival', text: '', facts: [...at('window'), ...at('time')] }
  // What comes too late is kept, or corrects the result.
  if (['side-output', 'retract'].includes(word(facts, 'late') ?? '')) return undefined
  const parts = (['watermark', 'allowed-lateness'] as const).flatMap((path) => {
    const seconds = word(facts, path) === 'none' ? 0 : limit(facts, path)
    return seconds === undefined ? [] : [{ path, seconds }]
  })
  // How long it waits nobody says.
  if (parts.length === 0) return undefined
  return {
    seconds: parts.reduce((sum, { seconds }) => sum + seconds, 0),
    by: 'event',
    text: parts.map(({ path, seconds }) => `\`${path}\` ${time(seconds)}`).join(' + '),
    facts: [...at('window'), ...parts.flatMap(({ path }) => at(path)), ...at('late')],
  }
}

/** Another way to the same result puts it right later: a job over the same data, or a comparison. */
function isCorrected(model: Model, processor: Component): boolean {
  const find = lookup(model)
  const results = new Set(outputsOf(model, processor).map(({ to }) => to))
  const beside = new Set([...results, processor.id, ...find.relationsTo(processor.id).map(({ from }) => from)])
  return model.relations.some(({ verb, from, to }) => (verb === 'reconciles' && beside.has(to)) || (verb === 'writes' && results.has(to) && find.component(from)?.kind === 'batch'))
}

function outputsOf(model: Model, processor: Component): readonly Relation[] {
  return lookup(model).relationsFrom(processor.id).filter(({ verb }) => verb === 'writes' || verb === 'publishes' || verb === 'calls')
}

interface Stake {
  readonly severe: boolean
  readonly because: string
  readonly facts: readonly Fact[]
}

/** What the result is for: unset where losing some of it, or being about right, is all right. */
function stakeOf(model: Model, { intents, carried }: Analysis, processor: Component, { flow }: Lateness): Stake | undefined {
  const outputs = outputsOf(model, processor)
  const written = [...new Set(outputs.flatMap(({ id }) => carried.on(id)))]
  const data = written.length > 0 ? written : [...new Set(lookup(model).relationsTo(processor.id).flatMap(({ id }) => carried.on(id)))]
  const places = outputs.length > 0 ? outputs.map(({ id, to }) => ({ relation: id, component: to, data })) : [{ component: processor.id, data }]
  const asked = [...places, { component: processor.id, data }].flatMap((place) => (['loss', 'approximation'] as const).map((aspect) => intents.at({ ...place, ...(flow.flow && { flow: flow.flow.id }) }, aspect)))
  if (asked.some(({ stance, withheld }) => stance === 'tolerates' || withheld)) return undefined
  const money = data.find((id) => intents.classOf(id) === 'money')
  const fact = money === undefined ? undefined : known(lookup(model).data(money)?.facts ?? {}, 'class')?.fact
  if (fact) return { severe: true, because: `, and \`${lookup(model).data(money!)!.name}\` is money`, facts: [fact] }
  const required = asked.find(({ stance, implied }) => stance === 'requires' && !implied)
  return required?.fact ? { severe: true, because: `, though ${required.because}`, facts: [required.fact] } : { severe: false, because: '', facts: [] }
}

function report(model: Model, processor: Component, window: number, patience: Patience, late: Lateness, stake: Stake): Finding {
  const shown = late.delays.slice(0, 4)
  const how = late.seconds === Infinity ? 'at any time' : `${time(late.seconds)} late`
  const why = late.delays.length > 1 || late.seconds === Infinity ? ` (${joined(shown.map(({ what }) => what))}${late.delays.length > shown.length ? ' and others' : ''})` : `: ${late.delays[0]!.what}`
  const arrives = `what \`${late.from.name}\` sends can arrive ${how}${why}`
  return {
    at: processor.origin,
    subject: { component: processor.id },
    severity: stake.severe ? 'error' : 'warning',
    message: patience.by === 'arrival'
      ? `\`${processor.name}\` counts an event in the ${time(window)} window in which it arrives (\`time: processing\`), but ${arrives}. It is then counted in the wrong window${stake.because}.`
      : `\`${processor.name}\` closes its windows of ${time(window)} after ${patience.seconds === 0 ? 'no waiting' : patience.text}, but ${arrives}. What comes after that is never counted${stake.because}.`,
    help: `${patience.by === 'arrival' ? 'Count by when things happened (`time: event`), and wait' : 'Wait'}${late.seconds === Infinity ? ' for a while (`allowed-lateness`)' : ` that long (\`allowed-lateness: ${roundedUp(late.seconds)}\`)`} and correct what was given out (\`late: retract\`), or keep what is late (\`late: side-output\`) and true up from the raw log once a day.`,
    related: [...alongPath(model, late.path), ...shown.flatMap(({ fact, what }) => (fact.from === 'stated' ? [{ at: fact.origin, message: what }] : []))],
    facts: [...patience.facts, ...late.delays.map(({ fact }) => fact), ...stake.facts],
    fixes: fixesFor(processor, patience, late),
  }
}

function fixesFor(processor: Component, { by }: Patience, { seconds }: Lateness): readonly Fix[] {
  const event: Readonly<Record<string, string>> = by === 'arrival' ? { time: 'event' } : {}
  return [
    ...(seconds === Infinity ? [] : [{ title: `Wait that long: \`allowed-lateness: ${roundedUp(seconds)}\``, edits: setProperties(processor, { ...event, 'allowed-lateness': roundedUp(seconds) }) }]),
    { title: 'Correct what was given out: `late: retract`', edits: setProperties(processor, { ...event, late: 'retract' }) },
  ]
}

/** In whole units, so that nothing is cut off. */
function roundedUp(seconds: number): string {
  const [unit, size] = seconds <= 120 ? ['s', 1] : seconds <= 7200 ? ['min', 60] : seconds <= 172_800 ? ['h', 3600] : ['d', 86_400]
  return `${Math.ceil(seconds / (size as number))}${unit}`
}

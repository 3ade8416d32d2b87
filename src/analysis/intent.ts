/**
 * What a design asks for and puts up with: `requires:` and `tolerates:` on a relation, a component, data or a flow, the nearest first, and
 * behind them what the class of the data implies (CONVENTIONS 0.2). Correctness rules ask here before they accuse anybody.
 */
import { known, list, nameOf, numberOf, references, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Flow, Model } from '../model/model.ts'
import type { Fact, Facts, Value } from '../model/value.ts'
import type { Carried } from './carried.ts'

/** `loss` of a write, `duplicates` of an effect, `reordering` per key, `staleness` of a read, and so on. */
export type Aspect = 'loss' | 'duplicates' | 'reordering' | 'staleness' | 'unavailability' | 'conflicts' | 'approximation'

export interface Intent {
  /** `requires` that it does not happen (for staleness: no more than `bound`), `tolerates` it, or nothing is known. */
  readonly stance: 'requires' | 'tolerates' | 'unknown'
  /** Seconds, where a staleness is required or tolerated up to a bound. */
  readonly bound?: number
  /** The nearest place says on purpose that it is unknown what is tolerated or required: then nothing further away is asked. */
  readonly withheld?: true
  /** Nobody states it: the class of the data implies it. */
  readonly implied?: true
  /** What it rests on; unset where nothing is known. */
  readonly fact?: Fact
  /** As a message says it: `` `Order` has class order ``, `` `billing` tolerates duplicates ``; empty where nothing is known. */
  readonly because: string
}

/** Where one asks: any of these may be left out. Nearest first: the relation, the component, its data, the flow. */
export interface Place {
  readonly relation?: string
  readonly component?: string
  /** Ids; left out, the data that the relation carries, that the component holds, or that the flow is about. */
  readonly data?: readonly string[]
  readonly flow?: string
}

export interface Intents {
  at(place: Place, aspect: Aspect): Intent
  /** What the classes alone say, whatever is stated besides; unset where they say nothing. */
  ofClass(data: readonly string[], aspect: Aspect): Intent | undefined
  /** The classes that imply that nothing may be lost: money, inventory, …, user content, configuration. Unset where it has none. */
  classOf(data: string): string | undefined
}

const NOTHING: Intent = { stance: 'unknown', because: '' }
const WITHHELD: Intent = { ...NOTHING, withheld: true }

/** Words on the right of `requires:` that demand the absence of a thing. */
const REQUIRES: Readonly<Record<string, Aspect>> = {
  'no-loss': 'loss',
  'no-duplicates': 'duplicates',
  order: 'reordering',
  'no-reordering': 'reordering',
  'no-staleness': 'staleness',
  staleness: 'staleness',
  availability: 'unavailability',
  'no-conflicts': 'conflicts',
  exact: 'approximation',
}

/** What a class of data implies where nothing is stated. A number is a bound in seconds. */
const CLASSES: Readonly<Record<string, { readonly requires: readonly Aspect[]; readonly staleness?: number } | 'tolerant'>> = {
  money: { requires: ['loss', 'duplicates', 'reordering', 'conflicts'] },
  inventory: { requires: ['loss', 'duplicates', 'reordering', 'conflicts'] },
  entitlement: { requires: ['loss', 'duplicates', 'reordering', 'conflicts'] },
  identity: { requires: ['loss', 'duplicates', 'reordering', 'conflicts'] },
  order: { requires: ['loss', 'duplicates', 'reordering', 'conflicts'] },
  'user-content': { requires: ['loss'] },
  file: { requires: ['loss'] },
  message: { requires: ['loss', 'reordering'] },
  config: { requires: ['loss'], staleness: 60 },
  acl: { requires: ['loss'], staleness: 60 },
  telemetry: 'tolerant',
  metric: 'tolerant',
  'view-count': 'tolerant',
  'like-count': 'tolerant',
  feed: 'tolerant',
  presence: 'tolerant',
  session: 'tolerant',
  recommendation: 'tolerant',
  'search-result': 'tolerant',
}

const TOLERANT: ReadonlySet<Aspect> = new Set(['loss', 'duplicates', 'reordering', 'staleness'])

export function intentsOf(model: Model, carried: Carried): Intents {
  const find = lookup(model)

  function at(place: Place, aspect: Aspect): Intent {
    const relation = place.relation === undefined ? undefined : find.relation(place.relation)
    const component = place.component === undefined ? undefined : find.component(place.component)
    const flow = place.flow === undefined ? undefined : find.flow(place.flow)
    const data = place.data ?? (relation ? carried.on(relation.id) : component ? carried.at(component.id) : flow ? dataOfFlow(flow) : [])
    // What it is about, and so what is asked of that, is said to be unknown.
    const open = (relation && saysUnknown(relation.facts, 'data')) || (!relation && component && saysUnknown(component.facts, 'stores')) || (!relation && !component && flow && saysUnknown(flow.facts, 'data'))
    return (
      (relation && stated(relation.facts, aspect, `\`${name(relation.from)} → ${name(relation.to)}\``)) ??
      (component && stated(component.facts, aspect, `\`${component.name}\``)) ??
      (open && data.length === 0 ? WITHHELD : undefined) ??
      ofData(data, aspect, (id) => {
        const declared = find.data(id)
        return declared && stated(declared.facts, aspect, `\`${declared.name}\``)
      }) ??
      (flow && stated(flow.facts, aspect, `"${flow.title}"`)) ??
      ofClass(data, aspect) ??
      NOTHING
    )
  }

  function ofClass(data: readonly string[], aspect: Aspect): Intent | undefined {
    return ofData(data, aspect, (id) => {
      const declared = find.data(id)
      return declared && implied(declared.facts, aspect, declared.name)
    })
  }

  function name(component: string): string {
    return find.component(component)?.name ?? component
  }

  return { at, ofClass, classOf: (data) => word(find.data(data)?.facts ?? {}, 'class') }
}

function dataOfFlow(flow: Flow): readonly string[] {
  return references(flow.facts, 'data').flatMap((target) => (target.kind === 'data' ? [target.id] : []))
}

/** Of several data the strictest counts: one that requires is enough, and all must tolerate. */
function ofData(data: readonly string[], aspect: Aspect, read: (id: string) => Intent | undefined): Intent | undefined {
  // By name, so that what is told does not hang on the order in which data are declared.
  const intents = [...data].sort().map(read)
  const requiring = intents.filter((intent) => intent?.stance === 'requires')
  if (requiring.length > 0) return aspect === 'staleness' ? tightest(requiring as Intent[]) : requiring[0]
  const withheld = intents.find((intent) => intent?.withheld)
  if (withheld) return withheld
  const tolerating = intents.filter((intent) => intent?.stance === 'tolerates')
  if (tolerating.length === 0 || tolerating.length < data.length) return undefined
  return aspect === 'staleness' ? tightest(tolerating as Intent[]) : tolerating[0]
}

function tightest(intents: readonly Intent[]): Intent {
  return intents.reduce((least, intent) => ((intent.bound ?? Infinity) < (least.bound ?? Infinity) ? intent : least))
}

function stated(facts: Facts, aspect: Aspect, who: string): Intent | undefined {
  const required = entry(facts, 'requires', (word) => REQUIRES[word] === aspect)
  if (required) {
    const bound = aspect === 'staleness' ? (boundOf(required) ?? 0) : undefined
    return { stance: 'requires', ...(bound !== undefined && { bound }), fact: known(facts, 'requires')!.fact, because: `${who} requires ${nameOf(required)}` }
  }
  const tolerated = entry(facts, 'tolerates', (word) => word === aspect)
  // Said to be unknown, it may well be tolerated: what the class implies cannot be held against it.
  if (!tolerated) return saysUnknown(facts, 'tolerates') || saysUnknown(facts, 'requires') ? { stance: 'unknown', withheld: true, because: '' } : undefined
  const bound = aspect === 'staleness' ? boundOf(tolerated) : undefined
  return { stance: 'tolerates', ...(bound !== undefined && { bound }), fact: known(facts, 'tolerates')!.fact, because: `${who} tolerates ${aspect}` }
}

function implied(facts: Facts, aspect: Aspect, data: string): Intent | undefined {
  const said = known(facts, 'class')
  const name = said && nameOf(said.value)
  const meaning = name === undefined ? undefined : CLASSES[name]
  if (!said || meaning === undefined) return undefined
  const because = `\`${data}\` has class ${name}`
  if (meaning === 'tolerant') return TOLERANT.has(aspect) ? { stance: 'tolerates', implied: true, fact: said.fact, because } : undefined
  if (aspect === 'staleness' && meaning.staleness !== undefined) return { stance: 'requires', implied: true, bound: meaning.staleness, fact: said.fact, because }
  return meaning.requires.includes(aspect) ? { stance: 'requires', implied: true, fact: said.fact, because } : undefined
}

function entry(facts: Facts, property: string, wanted: (word: string) => boolean): Value | undefined {
  return list(facts, property)?.find((value) => wanted(nameOf(value) ?? ''))
}

function boundOf(value: Value): number | undefined {
  return value.type === 'call' ? numberOf(value.args[0]) : undefined
}

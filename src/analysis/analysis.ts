/**
 * Everything that several rules, the axes and the numbers share, computed once a model and only when asked for. Each facet is a file of
 * its own with a pure function of the model (and of other facets); this is only the place where they meet.
 */
import type { Model } from '../model/model.ts'
import { admissionOf, type Admission } from './admission.ts'
import { attemptsOf, type Attempts } from './attempts.ts'
import { availabilityOf, type FlowAvailability } from './availability.ts'
import { laggingOf, type Lagging } from './behind.ts'
import { carriedOf, type Carried } from './carried.ts'
import { consumersOf, type Consumer } from './consumer-groups.ts'
import { contradictionsOf, type Contradiction } from './contradictions.ts'
import { duplicationOf, type Duplication } from './duplication.ts'
import { exposuresOf, type Exposure } from './exposure.ts'
import { flowLatenciesOf, type FlowLatencies } from './flow-latency.ts'
import { flowsOf, type FlowPaths } from './flows.ts'
import { frontsOf, type Fronts } from './fronts.ts'
import { graphOf, type Graph } from './graph.ts'
import { homesOf, type Homes } from './homes.ts'
import { intentsOf, type Intents } from './intent.ts'
import { loadOf, type Load } from './load.ts'
import { locksOf, type Lock } from './locks.ts'
import { placeClaimsOf, type PlaceClaim } from './place-claims.ts'
import { quorumsOf, type Quorums } from './quorum.ts'
import { sagasOf, type Saga } from './sagas.ts'
import { sectionsOf, type Sections } from './sections.ts'
import { stalenessOf, type Staleness } from './staleness.ts'
import { successOf, type SuccessGraph } from './success.ts'
import { truthsOf, type Truths } from './truth.ts'
import { unchangedSince, type Unchanged } from './unchanged.ts'
import { touching, unitsOf, type Unit } from './units.ts'

export interface Analysis {
  readonly model: Model
  readonly graph: Graph
  readonly flows: readonly FlowPaths[]
  readonly carried: Carried
  readonly intents: Intents
  /** What can fall at once, the smallest first. */
  readonly units: readonly Unit[]
  /** The units in which any of these components can fall, in their order. */
  readonly unitsOf: (components: Iterable<string>) => readonly Unit[]
  /** One for each of `flows`, in their order. */
  readonly success: readonly SuccessGraph[]
  /** How available each of `flows` can be at best, in their order. */
  readonly availability: readonly FlowAvailability[]
  /** Single faults that take a flow down. */
  readonly exposures: readonly Exposure[]
  /** Zones, regions and the like whose loss is expected to be survived. */
  readonly placeClaims: readonly PlaceClaim[]
  readonly load: Load
  /** How long flows take, and what makes it so. */
  readonly latency: FlowLatencies
  /** What of the load gets through limits, and arrives at once. */
  readonly admission: Admission
  /** Who works through the messages of a queue or log, and how fast. */
  readonly consumers: readonly Consumer[]
  /** What retries come to while something fails. */
  readonly attempts: Attempts
  /** What may run twice, and which effects can bear it. */
  readonly duplication: Duplication
  /** Locks and leases, with what is changed under them. */
  readonly locks: readonly Lock[]
  /** Work that only one request at a time can be in. */
  readonly sections: Sections
  readonly staleness: Staleness
  /** Which caches stand in front of what. */
  readonly fronts: Fronts
  /** Which reads may miss a write. */
  readonly lagging: Lagging
  readonly quorums: Quorums
  /** Where data lives, and what may forget it. */
  readonly truths: Truths
  /** Which stores decide what data is, and which only copy it. */
  readonly homes: Homes
  /** Those that carry a name, then those of workflows. */
  readonly sagas: readonly Saga[]
  /** What the author claims and what else is stated rules out. */
  readonly contradictions: readonly Contradiction[]
}

/** Kept with the model, so that the rules, the axes and the numbers of one design walk it once. */
export function analyse(model: Model): Analysis {
  const made = analyses.get(model)
  if (made) return made
  const fresh = makeAnalysis(model)
  analyses.set(model, fresh)
  return fresh
}

/**
 * Of a design as a failure leaves it, made from one that is analysed already: the same as `analyse`, but what the failure does not reach is taken
 * over and not computed again.
 */
export function analyseAfter(model: Model, before: Analysis): Analysis {
  const fresh = makeAnalysis(model, unchangedSince(before, model))
  analyses.set(model, fresh)
  return fresh
}

const analyses = new WeakMap<Model, Analysis>()

/** A getter a facet: name, and what it is made of. */
function makeAnalysis(model: Model, kept?: Unchanged): Analysis {
  return {
    model,
    get graph() { return once(this, 'graph', () => graphOf(model, kept)) },
    get flows() { return once(this, 'flows', () => flowsOf(model, this.graph, kept)) },
    get carried() { return once(this, 'carried', () => carriedOf(model, this.graph)) },
    get intents() { return once(this, 'intents', () => intentsOf(model, this.carried)) },
    get load() { return once(this, 'load', () => loadOf(model, this.graph, this.flows, () => this.carried, kept)) },
    get latency() { return once(this, 'latency', () => flowLatenciesOf(model, this.graph, this.flows, this.load)) },
    get admission() { return once(this, 'admission', () => admissionOf(model, this.load)) },
    get consumers() { return once(this, 'consumers', () => consumersOf(model, this.load)) },
    get attempts() { return once(this, 'attempts', () => attemptsOf(model, this.graph, this.load)) },
    get duplication() { return once(this, 'duplication', () => duplicationOf(model, this.graph, this.flows)) },
    get locks() { return once(this, 'locks', () => locksOf(model, this.graph, this.flows)) },
    get sections() { return once(this, 'sections', () => sectionsOf(model, this.graph, this.flows, this.load, this.locks)) },
    get staleness() { return once(this, 'staleness', () => stalenessOf(model, this.graph)) },
    get fronts() { return once(this, 'fronts', () => frontsOf(model, this.graph, this.flows, this.carried)) },
    get lagging() { return once(this, 'lagging', () => laggingOf(model, this.graph, this.carried, this.fronts)) },
    get quorums() { return once(this, 'quorums', () => quorumsOf(model)) },
    get truths() { return once(this, 'truths', () => truthsOf(model, this.graph, this.carried)) },
    get homes() { return once(this, 'homes', () => homesOf(model, this)) },
    get sagas() { return once(this, 'sagas', () => sagasOf(model, this.graph, this.flows)) },
    get units() { return once(this, 'units', () => unitsOf(model)) },
    get unitsOf() { return once(this, 'unitsOf', () => touching(this.units)) },
    get success() { return once(this, 'success', () => this.flows.map((flow) => successOf(model, this.graph, flow))) },
    get availability() { return once(this, 'availability', () => this.success.map((graph) => availabilityOf(model, this.unitsOf(graph.components), graph))) },
    get placeClaims() { return once(this, 'placeClaims', () => placeClaimsOf(model, this.units, this.success)) },
    get exposures() { return once(this, 'exposures', () => exposuresOf(model, this.intents, this.unitsOf, this.success)) },
    get contradictions() { return once(this, 'contradictions', () => contradictionsOf(model, this)) },
  }
}

/** Replaces a getter by its value at first use. */
function once<T>(target: object, name: string, compute: () => T): T {
  const value = compute()
  Object.defineProperty(target, name, { value, enumerable: true })
  return value
}

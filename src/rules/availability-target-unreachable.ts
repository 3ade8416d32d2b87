import { availabilityOf, type Contributor, type FlowAvailability } from '../analysis/availability.ts'
import { targetOf } from '../analysis/exposure.ts'
import { downtime, inSeries, MONTH } from '../analysis/nines.ts'
import type { SuccessGraph } from '../analysis/success.ts'
import { known } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Model } from '../model/model.ts'
import { DURATION, formatQuantity, quantity } from '../model/quantity.ts'
import type { Finding, Rule } from './rule.ts'
import { joined, percent, sentence } from './words.ts'

export const availabilityTargetUnreachable: Rule = {
  id: 'availability-target-unreachable',
  code: 'A3',
  severity: 'error',
  title: 'Even if every part keeps its promise, the flow cannot keep its own',
  why: 'What must all work at once fails as often as its parts do together: ten dependencies of four nines are three nines. A promise above that product is broken in an ordinary month, without anything going wrong.',
  sources: [
    { title: 'Treynor, Dahlin, Rau, Beyer, The Calculus of Service Availability, ACM Queue 15(2), 2017', url: 'https://queue.acm.org/detail.cfm?id=3096459' },
    { title: 'AWS, Availability and Beyond: availability with dependencies', url: 'https://docs.aws.amazon.com/whitepapers/latest/availability-and-beyond-improving-resilience/availability-with-dependencies.html' },
  ],
  needs: ['availability', 'criticality', 'fallback', 'failover.coverage'],
  fixable: false,
  settings: ['promisedOverrun'],
  *check(model, analysis, { promisedOverrun }) {
    for (const [at, graph] of analysis.success.entries()) {
      const target = targetOf(graph)
      if (target === undefined || !graph.flow.flow) continue
      const all = analysis.availability[at]!
      if (all.value >= target * (1 - EXACT)) continue
      const intent = analysis.intents.at({ flow: graph.flow.flow.id, data: [] }, 'unavailability')
      if (intent.stance === 'tolerates' || intent.withheld) continue
      const own = availabilityOf(model, analysis.unitsOf(graph.components), graph, (fact) => fact.from !== 'default')
      if (own.value < target * (1 - EXACT)) yield report(model, graph, target, own)
      // A provider's published promise is what it pays for, and mostly kept with room to spare.
      else if (1 - all.value > promisedOverrun * (1 - target)) yield { ...report(model, graph, target, all), severity: 'warning' }
    }
  },
}

/** Products of decimals are off by the last binary digit. */
const EXACT = 1e-9

/** Parts that the message names. */
const SHOWN = 3

function report(model: Model, graph: SuccessGraph, target: number, found: FlowAvailability): Finding {
  const flow = graph.flow.flow!
  const said = known(flow.facts, 'availability')!.fact
  const largest = nameIn(model, found.contributors[0]!)
  const off = lookup(model).container(found.contributors[0]!.id)
    ? `Run what is needed outside of ${largest} too, so that either place will do`
    : `Take ${found.contributors.length > 1 ? `the largest, ${largest},` : largest} off the way (a \`fallback\`, a soft arrow, a queue whose work is finished later), give it a second way that fails independently`
  return {
    at: said.from === 'stated' ? said.origin : flow.origin,
    subject: { flow: flow.id },
    message: `${sentence(graph.flow.name)} promises ${percent(target)} (down ${down(target)} a month), but ${costsOf(model, found)}.`,
    help: `${off}, or promise no more than ${percent(promise(found.value))}.`,
    related: found.contributors.slice(0, 10).flatMap((part) => relatedOf(model, graph, part)),
    facts: [said, ...found.contributors.map((part) => part.fact)],
    fixes: [],
  }
}

function costsOf(model: Model, { contributors, value }: FlowAvailability): string {
  const time = `down ${down(value)} a month`
  if (contributors.length === 1) return `it cannot do without ${nameIn(model, contributors[0]!)}, which is there ${percent(contributors[0]!.own)} of the time (${time})`
  const parts = contributors.slice(0, SHOWN).map((part) => `${nameIn(model, part)} ${percent(part.own)}`)
  const rest = contributors.length > SHOWN ? [`${contributors.length - SHOWN} more`] : []
  const series = Math.abs(inSeries(contributors.map(({ own }) => own)) - value) < EXACT
  const what = series ? `the ${contributors.length} things that it cannot do without come` : 'what it needs, alternatives included, comes'
  return `${what} to ${formatQuantity(quantity(value), 'availability')} at best (${time}): ${joined([...parts, ...rest], SHOWN + 1)}`
}

/** `` `psp` ``, `` region `us` ``, `the failover of …`. */
function nameIn(model: Model, { id, name }: Contributor): string {
  const find = lookup(model)
  const place = find.container(id)
  return place ? `${place.kind} \`${name}\`` : find.component(id) ? `\`${name}\`` : name
}

/** `21.6min` of 30 days. */
function down(availability: number): string {
  return formatQuantity(quantity(downtime(availability, MONTH), DURATION))
}

/** The next promise below that people make. */
function promise(value: number): number {
  return [0.9999, 0.9995, 0.999, 0.9985, 0.998, 0.997, 0.995, 0.99, 0.98, 0.97, 0.95, 0.9].find((each) => each <= value * (1 + EXACT)) ?? Math.floor(value * 20) / 20
}

function relatedOf(model: Model, graph: SuccessGraph, part: Contributor): Finding['related'] {
  const find = lookup(model)
  const place = find.component(part.id) ?? find.container(part.id)
  if (!place) return []
  const way = graph.flow.reach.path(part.id).at(-1)
  return [{ at: part.fact.from === 'stated' ? part.fact.origin : (way?.relation.origin ?? place.origin), message: `${nameIn(model, part)} ${percent(part.own)} costs ${down(1 - part.costs)} a month` }]
}

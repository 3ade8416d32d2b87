import type { Analysis } from '../analysis/analysis.ts'
import { perReplica } from '../analysis/capacity.ts'
import { shortfall } from '../analysis/spike.ts'
import { time } from '../analysis/staleness.ts'
import { known, number, protection, range, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import { formatQuantity, quantity, RATE } from '../model/quantity.ts'
import type { Fact } from '../model/value.ts'
import type { Finding, Rule } from './rule.ts'
import { counted } from './words.ts'

/** Autoscaling that follows the load keeps so much of its capacity busy, commonly. */
const KEPT_BUSY = 0.7

export const scaleOutSlowerThanSpike: Rule = {
  id: 'scale-out-slower-than-spike',
  code: 'Q7',
  severity: 'warning',
  title: 'The spike is there before the copies that are to bear it',
  why: 'Autoscaling measures, decides, starts and warms up, which takes minutes. A spike that comes within seconds is served by what runs already: what is more than that queues, times out and comes back as retries, and new copies start under a load that is larger still.',
  sources: [
    { title: 'AWS Well-Architected Framework, Performance Efficiency and Reliability pillars', url: 'https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/welcome.html' },
    { title: 'Beyer et al., Site Reliability Engineering (2016), ch. 22, Slow Startup and Cold Caching', url: 'https://sre.google/sre-book/addressing-cascading-failures/' },
  ],
  needs: ['ramp', 'rate', 'peak', 'surge', 'capacity', 'replicas', 'autoscale.min', 'autoscale.max', 'autoscale.ready', 'autoscale.mode', 'load-shed', 'rate-limit', 'concurrency'],
  fixable: false,
  *check(model, analysis) {
    for (const component of model.components) {
      const late = worstFor(model, analysis, component)
      if (late) yield report(component, late)
    }
  },
}

interface Late {
  readonly flow: { readonly name: string; readonly at: Finding['at']; readonly id: string }
  readonly from: number
  readonly to: number
  readonly ramp: number
  readonly ready: number
  readonly copies: number
  readonly capacity: number
  readonly missing: number
  /** Copies that bear the peak. */
  readonly needed: number
  readonly facts: readonly Fact[]
}

function worstFor(model: Model, analysis: Analysis, component: Component): Late | undefined {
  const { facts } = component
  const ready = number(facts, 'autoscale.ready')
  const mode = word(facts, 'autoscale.mode')
  if (ready === undefined || saysUnknown(facts, 'autoscale.mode') || mode === 'scheduled' || mode === 'predictive') return undefined
  // What refuses the rest is not overrun by it.
  if (['load-shed', 'rate-limit', 'concurrency-limit'].some((path) => protection(facts, path) !== false) || component.kind === 'function') return undefined
  const each = perReplica(component, 'all')
  const least = range(facts, 'replicas')?.from ?? number(facts, 'autoscale.min')
  if (!each || least === undefined || ['replicas', 'autoscale.min', 'autoscale.max'].some((path) => saysUnknown(facts, path))) return undefined
  const [asked, arrives] = [analysis.load.component(component.id).all, analysis.admission.component(component.id).all]
  // A limit, a waiting room or a queue before it takes the peak off.
  if (arrives.peak < asked.peak * (1 - 1e-6)) return undefined
  const most = number(facts, 'autoscale.max')
  if (most !== undefined && arrives.peak > most * each.rate) return undefined
  const entering = lookup(model).relationsTo(component.id)
  const late = model.flows.flatMap((flow): readonly Late[] => {
    const ramp = number(flow.facts, 'ramp')
    if (ramp === undefined) return []
    const own = entering.map((relation) => analysis.load.flowRelation(flow.id, relation.id))
    const rise = own.reduce((sum, { peak, average }) => sum + peak - average, 0)
    if (rise <= 0) return []
    const from = asked.average
    const to = from + rise
    const copies = Math.max(least, Math.ceil(from / (KEPT_BUSY * each.rate) - 1e-9))
    const capacity = copies * each.rate
    const missing = shortfall(from, to, ramp, capacity, ready)
    const held = copies * (range(facts, 'concurrency')?.to ?? 0)
    // Less than what it does in a second waits that long.
    if (missing <= Math.max(capacity, held)) return []
    const read = ['autoscale.ready', 'autoscale.min', 'replicas'].flatMap((path) => known(facts, path)?.fact ?? [])
    const needed = Math.ceil(to / (KEPT_BUSY * each.rate) - 1e-9)
    return [
      {
        flow: { name: `"${flow.title}"`, at: flow.origin, id: flow.id },
        from, to, ramp, ready, copies, capacity, missing, needed: Math.min(needed, most ?? needed),
        facts: [known(flow.facts, 'ramp')!.fact, ...each.facts, ...read, ...analysis.load.facts({ component: component.id })],
      },
    ]
  })
  return late.sort((a, b) => b.missing - a.missing || (a.flow.id < b.flow.id ? -1 : 1))[0]
}

function report(component: Component, { flow, from, to, ramp, ready, copies, capacity, missing, needed, facts }: Late): Finding {
  return {
    at: component.origin,
    subject: { component: component.id },
    message: `In ${flow.name} the load on \`${component.name}\` rises from ${rate(from)} to ${rate(to)} within ${time(ramp)}, and new copies are ready after ${time(ready)}: until then ${counted(copies, 'copy', 'copies')} take ${rate(capacity)}, and about ${formatQuantity(quantity(Number(missing.toPrecision(2))))} requests are too many.`,
    help: `Start the copies before it comes (\`autoscale { min: ${needed} }\` for that hour, \`mode: scheduled\`), or let only as many in as can be served (a waiting room, a queue, \`load-shed: yes\`).`,
    related: [{ at: flow.at, message: `${flow.name} rises to its peak within ${time(ramp)}` }],
    facts,
    fixes: [],
  }
}

function rate(value: number): string {
  return formatQuantity(quantity(value, RATE))
}

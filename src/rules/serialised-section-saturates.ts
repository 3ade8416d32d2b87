import type { Part, Section, Sections } from '../analysis/sections.ts'
import { serialLimit, serialUtilisation } from '../analysis/serial.ts'
import { time } from '../analysis/staleness.ts'
import { number } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Model } from '../model/model.ts'
import { formatQuantity, quantity, RATE } from '../model/quantity.ts'
import type { Finding, Rule } from './rule.ts'
import { joined, nameOf, percent, sentence } from './words.ts'

export const serialisedSectionSaturates: Rule = {
  id: 'serialised-section-saturates',
  code: 'L3',
  severity: 'error',
  title: 'Work that only one can do at a time takes longer than the time between requests',
  why: 'What happens under one lock, in one row’s transaction or in one thread happens one after the other, whatever the number of machines around it. One slow call inside sets the rate for all: 400 ms are two and a half a second.',
  sources: [
    { title: 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 7, Two-Phase Locking' },
    { title: 'Baker et al., Megastore: Providing Scalable, Highly Available Storage for Interactive Services (CIDR 2011)' },
    { title: 'Lazowska et al., Quantitative System Performance (1984), ch. 3, the utilization law' },
  ],
  needs: ['tx', 'tx.scope', 'tx.protocol', 'per', 'lease.hold', 'latency.p50', 'latency.p99', 'key', 'key-dist', 'key-cardinality', 'op', 'if', 'batch', 'split', 'single-threaded', 'singleton', 'concurrency', 'id-block', 'rate'],
  fixable: false,
  settings: ['utilisation'],
  *check(model, analysis, { utilisation }) {
    const told = new Set<string>()
    for (const section of analysis.sections.serial) {
      const used = serialUtilisation(section.rate * section.share, section.hold) / section.together
      const usual = section.parts.every((part) => part.usual)
      // Of times that are only known at p99 the mean is shorter: short of the whole they prove nothing.
      if (used < utilisation || (used < 1 && !usual)) continue
      told.add(`${section.holder.id} ${section.name}`)
      yield saturated(model, section, used, usual)
    }
    for (const waiting of analysis.sections.waiting) {
      if (!told.has(`${waiting.held.needer} transaction \`${waiting.name}\``)) yield held(model, waiting)
    }
  },
}

function saturated(model: Model, section: Section, used: number, usual: boolean): Finding {
  const { name, holder, hold, together, share, rate, relation } = section
  const parts = section.parts.toSorted((a, b) => b.seconds - a.seconds || ((a.edge?.relation.id ?? '~') < (b.edge?.relation.id ?? '~') ? -1 : 1))
  const asked = rate * share
  const longest = parts[0]!
  // What is only known at p99 proves nothing by itself, and takes nothing from what the usual times prove.
  const certain = serialUtilisation(asked, parts.reduce((sum, part) => sum + (part.usual ? part.seconds : 0), 0)) / together
  const blamed = longest.edge?.relation ?? relation
  const long = parts.length > 1 ? ` (${joined(parts.map((part) => partOf(model, part)))})` : longest.edge ? ` by \`${nameOf(model, longest.edge.needer)} → ${nameOf(model, longest.edge.needed)}\`` : ''
  const one = section.key === undefined ? '' : ` for one \`${section.key}\``
  const busiest = share < 1 ? `${section.how} of ${shown(rate)} = ${shown(asked)}` : `${shown(asked)} come`
  const taken = section.type === 'component' ? 'is busy' : 'is held'
  const verdict = used >= 1 ? `, but ${busiest}` : `, and ${busiest}: ${percent(used, 0)} of that`
  return {
    at: blamed?.origin ?? holder.origin,
    // It is about the whole, whichever part of it is known to be the longest.
    subject: { component: holder.id, ...(section.type === 'lock' && { relation: relation!.id }) },
    severity: certain >= 1 && section.exact ? 'error' : 'warning',
    message: `${sentence(name)} ${taken} for ${time(hold)}${usual ? '' : ' at p99'}${long}: at most ${shown(serialLimit(hold, together))} pass${one}${verdict}.`,
    help: helpOf(model, section, longest),
    related: [...(relation && blamed !== relation ? [{ at: relation.origin, message: `what is held` }] : []), ...parts.filter(({ edge }) => edge && edge.relation !== blamed).slice(0, 6).map((part) => ({ at: part.edge!.relation.origin, message: `inside: ${partOf(model, part)}` }))],
    facts: [...section.facts(), ...parts.map(({ fact }) => fact)],
    fixes: [],
  }
}

function partOf(model: Model, { edge, seconds }: Part): string {
  return edge ? `${time(seconds)} for \`${nameOf(model, edge.needer)} → ${nameOf(model, edge.needed)}\`` : `${time(seconds)} of its own work`
}

function helpOf(model: Model, { type, holder, key }: Section, longest: Part): string {
  const target = longest.edge && lookup(model).component(longest.edge.needed)
  if (target?.kind === 'external' || target?.kind === 'service') {
    return `Take \`${target.name}\` out of it: reserve first, then call, and confirm in a second short ${type === 'transaction' ? 'transaction' : 'section'}.`
  }
  if (type === 'component') return `Let \`${holder.name}\` do several at a time (\`batch\`), hand out blocks, or divide its work by a key.`
  return `Hold it for less long, do several at a time (\`batch\`), or cut ${key === undefined ? 'it into one for each key' : `the busiest \`${key}\` into parts (\`split\`)`}.`
}

/** A third party’s time is not ours to keep rows locked for, however few come today. */
function held(model: Model, { name, external, held: write, facts }: Sections['waiting'][number]): Finding {
  const holder = nameOf(model, write.needer)
  const [party, store] = [nameOf(model, external.needed), nameOf(model, write.needed)]
  const limit = number(external.relation.facts, 'timeout')
  return {
    at: external.relation.origin,
    subject: { component: write.needer, relation: external.relation.id },
    severity: 'info',
    message: `\`${holder}\` waits for \`${party}\` inside transaction \`${name}\`: what it has locked in \`${store}\` stays locked for as long as \`${party}\` takes${limit === undefined ? '' : `, up to ${time(limit)}`}.`,
    help: `Reserve first, then call \`${party}\`, and confirm in a second short transaction.`,
    related: [{ at: write.relation.origin, message: `what it has locked in \`${store}\`` }],
    facts,
    fixes: [],
  }
}

function shown(rate: number): string {
  return formatQuantity(quantity(rate, RATE))
}

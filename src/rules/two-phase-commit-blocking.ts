import type { Analysis } from '../analysis/analysis.ts'
import { flowsWaiting } from '../analysis/flows.ts'
import { transactionsOf, withoutPrepare, type Transaction } from '../analysis/transactions.ts'
import { known, nameOf as valueName, number, quantityAt, reference, saysUnknown } from '../model/facts.ts'
import { isContainer, lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import { formatQuantity, quantity } from '../model/quantity.ts'
import type { Fact } from '../model/value.ts'
import type { Finding, Rule } from './rule.ts'
import { listed, nameOf } from './words.ts'

/** From here on a flow cannot wait for somebody to bring a lost coordinator back (CATALOG T4). */
const HIGH = 0.999

export const twoPhaseCommitBlocking: Rule = {
  id: 'two-phase-commit-blocking',
  code: 'T4',
  severity: 'error',
  title: 'A two-phase commit that blocks when one node is gone, or that somebody cannot take part in',
  why: 'A participant that has said yes must wait, with its rows locked, for the one who decides. If that one is a single node, its crash stops everybody behind those rows until it is back. And who cannot promise beforehand, as a queue or somebody else’s API, takes no part, whatever the picture says.',
  sources: [
    { title: 'Gray, Notes on Data Base Operating Systems (1978)' },
    { title: 'Gray & Lamport, Consensus on Transaction Commit (2006)', url: 'https://www.microsoft.com/en-us/research/publication/consensus-on-transaction-commit/' },
    { title: 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 9, Atomic Commit and Two-Phase Commit' },
    { title: 'PostgreSQL documentation, PREPARE TRANSACTION', url: 'https://www.postgresql.org/docs/current/sql-prepare-transaction.html' },
  ],
  needs: ['tx.protocol', 'tx.name', 'tx.log', 'tx', 'prepare', 'replicas', 'owner', 'interface', 'availability'],
  fixable: false,
  *check(model, analysis) {
    for (const transaction of transactionsOf(model)) {
      const finding = isTwoPhase(transaction) ? judged(model, analysis, transaction) : undefined
      if (finding) yield finding
    }
  },
}

type Commit = Transaction & { readonly runner: Component; readonly protocolFact: Fact }

/** What a component commits together, by two phases. One resource manager needs none. */
function isTwoPhase(transaction: Transaction): transaction is Commit {
  const { runner, protocol, protocolFact, participants } = transaction
  return runner !== undefined && protocolFact !== undefined && (protocol === '2pc' || protocol === 'xa') && participants.length > 1 && !areOneDatabase(participants)
}

/** Groups of a database that commits over consensus by itself: no coordinator of theirs is ever a single node. */
function areOneDatabase(participants: readonly Component[]): boolean {
  const bases = new Set(participants.map(({ technology }) => technology?.base))
  return bases.size === 1 && ['spanner', 'cockroachdb'].includes([...bases][0] ?? '')
}

interface Reason {
  readonly text: string
  readonly severity: 'error' | 'warning'
  readonly facts: readonly Fact[]
  readonly help: string
}

function judged(model: Model, analysis: Analysis, commit: Commit): Finding | undefined {
  const { runner, protocolFact: protocol, relations, participants } = commit
  const reasons = [unable(commit), single(model, analysis, commit), owned(commit), apart(model, commit)].flatMap((reason) => reason ?? [])
  const [first] = reasons
  if (!first) return undefined
  return {
    at: protocol.from === 'stated' ? protocol.origin : runner.origin,
    subject: { component: runner.id },
    severity: reasons.some(({ severity }) => severity === 'error') ? 'error' : 'warning',
    message: `\`${commit.name}\` commits ${listed(participants.map(({ name }) => name))} together in two phases: ${reasons.map(({ text }) => text).join('; and ')}.`,
    help: first.help,
    related: relations.slice(0, 8).map(({ origin, from, to }) => ({ at: origin, message: `\`${nameOf(model, from)} → ${nameOf(model, to)}\` takes part` })),
    facts: [protocol, ...reasons.flatMap(({ facts }) => facts)],
    fixes: [],
  }
}

/** Those who cannot promise to commit and keep the promise over a crash. */
function unable({ participants }: Commit): Reason | undefined {
  const cannot = participants.flatMap((component) => {
    const why = withoutPrepare(component)
    return why === undefined ? [] : [{ component, ...why }]
  })
  const [first] = cannot
  if (!first) return undefined
  const others = cannot.slice(1).map(({ component }) => component.name)
  return {
    text: `${first.text}, so it cannot promise first and commit later${others.length > 0 ? `, and neither can ${listed(others)}` : ''}`,
    severity: 'error',
    facts: cannot.flatMap(({ facts }) => facts),
    help: `Take ${listed(cannot.map(({ component }) => component.name))} out of the transaction: write an outbox row in the same transaction as the rest and act on it afterwards, or make it a saga.`,
  }
}

/** Whoever decides, or what it writes its decisions to, is one node. */
function single(model: Model, analysis: Analysis, { runner, relations, participants }: Commit): Reason | undefined {
  if (saysUnknown(runner.facts, 'tx.log')) return undefined
  const log = reference(runner.facts, 'tx.log')
  const keeper = log?.kind === 'component' ? lookup(model).component(log.id) : log ? undefined : runner
  const count = keeper && known(keeper.facts, 'replicas')
  if (!keeper || !count || count.fact.from !== 'stated' || count.value.type !== 'quantity' || number(keeper.facts, 'replicas') !== 1) return undefined
  const flows = flowsWaiting(analysis.flows, relations.map(({ id }) => id)).filter(({ flow }) => flow)
  const strict = flows.find(({ flow }) => (number(flow!.facts, 'availability') ?? 0) >= HIGH)
  const target = strict && number(strict.flow!.facts, 'availability')!
  const restart = quantityAt(keeper.facts, 'restart')
  const until = restart === undefined ? 'until it is back' : `until it is back, ${formatQuantity(restart)} later`
  const what = keeper === runner ? `while \`${runner.name}\`, a single node, is down` : `while \`${keeper.name}\`, the one node that keeps what was decided, is down`
  const waiting = participants.filter((participant) => withoutPrepare(participant) === undefined).map(({ name }) => name)
  return {
    text: `${what}, what ${waiting.length === 0 ? 'they have' : `${listed(waiting)} ${waiting.length > 1 ? 'have' : 'has'}`} prepared stays locked ${until}${strict ? `, though ${strict.name} promises ${formatQuantity(quantity(target!), 'availability')}` : ''}`,
    severity: strict ? 'error' : 'warning',
    facts: [count.fact, ...(strict ? [known(strict.flow!.facts, 'availability')!.fact] : [])],
    help: 'Keep what the coordinator decides in a store that survives a node (`tx { log: … }`, a majority of copies), or use a saga with an outbox, which locks nothing.',
  }
}

/** Whose rows wait for another team’s coordinator. */
function owned({ runner, participants }: Commit): Reason | undefined {
  const own = known(runner.facts, 'owner')
  if (!own || own.fact.from !== 'stated') return undefined
  const foreign = participants.filter(({ facts }) => {
    const owner = known(facts, 'owner')
    return owner?.fact.from === 'stated' && valueName(owner.value) !== valueName(own.value)
  })
  if (foreign.length === 0) return undefined
  const teams = [...new Set(foreign.flatMap(({ facts }) => valueName(known(facts, 'owner')!.value) ?? []))]
  return {
    text: `${listed(foreign.map(({ name }) => name))} ${foreign.length > 1 ? 'belong' : 'belongs'} to ${teams.length > 1 ? 'the teams' : 'team'} ${listed(teams)}, whose rows a coordinator of team \`${valueName(own.value)}\` can lock`,
    severity: 'warning',
    facts: [own.fact, ...foreign.map(({ facts }) => known(facts, 'owner')!.fact)],
    help: 'Between teams, use a saga or events: each commits by itself, and nobody’s rows wait for somebody else’s process.',
  }
}

function apart(model: Model, { participants }: Commit): Reason | undefined {
  const find = lookup(model)
  const regions = new Set(participants.flatMap(({ id }) => find.ancestors(id).find((place) => isContainer(place) && place.kind === 'region')?.name ?? []))
  if (regions.size < 2) return undefined
  return {
    text: `${regions.size === 2 ? 'between' : 'over'} ${listed([...regions])} every commit holds its locks for two round trips, and one cut of the network holds them all`,
    severity: 'warning',
    facts: [],
    help: 'Keep what commits together in one region, or use a store that agrees over regions by itself.',
  }
}

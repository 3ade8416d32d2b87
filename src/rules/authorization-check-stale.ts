import type { Analysis } from '../analysis/analysis.ts'
import { uniqueFacts } from '../analysis/figure.ts'
import type { FlowPaths } from '../analysis/flows.ts'
import type { Edge } from '../analysis/graph.ts'
import { time, type StaleLayer, type StalePath } from '../analysis/staleness.ts'
import { isUnlimited, known, limit, protection, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Data, Fix, Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { setProperties } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { alongPath, joined, nameOf } from './words.ts'

export const authorizationCheckStale: Rule = {
  id: 'authorization-check-stale',
  code: 'X3',
  severity: 'error',
  title: 'A right that was taken away goes on working for too long',
  why: 'Rights are checked where it is cheap: in a token that was signed an hour ago, in a cache of decisions, on a replica. Each of them goes on saying yes after the answer has become no, and the one who was locked out is exactly the one who will try.',
  sources: [
    { title: 'Pang et al., Zanzibar: Google’s Consistent, Global Authorization System (USENIX ATC 2019)', url: 'https://www.usenix.org/conference/atc19/presentation/pang' },
    { title: 'RFC 7009, OAuth 2.0 Token Revocation', url: 'https://www.rfc-editor.org/rfc/rfc7009' },
    { title: 'OWASP Cheat Sheet Series, JSON Web Token: no built-in token revocation by the user', url: 'https://cheatsheetseries.owasp.org/cheatsheets/JSON_Web_Token_for_Java_Cheat_Sheet.html' },
  ],
  needs: ['revocation', 'class', 'token-ttl', 'revocation-check', 'ttl', 'stale-while-revalidate', 'lag.p99', 'consistency', 'consistency-token', 'invalidation'],
  fixable: true,
  *check(model, analysis) {
    const rights = rightsOf(model, analysis)
    if (rights.length === 0) return
    const kinds = model.data.filter(mayBeRight).map(({ id }) => id)
    const reads = new Map<string, [OldRead, ...OldRead[]]>()
    const tokens = new Map<string, [OldToken, ...OldToken[]]>()
    for (const flow of analysis.flows) {
      const paths = analysis.staleness.of(flow)
      for (const right of rights) {
        for (const old of oldReads(model, analysis, flow, paths, right)) add(reads, old.path.read.relation.id, old)
        // One of several rights is asked for where the flow has to do with it; the only one, everywhere.
        if (kinds.length > 1 && !concerns(model, analysis, flow, right)) continue
        for (const old of oldTokens(model, analysis, flow, paths, kinds, right)) add(tokens, `${old.component.id} ${right.data.id}`, old)
      }
    }
    for (const cause of reads.values()) yield reportRead(model, cause)
    for (const cause of tokens.values()) yield reportToken(model, cause)
  },
}

function add<T>(map: Map<string, [T, ...T[]]>, key: string, value: T): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

/** Data that say who may do what, and how soon a change of them must work. */
interface Right {
  readonly data: Data
  readonly bound: number
  /** Nobody states it: a minute is what the class implies. */
  readonly implied: boolean
  readonly facts: readonly Fact[]
}

/** Seconds, for what says who may do what, where nothing is stated (CATALOG X3). */
const MINUTE = 60

function rightsOf(model: Model, { intents }: Analysis): readonly Right[] {
  return model.data.flatMap((data): Right | [] => {
    if (saysUnknown(data.facts, 'revocation') || saysUnknown(data.facts, 'class') || isUnlimited(data.facts, 'revocation')) return []
    const stated = limit(data.facts, 'revocation')
    if (stated !== undefined) return { data, bound: stated, implied: false, facts: uniqueFacts([known(data.facts, 'revocation')?.fact]) }
    const name = word(data.facts, 'class')
    const intent = intents.at({ data: [data.id] }, 'staleness')
    if ((name !== 'acl' && name !== 'entitlement') || intent.stance === 'tolerates' || intent.withheld) return []
    const bound = intent.stance === 'requires' ? (intent.bound ?? MINUTE) : MINUTE
    return { data, bound, implied: intent.stance !== 'requires' || intent.implied === true, facts: uniqueFacts([intent.fact, known(data.facts, 'class')?.fact]) }
  })
}

/** Also where it is said to be unknown how soon, or what it is. */
function mayBeRight({ facts }: Data): boolean {
  return ['revocation', 'class'].some((path) => saysUnknown(facts, path)) || known(facts, 'revocation') !== undefined || ['acl', 'entitlement'].includes(word(facts, 'class') ?? '')
}

interface OldRead {
  readonly flow: FlowPaths
  readonly right: Right
  readonly path: StalePath
}

/** Decisions that read the right by a way that is older than that. */
function oldReads(model: Model, { carried, intents }: Analysis, flow: FlowPaths, paths: readonly StalePath[], right: Right): readonly OldRead[] {
  return paths.flatMap((path): OldRead | [] => {
    const { read } = path
    if (path.seconds <= right.bound || !carried.on(read.relation.id).includes(right.data.id) || isTokened(model, flow, read)) return []
    const intent = intents.at({ relation: read.relation.id, component: read.needed, data: [right.data.id], ...(flow.flow && { flow: flow.flow.id }) }, 'staleness')
    return intent.stance === 'tolerates' || intent.withheld ? [] : { flow, right, path }
  })
}

/** The content says how new the right must be (a zookie), or a version goes along: an older copy is not taken. */
function isTokened(model: Model, flow: FlowPaths, read: Edge): boolean {
  const find = lookup(model)
  const asked = [find.component(read.needer), find.component(read.needed)].some((component) => component && protection(component.facts, 'consistency-token') !== false)
  return asked || protection(read.relation.facts, 'session') !== false || saysUnknown(read.relation.facts, 'consistency') || flow.entries.includes(read.needed)
}

/** Whether something that the flow reaches keeps, reads or writes the right, in this flow or another. */
function concerns(model: Model, { carried }: Analysis, flow: FlowPaths, { data }: Right): boolean {
  const find = lookup(model)
  return [...flow.reach.components.keys()].some((id) => carried.at(id).includes(data.id) || [...find.relationsFrom(id), ...find.relationsTo(id)].some((relation) => carried.on(relation.id).includes(data.id)))
}

interface OldToken {
  readonly flow: FlowPaths
  readonly right: Right
  readonly component: Component
  readonly ttl: number
}

/**
 * Components that let a request through by a token alone for longer than that. Where the flow reads the right itself, and freshly, the token says
 * only who is there.
 */
function oldTokens(model: Model, { carried }: Analysis, flow: FlowPaths, paths: readonly StalePath[], kinds: readonly string[], right: Right): readonly OldToken[] {
  if (right.implied) return []
  const find = lookup(model)
  // Nobody says what is read there: it may well be the right.
  const mayBe = ({ relation, needed }: Edge): boolean => saysUnknown(relation.facts, 'data') || (carried.on(relation.id).length === 0 && find.component(needed)?.kind !== 'object-store')
  // Who asks for one right afresh has the token only for who is there.
  const fresh = paths.some(({ read, seconds }) => (kinds.some((data) => carried.on(read.relation.id).includes(data)) || mayBe(read)) && seconds <= right.bound)
  const asked = flow.waited.some(({ needed }) => AUTHORITIES.has(word(find.component(needed)?.facts ?? {}, 'role') ?? '') || saysUnknown(find.component(needed)?.facts ?? {}, 'role'))
  if (fresh || asked || flow.unsure.length > 0) return []
  return [...flow.reach.components.keys()].flatMap((id): OldToken | [] => {
    const component = find.component(id)
    const ttl = component && limit(component.facts, 'token-ttl')
    if (!component || ttl === undefined || ttl <= right.bound || protection(component.facts, 'revocation-check') !== false) return []
    return { flow, right, component, ttl }
  })
}

/** Whom a flow asks what somebody may do. */
const AUTHORITIES: ReadonlySet<string> = new Set(['auth'])

function because({ data, bound, implied }: Right): string {
  return implied ? `\`${data.name}\` has class ${word(data.facts, 'class')}, for which ${time(bound)} is usual.` : `A change of \`${data.name}\` must work within ${time(bound)}.`
}

function reportRead(model: Model, cause: readonly [OldRead, ...OldRead[]]): Finding {
  const { flow, right, path } = cause.reduce((worst, each) => (each.path.seconds > worst.path.seconds ? each : worst))
  const { read, layers, seconds } = path
  const parts = layers.map(({ what }) => what).join(' + ')
  const age = Number.isFinite(seconds) ? `for up to ${time(seconds)}` : 'for as long as nobody removes the entry'
  const only = new Set(cause.map((each) => each.flow)).size === 1 && flow.flow ? flow.flow.id : undefined
  const largest = layers.reduce((most, layer) => (layer.seconds > most.seconds ? layer : most))
  return {
    at: read.relation.origin,
    subject: { relation: read.relation.id, component: read.needed, data: right.data.id, ...(only !== undefined && { flow: only }) },
    severity: right.implied && word(right.data.facts, 'class') !== 'acl' ? 'warning' : 'error',
    message: `A right that is taken away goes on working ${age}, since \`${nameOf(model, read.needer)}\` goes by what \`${nameOf(model, read.needed)}\` says: ${parts}. ${because(right)}`,
    help: `Let \`${nameOf(model, largest.component)}\` keep it for no longer than ${time(right.bound)}, invalidate it when a right is taken away, or check the revocations as well; where content and rights change together, pass a version on (\`consistency-token: yes\`).`,
    related: [...layers.map((layer) => ({ at: layer.at, message: layer.what })), ...others(cause.map((each) => each.flow), flow)],
    facts: uniqueFacts([...right.facts, ...layers.flatMap(({ facts }) => facts)]),
    fixes: readFixes(model, layers, right),
  }
}

function readFixes(model: Model, layers: readonly StaleLayer[], { bound }: Right): readonly Fix[] {
  const [only] = layers
  const cache = only && lookup(model).component(only.component)
  if (!cache || layers.length > 1 || cache.kind !== 'cache' || !known(cache.facts, 'ttl') || protection(cache.facts, 'stale-while-revalidate') !== false || bound < 1) return []
  const ttl = `${Math.floor(bound)}s`
  return [{ title: `Keep it for no longer than that: \`ttl: ${ttl}\``, edits: setProperties(cache, { ttl }) }]
}

function reportToken(model: Model, cause: readonly [OldToken, ...OldToken[]]): Finding {
  const [{ flow, right, component, ttl }] = cause
  const path = flow.reach.path(component.id)
  const said = known(component.facts, 'token-ttl')
  const flows = [...new Set(cause.map((each) => each.flow.name))]
  const token = `${Math.floor(right.bound)}s`
  return {
    at: component.origin,
    subject: { component: component.id, data: right.data.id },
    message: `\`${component.name}\` trusts a token for ${Number.isFinite(ttl) ? time(ttl) : 'ever'} without asking again, so a right that is taken away goes on working for that long in ${flows.length > 2 ? `${flows.length} flows` : joined(flows)}. ${because(right)}`,
    help: `Let tokens end after ${time(right.bound)} at most and renew them, or ask a list of revocations besides (\`revocation-check: yes\`).`,
    related: [...alongPath(model, path), ...others(cause.map((each) => each.flow), flow)],
    facts: uniqueFacts([...right.facts, said?.fact]),
    fixes: [
      ...(right.bound >= 1 ? [{ title: `Let tokens end sooner: \`token-ttl: ${token}\``, edits: setProperties(component, { 'token-ttl': token }) }] : []),
      { title: 'Ask a list of revocations as well: `revocation-check: yes`', edits: setProperties(component, { 'revocation-check': 'yes' }) },
    ],
  }
}

function others(flows: readonly FlowPaths[], told: FlowPaths): Finding['related'] {
  return [...new Set(flows)].filter((flow) => flow !== told).map((flow) => ({ at: flow.at, message: `${flow.name} decides by it too` }))
}

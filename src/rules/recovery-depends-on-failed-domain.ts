import type { Analysis } from '../analysis/analysis.ts'
import { uniqueFacts } from '../analysis/figure.ts'
import type { PlaceClaim } from '../analysis/place-claims.ts'
import { flag, known, references, saysUnknown } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { Fact, Facts } from '../model/value.ts'
import type { Finding, Rule } from './rule.ts'
import { arrows, listed } from './words.ts'

export const recoveryDependsOnFailedDomain: Rule = {
  id: 'recovery-depends-on-failed-domain',
  code: 'A6',
  severity: 'error',
  title: 'The way out of a failure goes through what has failed',
  why: 'What fails something over, restores it, repairs it, hands it its keys or tells somebody that it is down is needed at the one moment when it is not there. On ordinary days such a circle is invisible, and in the outage it turns minutes into a day.',
  sources: [
    { title: 'Roblox, Roblox Return to Service 10/28–10/31, 2021', url: 'https://about.roblox.com/newsroom/2022/01/roblox-return-to-service-10-28-10-31-2021' },
    { title: 'Engineering at Meta, More details about the October 4 outage (2021)', url: 'https://engineering.fb.com/2021/10/05/networking-traffic/outage-details/' },
    { title: 'AWS Builders’ Library, Static stability using Availability Zones', url: 'https://aws.amazon.com/builders-library/static-stability-using-availability-zones/' },
  ],
  needs: ['failover.via', 'via', 'restore.via', 'deploy.via', 'secrets-from', 'monitored-by', 'break-glass', 'survives'],
  fixable: false,
  *check(model, analysis) {
    const served = new Set(analysis.success.flatMap(({ components }) => [...components]))
    const closures = new Map<string, Closure>()
    const closureOf = (tool: string, starting: boolean): Closure => {
      const key = `${tool} ${starting}`
      const made = closures.get(key) ?? closure(model, analysis, tool, starting)
      closures.set(key, made)
      return made
    }
    // One tool in one circle is one finding, however many things it is there for.
    const told = new Map<string, [Hit, ...Hit[]]>()
    for (const component of model.components) {
      for (const aid of aidsOf(model, component)) {
        if (aid.tool === component.id || hasWayIn(model, component, aid.tool)) continue
        // Somebody else tells of it, who does not need it.
        if (aid.action === 'monitor' && aidsOf(model, component).some(({ action, tool }) => action === 'monitor' && tool !== aid.tool && !closureOf(tool, false).has(component.id))) continue
        const hit = through(aid, closureOf(aid.tool, aid.action === 'secrets'), served) ?? inPlace(model, analysis, aid, closureOf(aid.tool, false))
        if (!hit) continue
        const key = `${aid.action} ${aid.tool} ${hit.claim?.unit.id ?? ''}`
        const hits = told.get(key)
        if (hits) hits.push(hit)
        else told.set(key, [hit])
      }
    }
    for (const hits of told.values()) yield report(model, hits)
  },
}

type Action = 'failover' | 'restore' | 'deploy' | 'secrets' | 'monitor'

/** What somebody relies on when a component has failed. */
interface Aid {
  readonly component: Component
  readonly action: Action
  readonly tool: string
  readonly at: Finding['at']
  readonly relation?: string
  readonly facts: readonly Fact[]
}

const PROPERTIES: readonly (readonly [Action, string])[] = [
  ['failover', 'failover.via'],
  ['restore', 'restore.via'],
  ['deploy', 'deploy.via'],
  ['secrets', 'secrets-from'],
  ['monitor', 'monitored-by'],
]

function aidsOf(model: Model, component: Component): readonly Aid[] {
  const find = lookup(model)
  const stated = (facts: Facts, path: string, action: Action, relation?: string): readonly Aid[] => {
    const fact = known(facts, path)?.fact
    return references(facts, path)
      .filter(({ kind }) => kind === 'component')
      .map(({ id }) => ({ component, action, tool: id, at: fact?.from === 'stated' ? fact.origin : component.origin, facts: uniqueFacts([fact]), ...(relation !== undefined && { relation }) }))
  }
  return [
    ...PROPERTIES.flatMap(([action, path]) => stated(component.facts, path, action)),
    ...find.relationsFrom(component.id).filter(({ verb }) => verb === 'fails-over-to').flatMap(({ facts, id }) => stated(facts, 'via', 'failover', id)),
    ...find
      .relationsTo(component.id)
      .filter(({ verb, from }) => verb === 'observes' && find.component(from)?.kind === 'monitor')
      .map((relation): Aid => ({ component, action: 'monitor', tool: relation.from, at: relation.origin, relation: relation.id, facts: [] })),
  ]
}

/** There is a way that needs nothing of the system, or nobody says that there is none. */
function hasWayIn(model: Model, component: Component, tool: string): boolean {
  return [component, lookup(model).component(tool)].some((each) => each && (saysUnknown(each.facts, 'break-glass') || flag(each.facts, 'break-glass') === true))
}

/** What a tool cannot do without, each with the one that needs it. */
type Closure = ReadonlyMap<string, string | undefined>

/** Over hard arrows and over what its own actions go through; before it has started also over its secrets. */
function closure(model: Model, analysis: Analysis, tool: string, starting: boolean): Closure {
  const find = lookup(model)
  const cameBy = new Map<string, string | undefined>([[tool, undefined]])
  for (const id of cameBy.keys()) {
    const facts = find.component(id)?.facts ?? {}
    const named = [...references(facts, 'via'), ...(starting ? references(facts, 'secrets-from') : [])].flatMap((target) => (target.kind === 'component' ? [target.id] : []))
    for (const next of [...analysis.graph.hard(id).map(({ to }) => to), ...named]) if (!cameBy.has(next)) cameBy.set(next, id)
  }
  return cameBy
}

function pathTo(cameBy: Closure, component: string): readonly string[] {
  const path: string[] = []
  for (let at: string | undefined = component; at !== undefined; at = cameBy.get(at)) path.push(at)
  return path.reverse()
}

interface Hit {
  readonly aid: Aid
  /** From the tool to what has failed. */
  readonly path: readonly string[]
  /** The place that is lost, where that is the failure. */
  readonly claim?: PlaceClaim
}

/** The tool needs the component itself. What only tools use watches itself, as somebody has to. */
function through(aid: Aid, needed: Closure, served: ReadonlySet<string>): Hit | undefined {
  if (!needed.has(aid.component.id) || (aid.action === 'monitor' && !served.has(aid.component.id))) return undefined
  return { aid, path: pathTo(needed, aid.component.id) }
}

/** The tool, or something that it needs, stands in the place that is to be left. */
function inPlace(model: Model, analysis: Analysis, aid: Aid, needed: Closure): Hit | undefined {
  // A failover among the copies of one component stays within its place; only an arrow leads out of it.
  if ((aid.action !== 'failover' || aid.relation === undefined) && aid.action !== 'restore' && aid.action !== 'monitor') return undefined
  const find = lookup(model)
  for (const claim of analysis.placeClaims) {
    const { losses } = claim.unit
    if (losses.get(aid.component.id)?.of !== 'all' || (claim.said === undefined && aid.action !== 'failover')) continue
    const fallen = [...needed.keys()].find((id) => losses.get(id)?.of === 'all')
    if (fallen === undefined) continue
    // Somebody else, elsewhere, still watches.
    if (aid.action === 'monitor' && find.relationsTo(aid.component.id).some(({ verb, from }) => verb === 'observes' && !losses.has(from))) continue
    return { aid, path: pathTo(needed, fallen), claim }
  }
  return undefined
}

const DOES: Readonly<Record<Action, string>> = { failover: 'failed over by', restore: 'restored by', deploy: 'deployed by', secrets: 'given its secrets by', monitor: 'watched by' }

const THEN: Readonly<Record<Action, string>> = {
  failover: 'what is to bring it back is gone with it',
  restore: 'what is to bring it back is gone with it',
  deploy: 'while it is broken, no repair can be rolled out',
  secrets: 'once both are down, neither can start',
  monitor: 'when it fails, nobody is told',
}

const HELP: Readonly<Record<Action, string>> = {
  failover: 'Let it be failed over by something that stands elsewhere and needs nothing of it: checks and switches that are set up in advance, in the surviving place',
  restore: 'Keep what restores it, and all that this needs, outside of what it restores',
  deploy: 'Keep a way to deploy that needs nothing of the system itself',
  secrets: 'Let one of the two start without the other: a local copy of the secrets, a store of its own for them',
  monitor: 'Watch it from outside: a second, small monitor that needs nothing of the system, with an alert path of its own',
}

function report(model: Model, hits: readonly [Hit, ...Hit[]]): Finding {
  const { aid, path, claim } = hits.reduce((best, hit) => (hit.path.length < best.path.length ? hit : best))
  const find = lookup(model)
  const name = (id: string): string => `\`${find.component(id)?.name ?? id}\``
  const things = [...new Set(hits.map((hit) => hit.aid.component.name))]
  const way = path.length > 1 ? ` (${arrows(model, path)})` : ''
  const all = `${listed(things)} ${things.length > 1 ? 'are' : 'is'} ${DOES[aid.action]} ${name(aid.tool)}`
  const message = claim
    ? `When ${claim.unit.name} is lost, ${listed(things)} ${things.length > 1 ? 'are' : 'is'} to be ${DOES[aid.action]} ${name(aid.tool)}, which ${path.length > 1 ? `needs ${name(path.at(-1)!)} there${way}` : 'stands there itself'}: ${aid.action === 'monitor' ? 'nobody is told' : 'what is to bring it back is gone with it'}.`
    : `${all}, which needs ${path.length > 1 ? name(path.at(-1)!) : 'it'} itself${way}: ${THEN[aid.action]}.`
  const strong = aid.action === 'failover' || aid.action === 'restore' || aid.action === 'secrets'
  return {
    at: aid.at,
    subject: { component: aid.component.id, ...(aid.relation !== undefined && { relation: aid.relation }) },
    // A person can still look and act by hand: slower, not lost.
    severity: strong ? 'error' : 'warning',
    message: claim && aid.action === 'monitor' ? message.replace(' to be watched', ' watched') : message,
    help: `${HELP[aid.action]}, or say that there is another way in (\`break-glass: yes\`).`,
    related: [
      ...path.flatMap((id) => find.component(id) ?? []).map((component) => ({ at: component.origin, message: `\`${component.name}\` is on the way` })),
      ...hits.filter((hit) => hit.aid !== aid).slice(0, 10).map((hit) => ({ at: hit.aid.at, message: `\`${hit.aid.component.name}\` is ${DOES[hit.aid.action]} ${name(hit.aid.tool)}, too` })),
    ],
    facts: uniqueFacts([...aid.facts, ...(claim?.facts ?? []), ...(claim?.unit.losses.get(path.at(-1)!)?.facts ?? [])]),
    fixes: [],
  }
}

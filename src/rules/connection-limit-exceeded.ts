import { connectionsOf, mostCopies, type Connections, type PoolUse } from '../analysis/connections.ts'
import { known, saysUnknown } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, TextEdit } from '../model/model.ts'
import { setOnRelation, setProperty } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { counted, joined, sentence } from './words.ts'

/** How many more copies run while one version replaces the other, where nobody says: Kubernetes’ default. */
const ROLLING = 1.25
/** Connections that replication, migrations and people need besides. */
const RESERVE = 10

export const connectionLimitExceeded: Rule = {
  id: 'connection-limit-exceeded',
  code: 'Q4',
  severity: 'error',
  title: 'All copies together open more connections than the store accepts',
  why: 'Each copy of a service keeps a pool of its own, so scaling out multiplies connections, while the store accepts a fixed number. The copies that start last are refused, just when they were started because of the load.',
  sources: [
    { title: 'PostgreSQL documentation, Connections and Authentication: max_connections', url: 'https://www.postgresql.org/docs/current/runtime-config-connection.html' },
    { title: 'MySQL 8.0 Reference Manual, max_connections', url: 'https://dev.mysql.com/doc/refman/8.0/en/server-system-variables.html#sysvar_max_connections' },
    { title: 'HikariCP, About Pool Sizing', url: 'https://github.com/brettwooldridge/HikariCP/wiki/About-Pool-Sizing' },
  ],
  needs: ['pool', 'replicas', 'autoscale.max', 'deploy-surge', 'max-connections'],
  fixable: true,
  *check(model) {
    for (const component of model.components) {
      const connections = connectionsOf(model, component)
      if (!connections) continue
      if (connections.total > connections.limit) yield report(model, connections, 'always')
      else if (duringDeployment(connections) > connections.limit) yield report(model, connections, 'deploying')
    }
  },
}

/** With what people usually forget. Rules of thumb, so that nothing worse than a warning rests on it. */
function duringDeployment({ uses, limit }: Connections): number {
  const most = uses.reduce((sum, use) => sum + whileDeploying(use), 0)
  // In a small store a reserve of ten would be most of it.
  return most + Math.min(RESERVE, limit / 10)
}

function whileDeploying({ caller, pool, copies, connections, surge }: PoolUse): number {
  return surge !== undefined || saysUnknown(caller.facts, 'deploy-surge') || copies < 2 ? connections : pool * Math.ceil(copies * ROLLING)
}

function report(model: Model, connections: Connections, when: 'always' | 'deploying'): Finding {
  const { target, uses, limit, servers, total } = connections
  const accepts = `\`${target.name}\` accepts ${number(limit)}${servers > 1 ? ` over its ${servers} servers` : ''}`
  const who = sentence(joined(uses.map(opens)))
  const sum = uses.length > 1 || uses[0]!.surge !== undefined ? `: ${number(total)} in all` : ''
  const often = uses.reduce((most, use) => (use.connections > most.connections ? use : most))
  return {
    at: target.origin,
    subject: { component: target.id },
    severity: when === 'always' ? 'error' : 'warning',
    message:
      when === 'always'
        ? `${who}${sum}, but ${accepts}.`
        : `${who}${sum}, and ${accepts}. During a rolling deployment, when a quarter more copies run, it would be ${number(uses.reduce((all, use) => all + whileDeploying(use), 0))}, and administration and replication need some as well.`,
    help: `Put a connection pooler in front of it (a component with \`role: pooler\`), or ${helpOf(connections)}.`,
    related: uses.flatMap(({ relations }) => relations.map((relation) => ({ at: relation.origin, message: `\`${lookup(model).component(relation.from)!.name}\` ${relation.verb} \`${target.name}\`` }))),
    facts: connections.facts,
    fixes: fixesOf(model, connections, often),
  }
}

/** `` 60 copies of `api` × a pool of 20 = 1,200 connections ``. */
function opens({ caller, pool, copies, surge, connections }: PoolUse): string {
  const most = known(caller.facts, 'autoscale.max') ? 'up to ' : ''
  const deploying = surge === undefined ? '' : ` × ${Number(surge.toFixed(2))} while deploying`
  return `${most}${counted(copies, 'copy', 'copies')} of \`${caller.name}\` × a pool of ${pool}${deploying} = ${number(connections)} connections`
}

function helpOf(connections: Connections): string {
  const size = fitting(connections, largest(connections))
  return size === undefined ? 'run fewer copies' : `let each copy of \`${largest(connections).caller.name}\` keep at most ${size} (\`pool: ${size}\`)`
}

function largest({ uses }: Connections): PoolUse {
  return uses.reduce((most, use) => (use.connections > most.connections ? use : most))
}

/** The pool with which all fit, deployment and reserve included; unset where not even one connection each does. */
function fitting(connections: Connections, use: PoolUse): number | undefined {
  const others = connections.uses.reduce((sum, other) => sum + (other === use ? 0 : whileDeploying(other)), 0)
  const room = connections.limit - Math.min(RESERVE, connections.limit / 10) - others
  const copies = whileDeploying({ ...use, pool: 1, connections: use.connections / use.pool })
  const size = Math.floor(room / copies)
  return size >= 1 ? size : undefined
}

function fixesOf(model: Model, connections: Connections, use: PoolUse): readonly Fix[] {
  const size = fitting(connections, use)
  if (size === undefined) return []
  const stating = use.relations.filter(({ facts }) => known(facts, 'pool'))
  if (stating.length > 1) return []
  const [relation] = stating
  const edits = relation ? setOnRelation(model, relation, { pool: String(size) }) : known(use.caller.facts, 'pool')?.fact.from === 'stated' ? setProperty(use.caller, 'pool', String(size)) : undefined
  return edits ? [{ title: `\`pool: ${size}\` in each copy of \`${use.caller.name}\``, edits }] : []
}

/**
 * Smaller pools with which so many copies of a caller stay within what its stores accept; `fit` where the pools that it has do already, unset where no
 * edit brings that about.
 */
export function poolsFor(model: Model, caller: Component, copies: number): { readonly says: string; readonly edits: readonly TextEdit[] } | 'fit' | undefined {
  const targets = [...new Set(lookup(model).relationsFrom(caller.id).map(({ to }) => to))].flatMap((id) => lookup(model).component(id) ?? [])
  const full = targets.flatMap((target) => connectionsOf(model, target, (each) => (each === caller && !known(caller.facts, 'autoscale.max') ? copies : mostCopies(each))) ?? []).filter(({ total, limit }) => total > limit)
  if (full.length === 0) return 'fit'
  const use = full[0]!.uses.find((each) => each.caller === caller)
  const [fix] = full.length === 1 && use ? fixesOf(model, full[0]!, use) : []
  return fix && { says: `\`pool: ${fitting(full[0]!, use!)}\` in each`, edits: fix.edits }
}

function number(count: number): string {
  return Math.round(count).toLocaleString('en-GB')
}

/**
 * How many requests a component can work on at once, and what keeps those that wait for one of its dependencies from taking all of that (NUMBERS
 * M7). What is said to be unknown may be what keeps them.
 */
import { call, flag, isUnlimited, known, number, numberOf, protection, range, saysUnknown } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { uniqueFacts } from './figure.ts'
import type { Edge } from './graph.ts'

export interface Workers {
  readonly count: number
  readonly facts: readonly Fact[]
}

const WORKS: ReadonlySet<string> = new Set(['service', 'gateway', 'load-balancer'])

/** All that can be at work at once, at the most that autoscaling may start. Work that a broker hands out waits there without harm. */
export function workersOf(component: Component): Workers | undefined {
  const { facts } = component
  if (!WORKS.has(component.kind) || ['autoscale', 'autoscale.max', 'replicas', 'concurrency'].some((path) => saysUnknown(facts, path))) return undefined
  const each = range(facts, 'concurrency')?.to
  const copies = Math.max(range(facts, 'replicas')?.to ?? 0, number(facts, 'autoscale.max') ?? 0)
  if (each === undefined || copies === 0 || isUnlimited(facts, 'autoscale.max')) return undefined
  return { count: each * copies, facts: uniqueFacts(['concurrency', 'replicas', 'autoscale.max'].map((path) => known(facts, path)?.fact)) }
}

/** How many calls one request makes at the same place: its worker waits for all of them, once. */
export function callsOf({ relation: { facts } }: Edge): number {
  return number(facts, 'calls') ?? numberOf((call(facts, 'calls', 'parallel') ?? call(facts, 'calls', 'sequential'))?.args[0]) ?? 1
}

/** It stays open for as long as it is used. */
export function streams({ relation: { facts } }: Edge): boolean {
  return flag(facts, 'streaming') === true || saysUnknown(facts, 'streaming')
}

/** Something keeps it from taking all: a bulkhead, a breaker, a limit on the way or at the other end. What is said to be unknown may be one. */
export function isGuarded(model: Model, edge: Edge, workers: Workers): boolean {
  const find = lookup(model)
  const { facts } = edge.relation
  if (protection(facts, 'circuit-breaker') !== false) return true
  const part = number(facts, 'bulkhead')
  if (protection(facts, 'bulkhead') !== false && !isUnlimited(facts, 'bulkhead') && !(part !== undefined && part >= workers.count)) return true
  if (['timeout', 'streaming', 'async', 'retries', 'rate-limit'].some((path) => saysUnknown(facts, path))) return true
  const [caller, callee] = [find.component(edge.needer)!, find.component(edge.needed)]
  return ['breaker', 'load-shed'].some((path) => known(caller.facts, path) !== undefined || saysUnknown(caller.facts, path)) || (callee !== undefined && protection(callee.facts, 'concurrency-limit') !== false)
}

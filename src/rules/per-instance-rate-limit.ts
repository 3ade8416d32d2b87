import type { Analysis } from '../analysis/analysis.ts'
import { uniqueFacts } from '../analysis/figure.ts'
import { walk, type Edge } from '../analysis/graph.ts'
import { flag, known, number, protection, range, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model } from '../model/model.ts'
import { formatQuantity, quantity, RATE } from '../model/quantity.ts'
import type { Fact } from '../model/value.ts'
import { setProperty } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { alongPath } from './words.ts'

export const perInstanceRateLimit: Rule = {
  id: 'per-instance-rate-limit',
  code: 'X2',
  severity: 'error',
  title: 'The limit is counted in each instance, or in two steps, so more passes than it says',
  why: 'A count in the memory of one instance knows nothing of the others: twelve of them let twelve times as much through, and more when they are scaled out. A shared count that is read and raised in two steps lets all through that come in between.',
  sources: [
    { title: 'Stripe, Scaling your API with rate limiters (2017)', url: 'https://stripe.com/blog/rate-limiters' },
    { title: 'Cloudflare, How we built rate limiting capable of scaling to millions of domains (2017)', url: 'https://blog.cloudflare.com/counting-things-a-lot-of-different-things/' },
  ],
  needs: ['rate-limit.limit', 'rate-limit.state', 'rate-limit.per', 'rate-limit.atomic', 'rate-limit.algorithm', 'rate-limit.on-failure', 'replicas', 'autoscale.max', 'algorithm', 'affinity', 'quota', 'tolerates'],
  fixable: true,
  *check(model, analysis) {
    const decided = model.components.some(({ facts }) => known(facts, 'rate-limit.on-failure')?.fact.from === 'stated')
    for (const component of model.components) {
      if (protection(component.facts, 'rate-limit') !== true) continue
      const intent = analysis.intents.at({ component: component.id }, 'approximation')
      if (intent.stance === 'tolerates' || intent.withheld) continue
      const finding = counted(model, analysis, component) ?? inTwoSteps(component) ?? aroundTheEdge(model, analysis, component) ?? (decided ? undecided(component) : undefined)
      if (finding) yield finding
    }
  },
}

interface Limit {
  readonly rate: number
  readonly facts: readonly Fact[]
}

function limitOf({ facts }: Component): Limit | undefined {
  for (const path of ['rate-limit.limit', 'rate-limit']) {
    const rate = number(facts, path)
    if (rate !== undefined) return { rate, facts: [known(facts, path)!.fact] }
  }
  return undefined
}

/** The most that may run, since that is when it matters. */
function instancesOf({ facts }: Component): { readonly count: number; readonly facts: readonly Fact[] } | undefined {
  if (['replicas', 'autoscale', 'autoscale.max'].some((path) => saysUnknown(facts, path))) return undefined
  const count = Math.max(range(facts, 'replicas')?.to ?? 0, number(facts, 'autoscale.max') ?? 0)
  return count > 1 ? { count, facts: uniqueFacts(['replicas', 'autoscale.max'].map((path) => known(facts, path)?.fact)) } : undefined
}

/** A third party’s quota that the limit is there to keep: it would, if it were one limit. */
interface Quota {
  readonly external: Component
  readonly rate: number
  readonly path: readonly Edge[]
  readonly fact: Fact
}

/** Whoever shares one limit: for all it can be held against a quota, for each caller it cannot. */
function quotaBehind(model: Model, { graph }: Analysis, component: Component, passing: number, limit: number): Quota | undefined {
  if (!['global', undefined].includes(word(component.facts, 'rate-limit.per')) || saysUnknown(component.facts, 'rate-limit.per')) return undefined
  const reach = walk([component.id], graph.sync)
  return [...reach.components.keys()].flatMap((id): Quota[] => {
    const external = lookup(model).component(id)
    const rate = external?.kind === 'external' ? number(external.facts, 'quota') : undefined
    return external && rate !== undefined && limit <= rate && passing > rate ? [{ external, rate, path: reach.path(id), fact: known(external.facts, 'quota')!.fact }] : []
  })[0]
}

/** Words for whom one limit is, where it is not one for all. */
const CALLER: Readonly<Record<string, string>> = { client: 'a client', tenant: 'a tenant', user: 'a person', ip: 'an address', route: 'a path' }

function counted(model: Model, analysis: Analysis, component: Component): Finding | undefined {
  const { facts, name } = component
  const state = known(facts, 'rate-limit.state')
  const [limit, instances] = [limitOf(component), instancesOf(component)]
  if (!state || word(facts, 'rate-limit.state') !== 'local' || !limit || !instances || keyed(model, component)) return undefined
  const passing = limit.rate * instances.count
  const quota = quotaBehind(model, analysis, component, passing, limit.rate)
  const per = word(facts, 'rate-limit.per')
  // A limit that nobody shares out may be there to protect the instance itself: then each needs its own.
  if (!quota && (per === undefined || saysUnknown(facts, 'rate-limit.per'))) return undefined
  const sum = `${instances.count} × ${shown(limit.rate)} = ${shown(passing)}`
  const who = (per !== undefined && CALLER[per]) || 'all together'
  return {
    ...at(component),
    severity: quota ? 'error' : 'warning',
    message: quota
      ? `\`${name}\` counts in each of its ${instances.count} instances: ${sum} can reach \`${quota.external.name}\`, whose quota is ${shown(quota.rate)}.`
      : `\`${name}\` counts in each of its ${instances.count} instances: ${who} can send ${sum} instead of ${shown(limit.rate)}.`,
    help: `Count in one place for all (\`state: shared, atomic: yes\`), send each caller to one instance (\`algorithm: hash(…)\` in front), or let each instance pass its part, ${shown(limit.rate / instances.count)}, and say that about right is right (\`tolerates: approximation\`).`,
    related: quota ? alongPath(model, quota.path) : [],
    facts: uniqueFacts([state.fact, ...limit.facts, ...instances.facts, ...(per === undefined ? [] : [known(facts, 'rate-limit.per')!.fact]), ...(quota ? [quota.fact] : [])]),
    fixes: fix(component, 'rate-limit.state', 'shared', 'Count in one place for all instances'),
  }
}

/** Each caller always comes to the same instance: then that one’s count is the whole. */
function keyed(model: Model, component: Component): boolean {
  const find = lookup(model)
  const entering = find.relationsTo(component.id).filter(({ verb }) => verb === 'calls' || verb === 'routes')
  return entering.length > 0 && entering.every(({ facts, from }) => {
    const before = find.component(from)?.facts ?? {}
    return protection(facts, 'affinity') !== false || saysUnknown(before, 'algorithm') || ['hash', 'maglev'].includes(word(before, 'algorithm') ?? '')
  })
}

function inTwoSteps(component: Component): Finding | undefined {
  const atomic = known(component.facts, 'rate-limit.atomic')
  if (!atomic || flag(component.facts, 'rate-limit.atomic') !== false) return undefined
  const limit = limitOf(component)
  return {
    ...at(component),
    severity: 'warning',
    message: `\`${component.name}\` reads its count and raises it in two steps: requests of the same moment all find room for one more, so more ${limit ? `than ${shown(limit.rate)} ` : ''}pass just when many come at once.`,
    help: 'Read and raise the count in one step: an atomic increment, or a script in the store.',
    related: [],
    facts: [atomic.fact],
    fixes: fix(component, 'rate-limit.atomic', 'yes', 'Count in one step'),
  }
}

/** A window of the clock: all of one at its end, all of the next at its beginning. */
function aroundTheEdge(model: Model, analysis: Analysis, component: Component): Finding | undefined {
  const algorithm = known(component.facts, 'rate-limit.algorithm')
  const limit = limitOf(component)
  if (!algorithm || !limit || word(component.facts, 'rate-limit.algorithm') !== 'fixed-window') return undefined
  const quota = quotaBehind(model, analysis, component, 2 * limit.rate, limit.rate)
  if (!quota) return undefined
  return {
    ...at(component),
    severity: 'warning',
    message: `\`${component.name}\` counts from one tick of the clock to the next: around the tick 2 × ${shown(limit.rate)} = ${shown(2 * limit.rate)} can reach \`${quota.external.name}\`, whose quota is ${shown(quota.rate)}.`,
    help: 'Count over the last interval (`algorithm: sliding-window`), or let requests out at an even pace (`leaky-bucket`).',
    related: alongPath(model, quota.path),
    facts: [algorithm.fact, ...limit.facts, quota.fact],
    fixes: fix(component, 'rate-limit.algorithm', 'sliding-window', 'Count over the last interval'),
  }
}

/** Others say what they do without their counter, this one does not. */
function undecided(component: Component): Finding | undefined {
  const state = known(component.facts, 'rate-limit.state')
  if (!state || word(component.facts, 'rate-limit.state') !== 'shared' || known(component.facts, 'rate-limit.on-failure') || saysUnknown(component.facts, 'rate-limit.on-failure')) return undefined
  return {
    ...at(component),
    severity: 'info',
    message: `\`${component.name}\` does not say what it does when its shared count cannot be reached: let all through, or nobody.`,
    help: 'Decide it: `on-failure: open` where serving matters more, `closed` where what is behind it must be kept.',
    related: [],
    facts: [state.fact],
    fixes: [],
  }
}

function at(component: Component): Pick<Finding, 'at' | 'subject'> {
  return { at: component.origin, subject: { component: component.id } }
}

/** Inside of the block; a limit that was written short becomes one. */
function fix(component: Component, path: string, value: string, title: string): readonly Fix[] {
  const inner = path.slice('rate-limit.'.length)
  const short = known(component.facts, 'rate-limit')
  const edits = short?.value.type === 'quantity' && short.fact.from === 'stated' && !Object.keys(component.facts).some((each) => each.startsWith('rate-limit.') && component.facts[each]!.from === 'stated')
    ? [{ origin: short.fact.origin, newText: `rate-limit { limit: ${formatQuantity(short.value)}, ${inner}: ${value} }` }]
    : setProperty(component, path, value)
  return [{ title: `${title}: \`${inner}: ${value}\``, edits }]
}

function shown(rate: number): string {
  return formatQuantity(quantity(rate, RATE))
}

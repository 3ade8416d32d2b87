/** What an arrow can say. The canonical arrow runs with the request or with the message. */
import { defaults } from './make.ts'
import type { Verb } from './vocabulary.ts'

const ANY = ['any']
const SERVERS = ['service', 'function', 'worker', 'stream-processor', 'batch', 'workflow', 'scheduler']
/** What runs code and takes part in a request. */
const COMPUTE = [...SERVERS, 'gateway', 'cdc']
const STORES = ['database', 'cache', 'object-store', 'search', 'coordinator']
const BROKERS = ['queue', 'log', 'topic']
const ROUTERS = ['dns', 'cdn', 'load-balancer', 'gateway', 'service']

export const verbs: readonly Verb[] = [
  {
    name: 'calls',
    aliases: [],
    meaning: 'Sends a request and waits for the answer. Towards a store it leaves open whether it reads or writes.',
    arrow: 'request',
    sync: 'yes',
    hard: true,
    needer: 'from',
    dataFlow: 'with',
    load: 'with',
    joins: [
      {
        from: ['client', 'cdn', 'load-balancer', ...COMPUTE, 'external', 'monitor'],
        to: ['dns', 'cdn', 'load-balancer', 'gateway', ...SERVERS, ...STORES, 'external', 'cdc', 'monitor'],
      },
      { from: ['external', ...COMPUTE], to: ['client'] },
    ],
    defaults: [],
  },
  {
    name: 'reads',
    aliases: [],
    meaning: 'Asks a store for data and waits. The data runs against the arrow.',
    arrow: 'request',
    sync: 'yes',
    hard: true,
    needer: 'from',
    dataFlow: 'against',
    load: 'with',
    joins: [
      { from: ['client', 'cdn', 'load-balancer', ...COMPUTE, 'external', 'monitor', 'search', 'database', 'cache'], to: STORES },
      { from: COMPUTE, to: ['external'] },
    ],
    defaults: [],
  },
  {
    name: 'writes',
    aliases: [],
    meaning: 'Changes what a store holds and waits until the store says that it has it.',
    arrow: 'request',
    sync: 'yes',
    hard: true,
    needer: 'from',
    dataFlow: 'with',
    load: 'with',
    joins: [
      { from: ['client', 'cdn', 'load-balancer', ...COMPUTE, 'external', 'monitor'], to: STORES },
      { from: [...STORES, ...BROKERS], to: ['object-store', 'database', 'search', 'cache'] },
    ],
    defaults: [],
  },
  {
    name: 'invalidates',
    aliases: [],
    meaning: 'Tells a cache that an entry is no longer true, so that the next read fetches it again.',
    arrow: 'request',
    sync: 'yes',
    hard: false,
    needer: 'from',
    dataFlow: 'with',
    load: 'with',
    joins: [
      {
        from: ['client', 'load-balancer', ...COMPUTE, 'database', ...BROKERS, 'external'],
        to: ['cache', 'cdn', 'search', 'gateway', 'service', 'client'],
      },
    ],
    defaults: [],
  },
  {
    name: 'publishes',
    aliases: [],
    meaning: 'Hands a message to a broker and waits only until the broker has accepted it. What it causes happens later.',
    arrow: 'message',
    sync: 'acceptance',
    hard: true,
    needer: 'from',
    dataFlow: 'with',
    load: 'with',
    joins: [{ from: ['client', 'load-balancer', ...COMPUTE, 'external', 'monitor', 'database', 'object-store', 'cache'], to: BROKERS }],
    defaults: [],
  },
  {
    name: 'delivers',
    aliases: [{ name: 'consumes', reversed: true }],
    meaning: 'A broker hands messages on, to a worker or to another broker, and does so again until they are acknowledged.',
    arrow: 'message',
    sync: 'no',
    hard: false,
    needer: 'to',
    dataFlow: 'with',
    load: 'with',
    joins: [
      {
        from: BROKERS,
        to: ['client', ...COMPUTE, 'load-balancer', ...BROKERS, 'database', 'object-store', 'search', 'cache', 'external', 'monitor'],
      },
    ],
    defaults: defaults('medium', 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 11', { ack: 'after-processing' }),
  },
  {
    name: 'captures',
    aliases: [],
    meaning:
      'Carries every committed change of a database on, as a stream of events: from the database to a relay or log, and from the relay to the log.',
    arrow: 'message',
    sync: 'no',
    hard: false,
    needer: 'to',
    dataFlow: 'with',
    load: 'writes',
    joins: [
      { from: ['database', 'object-store', 'coordinator'], to: ['cdc', ...BROKERS, 'stream-processor', 'worker', 'service', 'function'] },
      { from: ['cdc'], to: [...BROKERS, 'cache', 'search', 'database', 'object-store', 'stream-processor', 'worker'] },
    ],
    defaults: defaults('high', 'Debezium documentation, Exactly once delivery', { delivery: 'at-least-once' }),
  },
  {
    name: 'replicates',
    aliases: [],
    meaning: 'Keeps another store a copy of this one.',
    arrow: 'message',
    sync: 'no',
    hard: false,
    needer: 'to',
    dataFlow: 'with',
    load: 'writes',
    joins: [{ from: [...STORES, ...BROKERS], to: [...STORES, ...BROKERS] }],
    defaults: defaults('medium', 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 5', { sync: 'async' }),
  },
  {
    name: 'caches',
    aliases: [],
    meaning: 'A cache fetches from its origin what it does not hold. Only misses travel over this arrow.',
    arrow: 'request',
    sync: 'yes',
    hard: true,
    needer: 'from',
    dataFlow: 'against',
    load: 'misses',
    joins: [{ from: ['cache', 'cdn'], to: ['load-balancer', 'gateway', ...SERVERS, ...STORES, 'cdn', 'external'] }],
    defaults: [],
  },
  {
    name: 'routes',
    aliases: [],
    meaning:
      'Passes a request on to one of several targets. The targets are alternatives to each other, unless `match` makes one the only choice for a path.',
    arrow: 'request',
    sync: 'yes',
    hard: true,
    needer: 'from',
    dataFlow: 'with',
    load: 'with',
    joins: [{ from: ROUTERS, to: [...ROUTERS, ...SERVERS, ...STORES, 'external', 'monitor'] }],
    defaults: [],
  },
  {
    name: 'resolves',
    aliases: [],
    meaning: 'Asks for the address behind a name and remembers the answer for its TTL.',
    arrow: 'request',
    sync: 'yes',
    hard: true,
    needer: 'from',
    dataFlow: 'against',
    load: 'none',
    joins: [{ from: ANY, to: ['dns', 'service', 'coordinator', 'external'] }],
    defaults: [],
  },
  {
    name: 'locks',
    aliases: [],
    meaning: 'Takes a lock or a lease, so that only one holder at a time does the work it guards.',
    arrow: 'request',
    sync: 'yes',
    hard: true,
    needer: 'from',
    dataFlow: 'none',
    load: 'with',
    joins: [{ from: [...COMPUTE, 'database', 'client', 'load-balancer'], to: [...STORES, 'service', 'external', 'log'] }],
    defaults: [],
  },
  {
    name: 'triggers',
    aliases: [],
    meaning: 'Starts work, by a clock, an event or a step of a workflow, and does not wait for its result.',
    arrow: 'message',
    sync: 'no',
    hard: false,
    needer: 'from',
    dataFlow: 'with',
    load: 'with',
    joins: [
      {
        from: ['scheduler', 'workflow', 'object-store', 'database', 'service', 'function', 'gateway', 'monitor', 'external', 'cdc'],
        to: ['gateway', 'load-balancer', ...SERVERS, ...BROKERS, 'cdc', 'external'],
      },
    ],
    defaults: defaults('medium', 'SRE book ch. 24, Distributed Periodic Scheduling with Cron', { delivery: 'at-least-once' }),
  },
  {
    name: 'backs-up',
    aliases: [],
    meaning: 'Copies a store’s data at intervals to a place from which an older state can be restored.',
    arrow: 'message',
    sync: 'no',
    hard: false,
    needer: 'from',
    dataFlow: 'with',
    load: 'none',
    joins: [{ from: [...STORES, ...BROKERS], to: ['object-store', 'database', 'external'] }],
    defaults: [],
  },
  {
    name: 'dead-letters',
    aliases: [],
    meaning: 'Puts messages aside that could not be processed, so that they neither block the others nor vanish.',
    arrow: 'message',
    sync: 'no',
    hard: false,
    needer: 'from',
    dataFlow: 'with',
    load: 'failures',
    joins: [{ from: [...BROKERS, ...COMPUTE], to: [...BROKERS, 'object-store', 'database'] }],
    defaults: [],
  },
  {
    name: 'fails-over-to',
    aliases: [],
    meaning: 'Takes over when the first one fails. Detection, decision and promotion take time.',
    arrow: 'request',
    sync: 'no',
    hard: false,
    needer: 'from',
    dataFlow: 'none',
    load: 'failures',
    joins: [{ from: ANY, to: ANY }],
    defaults: [],
  },
  {
    name: 'configures',
    aliases: [],
    meaning:
      'Gives another component its settings, flags, policies, keys or code. The configured one depends on it, as far as `needed-for` says.',
    arrow: 'message',
    sync: 'no',
    hard: false,
    needer: 'to',
    dataFlow: 'with',
    load: 'none',
    joins: [{ from: [...COMPUTE, ...STORES, 'log', 'topic', 'dns', 'cdn', 'external', 'monitor'], to: ANY }],
    defaults: [],
  },
  {
    name: 'observes',
    aliases: [],
    meaning:
      'Collects metrics, logs or traces from a component. The arrow runs from the monitor to what it watches; the data run against it.',
    arrow: 'request',
    sync: 'no',
    hard: false,
    needer: 'from',
    dataFlow: 'against',
    load: 'none',
    joins: [{ from: ['monitor', ...COMPUTE, 'coordinator', 'external'], to: ANY }],
    defaults: [],
  },
  {
    name: 'reconciles',
    aliases: [],
    meaning: 'Compares two sides from time to time and repairs, or reports, what differs.',
    arrow: 'request',
    sync: 'no',
    hard: false,
    needer: 'from',
    dataFlow: 'both',
    load: 'none',
    joins: [{ from: COMPUTE, to: [...STORES, ...BROKERS, 'external', 'service', 'function', 'gateway'] }],
    defaults: [],
  },
]

/** Whether the vocabulary lets this verb stand between these kinds. */
export function verbJoins(verb: Verb, from: string, to: string): boolean {
  const admits = (kinds: readonly string[], kind: string): boolean => kinds.includes('any') || kinds.includes(kind)
  return verb.joins.some((pair) => admits(pair.from, from) && admits(pair.to, to))
}

/**
 * The verb that an arrow without one stands for, by what is at its ends; undefined where nothing usual runs between the two. A service
 * towards a store `calls`: whether it reads or writes is unknown until said.
 */
export function inferVerb(from: string, to: string, arrow: 'request' | 'message'): string | undefined {
  const usual = usualVerb(from, to, arrow)
  return verbJoins(
    verbs.find((verb) => verb.name === usual)!,
    from,
    to,
  )
    ? usual
    : undefined
}

function usualVerb(from: string, to: string, arrow: 'request' | 'message'): string {
  if (BROKERS.includes(from)) return to === 'object-store' && arrow === 'request' ? 'writes' : 'delivers'
  if (from === 'cdc') return to === 'cache' || to === 'cdn' ? 'invalidates' : to === 'search' || STORES.includes(to) ? 'writes' : 'captures'
  if ((from === 'database' || from === 'object-store') && (to === 'cdc' || to === 'log')) return 'captures'
  if (BROKERS.includes(to)) return from === 'scheduler' ? 'triggers' : 'publishes'
  if (from === 'monitor') return 'observes'
  if (to === 'dns') return 'resolves'
  if (STORES.includes(from)) return storeVerb(from, to, arrow)
  if (from === 'dns' || from === 'load-balancer') return 'routes'
  if (from === 'cdn' || from === 'gateway')
    return to === 'database' || to === 'cache' || to === 'coordinator' || to === 'search' ? 'calls' : 'routes'
  if (from === 'scheduler' && [...SERVERS, 'gateway', 'load-balancer'].includes(to)) return 'triggers'
  return 'calls'
}

function storeVerb(from: string, to: string, arrow: 'request' | 'message'): string {
  if (to === 'object-store' && arrow === 'message' && from !== 'object-store') return 'backs-up'
  if (from === 'cache') return to === 'cache' ? 'replicates' : 'caches'
  if (from === to) return 'replicates'
  if (to === 'object-store') return 'writes'
  if (STORES.includes(to)) return 'replicates'
  return 'triggers'
}

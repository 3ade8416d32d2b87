/** What clients, compute, batch and stream processing, schedulers and outside systems can say. */
import {
  arg,
  block,
  call,
  count,
  duration,
  flag,
  name,
  optional,
  quantityType,
  rate,
  ratio,
  reference,
  rowsOn,
  size,
  textType,
  words,
} from '../make.ts'
import type { Property } from '../vocabulary.ts'

const on = rowsOn('component')
const CLIENT = { kinds: ['client'] }
const SERVES = { kinds: ['service', 'gateway', 'function', 'load-balancer', 'worker'] }
const STREAM = { kinds: ['stream-processor'] }
const BATCH = { kinds: ['batch', 'workflow', 'stream-processor', 'function', 'worker'] }
const TIMED = { kinds: ['scheduler', 'workflow', 'batch'] }
const IDS = { kinds: ['service', 'function', 'worker', 'database', 'coordinator', 'gateway'] }

export const compute: readonly Property[] = [
  on('rate', rate(), 'Requests or messages that it starts by itself.', 'rate: 500/s', {
    kinds: ['client', 'external', 'scheduler', 'monitor', 'service', 'worker', 'batch', 'stream-processor', 'function'],
  }),
  on('peak', rate(), 'The same at its highest.', 'peak: 2k/s', {
    kinds: ['client', 'external', 'scheduler', 'monitor', 'service', 'worker', 'batch', 'stream-processor', 'function'],
  }),
  on('users', count(), 'People who use it in a day.', 'users: 2M', CLIENT),
  on(
    'offline-buffer',
    duration({ limit: true }),
    'How long it keeps events while it has no network. They arrive that late.',
    'offline-buffer: 2h',
    CLIENT,
  ),
  on(
    'max-age',
    duration({ limit: true }),
    'How long it shows what it already has without asking; in a queue, how old a message may get before it is dropped.',
    'max-age: 30s',
    { kinds: ['client', 'queue', 'log', 'topic', 'cdn'] },
  ),
  on(
    'optimistic-ui',
    flag,
    'Shows its own write at once, without reading it back. That covers the page in hand, not a reload.',
    'optimistic-ui: yes',
    { ...CLIENT, absence: 'none' },
  ),
  on('trusted', flag, 'A client of our own, inside our network.', 'trusted: yes', CLIENT),

  on(
    'policy',
    words({
      latency: 'The nearest by network time.',
      geo: 'By where the caller is.',
      weighted: 'By fixed shares.',
      failover: 'The first that is healthy.',
      anycast: 'One address, routed by the network.',
      simple: 'One answer for all.',
    }),
    'How it chooses among addresses.',
    'policy: latency',
    { kinds: ['dns'] },
  ),
  on('layer', words({ l4: 'Passes connections.', l7: 'Understands requests.' }), 'What it balances.', 'layer: l7', {
    kinds: ['load-balancer', 'gateway'],
  }),
  on(
    'algorithm',
    words(
      {
        'round-robin': 'One after the other.',
        'least-connections': 'The one with the fewest open.',
        p2c: 'The better of two picked by chance.',
        random: 'By chance.',
        maglev: 'A stable hash table of the targets.',
      },
      { calls: [call('hash', 'Equal keys to the same target.', arg('key', name()))] },
    ),
    'How it chooses a target.',
    'algorithm: hash(user-id)',
    { kinds: ['load-balancer', 'gateway', 'service', 'dns'] },
  ),
  on(
    'keep-alive',
    duration(),
    'How long a server keeps an idle connection open. It must be longer than the balancer’s idle time-out in front.',
    'keep-alive: 75s',
    SERVES,
  ),
  on('breaker', count(), 'Connections or requests in flight to one target, beyond which it refuses.', 'breaker: 1024', {
    kinds: ['load-balancer', 'gateway', 'service'],
  }),

  on('stateful', flag, 'A replica keeps something between requests that the others do not have.', 'stateful: yes', {
    kinds: ['service', 'gateway', 'worker', 'stream-processor'],
  }),
  on(
    'resync',
    duration(),
    'How often it compares all it knows with the source, so that a lost notification costs at most this long.',
    'resync: 10min',
    { aliases: ['reconcile'], absence: 'none' },
  ),
  on(
    'acts-on',
    words({ watch: 'Notifications only.', level: 'The state as it is now, however it heard of it.' }),
    'What a controller, or a client that keeps a copy, reacts to.',
    'acts-on: level',
    { kinds: ['client', 'service', 'worker'] },
  ),
  on('decides', flag, 'Takes a decision that changes the truth: what it reads for it must not be old.', 'decides: yes', {
    kinds: ['service', 'function', 'worker', 'workflow'],
  }),
  on(
    'parse',
    words({ 'never-fails': 'Every message can be handled somehow.', 'may-fail': 'Some messages cannot be handled.' }),
    'Whether a message can be impossible to process.',
    'parse: never-fails',
    { kinds: ['worker', 'stream-processor', 'function', 'service'] },
  ),
  on('max-lag', duration({ limit: true }), 'How far it may fall behind its input.', 'max-lag: 5min', {
    kinds: ['worker', 'stream-processor', 'search', 'function', 'cdc', 'service', 'database', 'cache'],
  }),
  on('max-outage', duration({ limit: true }), 'How long it may be down before somebody loses something.', 'max-outage: 2d'),
  on('fair-by', name(), 'Whose work is taken in turn, so that one with much does not delay the others.', 'fair-by: tenant-id', {
    kinds: ['queue', 'worker', 'scheduler', 'service', 'stream-processor'],
    absence: 'none',
  }),

  on(
    'window',
    duration(),
    'Length of the windows that results are computed over; of a batch, the time in which it must end.',
    'window: 5min',
    { kinds: ['stream-processor', 'batch', 'workflow'] },
  ),
  on('joins', reference('component', { list: true }), 'Inputs whose events it brings together by their key.', 'joins: [orders, payments]', {
    kinds: ['stream-processor', 'service', 'worker'],
  }),
  on(
    'time',
    words({ event: 'When it happened, as the event says.', processing: 'When it arrived.' }),
    'Which time decides the window.',
    'time: event',
    STREAM,
  ),
  on('watermark', duration(), 'How long it waits for stragglers before it thinks a window complete.', 'watermark: 30s', STREAM),
  on(
    'allowed-lateness',
    duration({ limit: true }),
    'How much later an event may come and still change a result.',
    'allowed-lateness: 2h',
    STREAM,
  ),
  on(
    'late',
    words({ drop: 'Ignored.', 'side-output': 'Kept aside for later.', retract: 'The old result is taken back and a new one given.' }),
    'What happens to events that come too late.',
    'late: retract',
    STREAM,
  ),
  on(
    'checkpoint',
    duration({ limit: true }),
    'How often its state is saved; after a failure it works again from there.',
    'checkpoint: 1min',
    { kinds: ['stream-processor', 'batch', 'workflow'] },
  ),
  on(
    'guarantee',
    words({
      'at-most-once': 'May lose, never repeats.',
      'at-least-once': 'Never loses, may repeat.',
      'exactly-once': 'Claims neither; true only inside one transaction.',
      'effectively-once': 'Repeats are without effect.',
    }),
    'How often each event counts in its results.',
    'guarantee: exactly-once',
    { kinds: ['stream-processor', 'batch', 'worker', 'cdc', 'workflow'] },
  ),
  on(
    'transaction-timeout',
    duration(),
    'After this long the broker gives an open transaction up; it must be longer than a checkpoint and an outage.',
    'transaction-timeout: 15min',
    { kinds: ['stream-processor', 'worker', 'log', 'service'] },
  ),
  on('standby', count(), 'Spare copies that keep up and can take over without reading everything again.', 'standby: 1', {
    kinds: ['stream-processor', 'worker', 'service', 'database', 'scheduler'],
    absence: 'none',
  }),
  on('state-size', size(), 'What it keeps between events.', 'state-size: 200GB', STREAM),
  on('input', size(), 'What it reads in one run.', 'input: 60TB', BATCH),
  on('output', size(), 'What it writes in one run.', 'output: 2TB', BATCH),
  on('shuffle', size(), 'What travels between its workers in one run.', 'shuffle: 20TB', BATCH),
  on('skew', ratio(), 'Share of the work that the largest key brings to one worker.', 'skew: 12%', BATCH),
  on('scan-bandwidth', quantityType('bandwidth'), 'How fast one worker reads.', 'scan-bandwidth: 200MB/s', BATCH),
  on('deterministic', flag, 'Running a part again gives the same output.', 'deterministic: yes', BATCH),
  on('speculative', flag, 'Slow parts are started a second time elsewhere.', 'speculative: yes', BATCH),
  on('combiner', flag, 'Adds up before data travel.', 'combiner: yes', BATCH),

  on('cron', textType, 'When it fires, as a cron expression.', 'cron: "0 2 * * *"', TIMED),
  on('period', duration(), 'How often it fires.', 'period: 1d', {
    kinds: ['scheduler', 'workflow', 'batch', 'monitor', 'worker', 'service'],
  }),
  on(
    'missed-run',
    words({
      skip: 'A run that was missed is left out.',
      'run-once': 'However many were missed, one is made up for.',
      'run-all': 'Each is made up for.',
    }),
    'What happens with runs that fell into an outage.',
    'missed-run: run-once',
    { kinds: ['scheduler', 'workflow'] },
  ),
  on('catch-up', duration({ limit: true }), 'How old a missed run may be and still be made up for.', 'catch-up: 1d', {
    kinds: ['scheduler', 'workflow'],
  }),
  on('steps', name({ list: true }), 'Its steps, in order.', 'steps: [reserve, pay, confirm]', { kinds: ['workflow'] }),
  on('retry', block(words({ forever: 'Until it works.', none: 'Not at all.' })), 'How it repeats a step that failed.', 'retry: forever', {
    kinds: ['workflow', 'scheduler', 'batch'],
  }),
  on('retry.max-time', duration({ limit: true }), 'How long it goes on trying.', 'max-time: 1d', {
    kinds: ['workflow', 'scheduler', 'batch'],
  }),
  on('retry.attempts', count({ limit: true }), 'How often it tries.', 'attempts: 5', { kinds: ['workflow', 'scheduler', 'batch'] }),
  on('deadline', duration({ limit: true }), 'When it must be finished, from its start.', 'deadline: 6h', {
    kinds: ['batch', 'workflow', 'scheduler', 'service', 'function'],
  }),

  on('quota', quantityType('rate-or-bandwidth', { limit: true }), 'What it lets us use.', 'quota: 100/s', {
    kinds: ['external', 'function', 'gateway', 'dns', 'cdn'],
  }),
  on('webhook', flag, 'Calls us back, more than once and in any order.', 'webhook: yes', { kinds: ['external', 'client'] }),
  on(
    'idempotent',
    name({ words: { yes: 'It recognises repeated requests.', no: 'Each request is a new one.', natural: 'Repeating changes nothing.' } }),
    'By which key it recognises a request that it has already done.',
    'idempotent: idempotency-key',
    { kinds: ['external', 'service', 'function', 'gateway'], absence: 'none' },
  ),
  on('error-budget', ratio(), 'Share of its requests that may fail.', 'error-budget: 0.1%', { kinds: ['external', 'service', 'gateway'] }),

  on(
    'worker-id',
    words({
      leased: 'A coordinator lends each instance its number.',
      static: 'Set by hand or by place.',
      random: 'By chance: two may be alike.',
      'hostname-hash': 'From the host’s name: two may be alike.',
    }),
    'How an instance that makes ids gets its own number.',
    'worker-id: leased',
    IDS,
  ),
  on('worker-bits', count(), 'Bits of an id for the instance.', 'worker-bits: 10', IDS),
  on('sequence-bits', count(), 'Bits of an id for the count within one tick.', 'sequence-bits: 12', IDS),
  on('timestamp-bits', count(), 'Bits of an id for the time in milliseconds.', 'timestamp-bits: 41', IDS),
  on('random-bits', count(), 'Bits of an id that are left to chance.', 'random-bits: 122', IDS),
  on('id-bits', count(), 'Bits of an id that is counted up, its sign not among them: 31 of a 32-bit integer, 63 of a 64-bit one.', 'id-bits: 63', IDS),
  on(
    'on-clock-back',
    words({ wait: 'Waits until the clock is past it again.', refuse: 'Refuses to make ids.', ignore: 'Goes on, and may repeat an id.' }),
    'What an id generator does when its clock steps back.',
    'on-clock-back: wait',
    IDS,
  ),
  on('id-block', count(), 'Ids fetched at a time, so that the sequence is asked rarely.', 'id-block: 1k', IDS),
  on('clock-error', duration({ limit: true }), 'How far its clock may be off.', 'clock-error: 10ms'),
  on(
    'fan-out',
    quantityType('count', {
      calls: [call('per-follower', 'As many as a person has followers.', arg('mean', count()), optional('max', count()))],
    }),
    'How many parallel calls or messages one request becomes.',
    'fan-out: 100',
    { kinds: ['service', 'worker', 'search', 'gateway', 'function', 'database', 'stream-processor'], aliases: ['fanout'] },
  ),
  on('watches', reference('component', { list: true }), 'What a controller keeps in the wished state.', 'watches: pods', {
    kinds: ['service', 'worker', 'monitor'],
  }),
]

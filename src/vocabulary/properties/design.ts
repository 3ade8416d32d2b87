/** What data, flows, the design itself, containers, named shards and replicas, scenarios and views can say. */
import {
  arg,
  block,
  call,
  count,
  duration,
  flag,
  name,
  open,
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
import type { Property, PropertyType } from '../vocabulary.ts'
import { invariantType } from './invariants.ts'

const onData = rowsOn('data')
const onFlow = rowsOn('flow')
const onDesign = rowsOn('design')
const onContainer = rowsOn('container')
const onShard = rowsOn('shard')
const onReplica = rowsOn('replica')
const onPart = rowsOn('shard', 'replica')
const onScenario = rowsOn('scenario')
const onView = rowsOn('view')
const onIntent = rowsOn('component', 'relation', 'data', 'flow')
const onDemand = rowsOn('data', 'flow')
const onBounds = rowsOn('data', 'flow', 'component')

const level = words(
  {
    linearizable: 'A read sees the last write.',
    sequential: 'One order for all, perhaps late.',
    causal: 'Causes before effects.',
    session: 'Own writes, never back in time.',
    'read-your-writes': 'Own writes.',
    monotonic: 'Never back in time.',
    eventual: 'Some day.',
    serializable: 'As if one after another.',
    strict: 'Serializable, in real-time order.',
  },
  { calls: [call('bounded', 'At most so old.', arg('by', duration()))] },
)
const orderType = words(
  { none: 'In any order.', 'per-key': 'In order for each key.', total: 'One order for all.' },
  { calls: [call('per-key', 'In order for each value of this key.', arg('key', name()))] },
)
const qualities: PropertyType = words(
  {
    consistency: 'All see the same, at once.',
    availability: 'It answers.',
    latency: 'It answers fast.',
    throughput: 'It does much.',
    cost: 'It is cheap.',
    durability: 'It loses nothing.',
    simplicity: 'Few parts.',
    recovery: 'It heals fast.',
    security: 'It is safe.',
    freshness: 'It is up to date.',
    scalability: 'It grows.',
    operability: 'It is easy to run.',
  },
  { list: true },
)
const dataClass = words({
  money: 'Payments, balances: no loss, no doubling, in order.',
  inventory: 'Stock, seats: no loss, no doubling, in order.',
  entitlement: 'Rights, subscriptions: no loss, no doubling.',
  identity: 'Accounts, credentials: no loss, no doubling.',
  order: 'Orders, bookings: no loss, no doubling, in order.',
  'user-content': 'What people made: no loss; they see what they wrote.',
  message: 'What people wrote to each other: no loss, in order.',
  file: 'Files: no loss; people see what they saved.',
  config: 'Settings: no loss, fresh within a minute.',
  acl: 'Who may do what: no loss, fresh within a minute.',
  telemetry: 'Traces and logs: loss is fine.',
  metric: 'Measurements: loss is fine.',
  'view-count': 'Counts of views: about right is right.',
  'like-count': 'Counts of likes: about right is right.',
  feed: 'Timelines: late is fine.',
  presence: 'Who is online: old is fine.',
  session: 'Log-in sessions: may be lost.',
  recommendation: 'Suggestions: anything goes.',
  'search-result': 'Results: late is fine.',
})
const intent = (meaningOf: 'requires' | 'tolerates'): PropertyType =>
  meaningOf === 'requires'
    ? words(
        {
          'no-loss': 'What was accepted is never lost.',
          'no-duplicates': 'Nothing takes effect twice.',
          order: 'Effects come in order.',
          'read-your-writes': 'People see what they wrote.',
          'no-conflicts': 'No concurrent write is dropped.',
          'no-reordering': 'Effects come in order.',
          availability: 'It must not be down.',
          exact: 'About right is wrong.',
        },
        {
          list: true,
          calls: [
            call('staleness', 'Never older than this.', arg('bound', duration())),
            call('order', 'In order for each value of this key.', arg('key', name())),
          ],
        },
      )
    : words(
        {
          loss: 'Some may be lost.',
          duplicates: 'Some may count twice.',
          reordering: 'In any order.',
          staleness: 'However old.',
          unavailability: 'It may be down.',
          conflicts: 'A concurrent write may be dropped.',
          approximation: 'About right is right.',
        },
        { list: true, calls: [call('staleness', 'As old as this.', arg('bound', duration()))] },
      )

export const design: readonly Property[] = [
  onIntent(
    'requires',
    intent('requires'),
    'What must hold here. The nearest statement wins: relation, component, data, flow.',
    'requires: [no-loss, staleness(30s)]',
  ),
  onIntent(
    'tolerates',
    intent('tolerates'),
    'What is all right here. It silences findings and is shown in the axes table.',
    'tolerates: [staleness(5min), duplicates]',
  ),
  onDemand('consistency', level, 'The level that is required.', 'consistency: linearizable'),
  onDemand('order', orderType, 'The order of effects that is required.', 'order: per-key(order-id)'),
  onBounds('rpo', duration({ limit: true }), 'Recovery point objective: how much, in time, may be lost.', 'rpo: 5s', {
    absence: 'concern',
  }),
  onBounds('rto', duration({ limit: true }), 'Recovery time objective: how long until it works again.', 'rto: 15min', {
    absence: 'concern',
  }),

  onData('class', dataClass, 'What kind of thing it is: it says what must not happen to it.', 'class: order'),
  onData('key', name({ list: true }), 'What names one record.', 'key: order-id'),
  onData('size', block(size()), 'How large one record is.', 'size: 2KB'),
  onData('size.p50', size(), 'Usually.', 'p50: 2KB'),
  onData('size.p99', size(), '99 of 100 are smaller.', 'p99: 80KB'),
  onData('size.max', size({ limit: true }), 'None is larger.', 'max: 1MB'),
  onData('count', count(), 'How many there are.', 'count: 40M'),
  onData('growth', rate(), 'How many come to it.', 'growth: 2M/day'),
  onData('mutable', flag, 'It changes after it was written.', 'mutable: no'),
  onData(
    'scoped-by',
    words({ public: 'Everybody sees the same.', user: 'Each person sees their own.', tenant: 'Each tenant sees their own.' }),
    'Whose it is.',
    'scoped-by: user',
  ),
  onData('varies-by', name({ list: true }), 'What else an answer made from it depends on.', 'varies-by: [locale, plan]'),
  onData('residency', name({ list: true }), 'Where it must stay: regions or jurisdictions.', 'residency: eu'),
  onData(
    'crypto-residency',
    words({ accepted: 'Encrypted copies may lie elsewhere as long as the key stays.', refused: 'Encrypted copies must stay, too.' }),
    'Whether encryption with a key that stays is enough.',
    'crypto-residency: accepted',
  ),
  onData(
    'invariants',
    invariantType,
    'What must always be true of it; the last argument is the scope.',
    'invariants: [non-negative(balance), at-most(10, user-id)]',
  ),
  onData('truth', reference('component', { list: true }), 'Where its truth is.', 'truth: ledger'),
  onData('revocation', duration({ limit: true }), 'How soon a right that was taken away must stop working.', 'revocation: 60s'),
  onData('retention', duration({ limit: true }), 'How long it must be kept.', 'retention: 10y'),
  onData('deleted', flag, 'Records are deleted, or end.', 'deleted: yes'),
  onData(
    'degree',
    words(
      { bounded: 'About alike for all.' },
      { calls: [call('followers', 'How many are attached to one.', arg('mean', count()), optional('max', count()))] },
    ),
    'How many others are attached to one record.',
    'degree: followers(200, 100M)',
  ),
  onData('references', reference('data', { list: true }), 'What it points at.', 'references: User'),

  onFlow('rate', block(rate()), 'How often it happens, on average.', 'rate: 400/s'),
  onFlow('rate.avg', rate(), 'On average.', 'avg: 400/s'),
  onFlow('rate.peak', rate(), 'At its highest.', 'peak: 2k/s', { aliases: ['peak'] }),
  onFlow('surge', quantityType('number'), 'How many times the average the worst expected minute is.', 'surge: 5'),
  onFlow('ramp', duration(), 'How fast it gets there.', 'ramp: 30s'),
  onFlow('p50', duration(), 'Objective: half of all are faster.', 'p50: 120ms'),
  onFlow('p95', duration(), 'Objective: 95 of 100 are faster.', 'p95: 400ms'),
  onFlow('p99', duration(), 'Objective: 99 of 100 are faster.', 'p99: 800ms'),
  onFlow('p999', duration(), 'Objective: 999 of 1,000 are faster.', 'p999: 2s', { aliases: ['p99.9'] }),
  onFlow('availability', quantityType('availability'), 'Objective: share of attempts that succeed.', 'availability: 99.9%'),
  onFlow(
    'survives',
    words({ node: 'One machine.', zone: 'One zone.', region: 'One region.', provider: 'One provider.' }),
    'Which loss must not stop it.',
    'survives: zone',
  ),
  onFlow('entry', reference('component'), 'Where it begins, if its steps do not say.', 'entry: app'),
  onFlow('steps', open, 'Its steps are written as statements in its body: `a -> b -> c`.', 'steps: none'),
  onFlow('needs', reference('target', { list: true }), 'What it waits for, besides its synchronous steps.', 'needs: [mailer]'),
  onFlow('data', reference('data', { list: true }), 'What it is about.', 'data: Order'),
  onFlow('max-lag', duration({ limit: true }), 'How late its effects may come.', 'max-lag: 5s', { aliases: ['delivery-slo'] }),
  onFlow(
    'env',
    words({ production: 'Real users.', staging: 'A rehearsal.', dev: 'Developers.', test: 'Tests.', personal: 'One person’s own.' }),
    'Whom it is for.',
    'env: personal',
  ),
  onFlow('after', reference('flow', { list: true }), 'The same person did these just before.', 'after: "Edit profile"'),
  onFlow('note', textType, 'Anything worth telling a reader.', 'note: "the busiest hour is 18:00"'),

  onDesign('goal', textType, 'What it is for, in one sentence.', 'goal: "Sell every seat once"', { absence: 'concern' }),
  onDesign('optimizes', qualities, 'What it is made for, in order.', 'optimizes: consistency'),
  onDesign('sacrifices', qualities, 'What it gives up for that.', 'sacrifices: availability'),
  onDesign('horizon', duration(), 'How far ahead growth is looked at.', 'horizon: 3y'),
  onDesign(
    'surge',
    quantityType('number'),
    'How many times the average the worst expected minute is, where a flow does not say.',
    'surge: 3',
  ),
  onDesign(
    'env',
    words({ production: 'Real users.', staging: 'A rehearsal.', dev: 'Developers.', test: 'Tests.', personal: 'One person’s own.' }),
    'Whom it is for.',
    'env: personal',
    { inherits: true },
  ),
  onDesign('owner', name(), 'The team that answers for it.', 'owner: payments', { inherits: true }),
  onDesign(
    'fault-model',
    words(
      { crash: 'Nodes stop.', partition: 'The network is cut.', byzantine: 'Nodes lie: outside of what is checked here.' },
      { list: true },
    ),
    'Which failures it is made for.',
    'fault-model: [crash, partition]',
  ),
  onDesign(
    'rollout',
    words({ staged: 'Step by step.', 'all-at-once': 'Everywhere in one step.' }),
    'How changes reach it.',
    'rollout: staged',
  ),
  onDesign(
    'observability',
    words({ everywhere: 'A mesh or agent traces and measures everything.', none: 'Nothing is measured.' }),
    'Whether traces and metrics come without each arrow saying so.',
    'observability: everywhere',
    { absence: 'concern' },
  ),
  onDesign('audience', textType, 'For whom it is drawn.', 'audience: "new colleagues"'),
  onDesign('note', textType, 'Anything worth telling a reader.', 'note: "as of March"'),

  onContainer('zones', count({ names: true }), 'Zones that it has.', 'zones: 3'),
  onContainer('place', name(), 'Where it is, for laws and distances: a country, a continent, a cloud’s region name.', 'place: us-east-1'),
  onContainer('jurisdiction', name({ list: true }), 'Whose law holds for data in it.', 'jurisdiction: eu', { inherits: true }),
  onContainer('availability', quantityType('availability'), 'Share of the time in which it works as a whole.', 'availability: 99.99%'),
  onContainer('share', ratio(), 'Share of the users that it serves.', 'share: 10%'),
  onContainer(
    'trust',
    words({ public: 'Anybody.', partner: 'Known outsiders.', private: 'Our own.', restricted: 'Only a few of our own.' }),
    'Who is inside.',
    'trust: public',
    { inherits: true },
  ),
  onContainer('rtt', duration(), 'Round trip within it.', 'rtt: 1ms'),
  onContainer('note', textType, 'Anything worth telling a reader.', 'note: "leased until May"'),

  onPart('zone', name(), 'The zone it stands in. A zone is declared by being named.', 'zone: site-b'),
  onPart('region', name(), 'The region it stands in.', 'region: eu-west'),
  onPart('runs-on', name(), 'The machine it stands on.', 'runs-on: box-2'),
  onPart('key', name({ list: true }), 'What it holds.', 'key: a-m'),
  onPart('share', ratio(), 'Share of the load that it gets.', 'share: 30%'),
  onShard('replicas', count(), 'Copies of this shard, the leader included.', 'replicas: 3'),
  onShard('zones', count({ names: true }), 'Zones over which they are spread.', 'zones: 3'),
  onReplica(
    'role',
    words({
      leader: 'Takes the writes.',
      follower: 'Copies them.',
      witness: 'Votes and keeps the log, but serves nothing.',
      arbiter: 'Only votes.',
      learner: 'Copies, without a vote.',
    }),
    'What it does among the others.',
    'role: witness',
  ),
  onReplica('votes', flag, 'It counts for a majority.', 'votes: no'),

  onScenario(
    'fails',
    reference('target', {
      list: true,
      calls: [
        call('replica', 'So many copies of a component, one where no number is given, the leader among them.', arg('component', reference('component')), optional('copies', count())),
        call('zone', 'A zone that is only named by what stands in it; of a region or a component, one of its zones.', arg('name', open)),
        call('region', 'A region that is only named by what stands in it; of a component, one of its regions.', arg('name', open)),
        call('host', 'A machine that is only named by what runs on it.', arg('name', open)),
        call('provider', 'A provider that is only named by what it runs.', arg('name', open)),
        call('technology', 'Everything that uses it.', arg('name', name())),
      ],
    }),
    'What is down: a component, a container, a named replica, some copies, a zone, a technology.',
    'fails: [seats, replica(ledger)]',
  ),
  onScenario('slows', open, 'What gets slow, and how many times slower; 10 times where no number stands.', 'slows: ledger(10x)'),
  onScenario('surges', open, 'Which flow gets more, and how many times as much; twice where no number stands.', 'surges: checkout(3)'),
  onScenario('partitions', open, 'Groups that cannot reach each other.', 'partitions: [[us-east], [eu-west]]'),
  onScenario('note', textType, 'Anything worth telling a reader.', 'note: "as in March"'),

  onView(
    'include',
    reference('target', { list: true, words: { all: 'Everything.' } }),
    'What it shows; without it, everything.',
    'include: [orders, ledger]',
  ),
  onView('exclude', reference('target', { list: true }), 'What it leaves out.', 'exclude: [monitoring]'),
  onView(
    'collapse',
    reference('target', { list: true, words: { all: 'Every container.' } }),
    'Containers that are shown closed.',
    'collapse: [us-west]',
  ),
  onView('direction', words({ right: 'From left to right.', down: 'From top to bottom.' }), 'Which way it runs.', 'direction: down'),
  onView('note', textType, 'Anything worth telling a reader.', 'note: "for the review"'),
]

/** What any component can say: how many there are, what they can do, whose they are. */
import { bandwidth, block, count, duration, flag, name, quantityType, rate, rowsOn, words } from '../make.ts'
import type { Property } from '../vocabulary.ts'

const on = rowsOn('component')
const onPlaces = rowsOn('component', 'container')
const onParts = rowsOn('component', 'shard', 'replica')

export const common: readonly Property[] = [
  on(
    'replicas',
    count({ span: true }),
    'Copies that run, the leader included; of a sharded store, per shard. `replicas: 1` is the component alone.',
    'replicas: 3',
  ),
  on('zones', count({ names: true }), 'Zones over which the replicas are spread: how many, or which.', 'zones: 3'),
  on('regions', count({ names: true }), 'Regions over which the replicas are spread: how many, or which.', 'regions: [us-east, eu-west]'),
  on('instances-per-zone', count(), 'Copies in each zone, where that is easier to say than all of them.', 'instances-per-zone: 4'),
  onParts(
    'capacity',
    block(rate()),
    'What one replica can serve before its answers get slow. For stores `read` and `write` may differ.',
    'capacity: 1.2k/s',
  ),
  onParts('capacity.read', rate(), 'Reads that one replica can serve.', 'read: 8k/s'),
  onParts('capacity.write', rate(), 'Writes that one leader can take. Replicas do not add to it: each applies all writes.', 'write: 2k/s'),
  on('bandwidth', bandwidth(), 'What the network of one replica carries.', 'bandwidth: 10Gb/s'),
  on('latency', block(), 'Its own time for one request, without what it waits for elsewhere.', 'latency { p50: 4ms, p99: 40ms }'),
  on('latency.p50', duration(), 'Half of its requests take less than this.', 'p50: 4ms', { aliases: ['p50'] }),
  on('latency.p95', duration(), '95 of 100 requests take less than this.', 'p95: 20ms', { aliases: ['p95'] }),
  on('latency.p99', duration(), '99 of 100 requests take less than this. `p99: 40ms` on the component itself says the same.', 'p99: 40ms', {
    aliases: ['p99'],
  }),
  on('latency.p999', duration(), '999 of 1,000 requests take less than this.', 'p999: 120ms', {
    aliases: ['p999', 'p99.9', 'latency.p99.9'],
  }),
  on('latency.unloaded', flag, 'The stated times were measured without load: waiting comes on top.', 'unloaded: yes'),
  on(
    'availability',
    quantityType('availability'),
    'Share of the time, or of the requests, in which it works: what its provider promises or what was measured.',
    'availability: 99.95%',
  ),
  on('concurrency', count({ span: true }), 'Requests or messages that one replica works on at the same time.', 'concurrency: 64', {
    aliases: ['threads'],
  }),
  on(
    'concurrency-limit',
    count({ limit: true }),
    'Requests in work at once, beyond which it refuses more instead of getting slow.',
    'concurrency-limit: 200',
    { absence: 'none' },
  ),
  on('timeout', duration({ limit: true }), 'The longest that it lets one request or invocation run.', 'timeout: 29s'),
  on('retries', count({ limit: true }), 'How often it repeats, by itself, what failed behind it.', 'retries: 2'),
  on('pool', count({ limit: true }), 'Connections that one replica keeps open to each store it uses.', 'pool: 20'),

  onPlaces('owner', name(), 'The team that answers for it. Holds for everything in a container.', 'owner: payments', { inherits: true }),
  onPlaces('provider', name(), 'The company, account or network it runs on: what shares a provider can fall together.', 'provider: aws', {
    inherits: true,
  }),
  onPlaces(
    'env',
    words({
      production: 'Real users depend on it.',
      staging: 'A rehearsal of production.',
      dev: 'For developers; failures cost nothing.',
      test: 'For tests; failures cost nothing.',
      personal: 'One person’s own; a single machine is right.',
    }),
    'What it is for. In `dev` and `personal` a single point of failure is no finding unless an objective is stated.',
    'env: personal',
    { inherits: true },
  ),
  onPlaces(
    'auth',
    words(
      {
        none: 'Anybody may call.',
        token: 'A bearer token is checked on each request.',
        mtls: 'Both ends show a certificate.',
        session: 'A session, by cookie, is checked.',
        'signed-url': 'The URL itself carries a permission that ends.',
        signature: 'The body is signed, as webhooks are.',
        'api-key': 'A secret key names the caller.',
      },
      { list: true },
    ),
    'How it makes sure who is calling, before anything behind it is reached.',
    'auth: token',
    { inherits: true, absence: 'concern' },
  ),
  onPlaces('public', flag, 'Strangers can reach it from the internet.', 'public: no', { inherits: true }),
  onPlaces(
    'criticality',
    words({
      critical: 'Without it the flow is worth nothing.',
      optional: 'The flow could go on without it.',
    }),
    'How much the rest needs it.',
    'criticality: optional',
  ),
  on(
    'role',
    // Not a closed list: a team's own specialisations are as good.
    name({ words: {
      'id-generator': 'Hands out unique ids.',
      'feature-flags': 'Decides which features are on.',
      auth: 'Checks who somebody is, or what they may do.',
      'token-signing': 'Signs the tokens that others check.',
      'key-management': 'Keeps the keys that others encrypt with.',
      'service-discovery': 'Knows where services run.',
      proxy: 'Stands between others and adds no work of its own.',
      pooler: 'Shares few database connections among many clients.',
      reconciler: 'Compares two sides and repairs what differs.',
      'waiting-room': 'Lets only as many in as the rest can serve.',
      'rate-limiter': 'Counts requests and refuses those over a limit.',
      sequencer: 'Gives events one order.',
      leader: 'Exactly one leads.',
      reaper: 'Cleans up what others left.',
      orchestrator: 'Starts, stops and places other components.',
      'control-plane': 'Decides what runs where; the data plane works on without it for a while.',
      'secret-store': 'Keeps passwords, keys and certificates.',
      'config-store': 'Keeps settings that others read at start or run time.',
      'schema-registry': 'Checks that producers and consumers understand each other.',
      recommendation: 'Suggests; nobody is lost without it.',
      ads: 'Shows advertisements.',
      analytics: 'Counts what happened, for later.',
      personalisation: 'Fits what is shown to the person.',
      notification: 'Tells people what happened.',
      audit: 'Records who did what.',
      'search-suggestion': 'Completes what is being typed.',
    } }),
    'What it is for, where its kind alone does not say it.',
    'role: id-generator',
  ),
  on(
    'tenancy',
    words({
      silo: 'Each tenant has its own.',
      pool: 'All tenants share it.',
      bridge: 'Some of it is shared, some is each tenant’s own.',
    }),
    'How tenants share it.',
    'tenancy: pool',
  ),
  on('runs-on', name({ list: true }), 'The machine or machines it stands on. What runs on the same one falls with it.', 'runs-on: box-1'),
  on('managed', flag, 'A provider runs it, replaces its nodes and spreads it over zones.', 'managed: yes'),
  on(
    'survives',
    words({
      replica: 'Losing one replica stops nothing.',
      host: 'Losing one machine stops nothing.',
      zone: 'Losing a whole zone stops nothing.',
      region: 'Losing a whole region stops nothing.',
    }),
    'The largest failure it is built to outlive, as a stated guarantee.',
    'survives: zone',
  ),
  on('singleton', flag, 'At most one may run at a time.', 'singleton: yes'),
  on('max-gap', duration(), 'How long a singleton may not run at all.', 'max-gap: 5min', { aliases: ['missed-gap'] }),
  on(
    'interface',
    words({
      object: 'Whole objects by name.',
      file: 'Files that can be opened and appended.',
      block: 'Numbered blocks, as a disk.',
      http: 'Requests over HTTP.',
      websocket: 'Long-lived two-way connections.',
      grpc: 'Calls over gRPC.',
    }),
    'How it is talked to.',
    'interface: file',
  ),
]

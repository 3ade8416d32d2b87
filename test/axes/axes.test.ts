import assert from 'node:assert/strict'
import { axesOf } from '../../src/axes/axes.ts'
import { claimText, type AxesTable, type Axis, type Cell } from '../../src/axes/table.ts'
import { modelFrom, type Outline } from '../support/model.ts'

/** `of(outline, 'state', 'ledger')` is one component's or flow's cell, without a name the whole system's. */
function of(outline: Outline, axis: Axis, name?: string): Cell {
  return cellIn(axesOf(modelFrom(outline)), axis, name)
}

function cellIn(table: AxesTable, axis: Axis, name?: string): Cell {
  const row = table.rows.find((each) => each.axis === axis)!
  if (name === undefined) return row.system
  const found = [...row.flows, ...row.components].find((each) => each.name === name)
  assert.ok(found, `${axis} has no cell for ${name}`)
  return found.cell
}

const orders: Outline = {
  data: [
    { id: 'Order', says: { class: 'order' } },
    { id: 'Cart', says: { class: 'order' } },
  ],
  components: [
    { id: 'app', kind: 'client' },
    { id: 'lb', kind: 'gateway', uses: 'envoy', says: { replicas: '3', zones: '3' } },
    { id: 'api', kind: 'service', says: { replicas: '12', zones: '3', capacity: '4k/s' } },
    {
      id: 'carts',
      kind: 'cache',
      uses: 'redis',
      says: { ttl: '30m', replicas: '3', zones: '3', 'rebuild-from': '@cart-store', 'on-failure': 'bypass' },
    },
    { id: 'cart-store', kind: 'database', uses: 'dynamodb', says: { stores: '#Cart', key: 'user-id' } },
    {
      id: 'ledger',
      kind: 'database',
      uses: 'postgres',
      says: {
        stores: '#Order',
        shards: '16',
        key: 'order-id',
        partitioning: 'hash',
        replicas: '3',
        zones: '3',
        sync: 'semi-sync',
        capacity: '5k/s',
        'failover.mode': 'auto',
        'failover.detect': '10s',
        'failover.promote': '20s',
        'backup.pitr': 'yes',
      },
    },
    { id: 'psp', kind: 'external', uses: 'stripe', says: { availability: '99.99%', quota: '3k/s' } },
  ],
  relations: [
    { from: 'app', to: 'lb', verb: 'calls', says: { timeout: '2s' } },
    { from: 'lb', to: 'api', verb: 'routes' },
    { from: 'api', to: 'carts', verb: 'reads' },
    { from: 'api', to: 'ledger', verb: 'writes', says: { data: '#Order' } },
    { from: 'api', to: 'psp', verb: 'calls' },
  ],
  flows: [
    {
      title: 'Order',
      says: { rate: '400/s', peak: '2k/s', availability: '99.9%' },
      steps: ['app>lb:calls', 'lb>api:routes', 'api>carts:reads', 'api>ledger:writes'],
    },
    { title: 'Pay', says: { rate: '10/s' }, steps: ['app>lb:calls', 'lb>api:routes', 'api>psp:calls'] },
  ],
}

describe('the axes', () => {
  it('are seven, each with its question', () => {
    const table = axesOf(modelFrom(orders))
    assert.deepEqual(
      table.rows.map((row) => row.axis),
      ['consistency', 'availability', 'latency', 'throughput', 'scale-unit', 'state', 'recovery'],
    )
    for (const row of table.rows) assert.match(row.question, /\?$/)
  })

  it('say "not stated" everywhere in a sketch that states nothing', () => {
    const sketch: Outline = {
      components: [
        { id: 'a', kind: 'service' },
        { id: 'b', kind: 'database' },
      ],
      relations: [{ from: 'a', to: 'b', verb: 'calls' }],
    }
    for (const row of axesOf(modelFrom(sketch)).rows) {
      assert.equal(row.system.stated, false, row.axis)
      assert.match(row.system.value, /^not stated/, row.axis)
    }
    assert.ok(of(sketch, 'state').missing.includes('`stores` of `b`'))
  })

  it('do nothing for an empty design', () => {
    for (const row of axesOf(modelFrom({ components: [] })).rows) assert.match(row.system.value, /^not stated/, row.axis)
  })

  describe('consistency', () => {
    it('is as weak as the weakest layer that a flow reads through', () => {
      assert.equal(
        of(orders, 'consistency', 'ledger').value,
        'linearizable per key, from the leader; CP for writes, stale reads available (PC/EC)',
      )
      assert.equal(of(orders, 'consistency', 'cart-store').value, 'eventual; CP (PC/EL)')
      assert.equal(of(orders, 'consistency', 'carts').value, 'bounded, at most 30min old')
      // DynamoDB is read eventually unless asked otherwise, so the cache may have got an old value.
      assert.equal(of(orders, 'consistency', 'Order').value, 'eventual, may be more than 30min old')
      assert.equal(of(orders, 'consistency').value, 'Order: eventual, may be more than 30min old; Order and Cart CP')
    })

    it('shows the facts and whose default they are', () => {
      const { evidence } = of(orders, 'consistency', 'cart-store')
      assert.ok(
        evidence.some(
          ({ text, by, origin }) => text === 'cart-store: consistency: eventual' && by === 'default of dynamodb' && origin === undefined,
        ),
      )
      assert.ok(of(orders, 'consistency', 'carts').evidence.some(({ text, origin }) => text === 'carts: ttl: 30m' && origin !== undefined))
    })

    it('adds up what each layer keeps', () => {
      const layered: Outline = {
        components: [
          { id: 'app', kind: 'client', says: { 'max-age': '30s' } },
          { id: 'edge', kind: 'cdn', says: { ttl: '60s' } },
          { id: 'api', kind: 'service' },
          { id: 'prices', kind: 'cache', says: { ttl: '60s', 'rebuild-from': '@db', 'fill-from': 'replica' } },
          { id: 'db', kind: 'database', says: { consistency: 'bounded(1s)', 'lag.p99': '1s' } },
        ],
        relations: [
          { from: 'app', to: 'edge', verb: 'calls' },
          { from: 'edge', to: 'api', verb: 'routes' },
          { from: 'api', to: 'prices', verb: 'reads' },
          { from: 'api', to: 'db', verb: 'reads' },
        ],
        flows: [{ title: 'Price', steps: ['app>edge:calls', 'edge>api:routes', 'api>prices:reads'] }],
      }
      assert.equal(of(layered, 'consistency', 'Price').value, 'bounded, at most 151s old')
    })

    it('knows overlapping quorums for what they are', () => {
      const ring = (r: string, w: string): Outline => ({
        components: [{ id: 'ring', kind: 'database', uses: 'cassandra', says: { n: '3', r, w, 'on-partition': 'accept-both' } }],
      })
      assert.equal(of(ring('2', '2'), 'consistency', 'ring').value, 'overlapping quorums, not linearizable; CP (PC/EC) with R=2 reads and W=2 writes')
      assert.equal(of(ring('1', '1'), 'consistency', 'ring').value, 'eventual (1 + 1 of 3 do not overlap); AP (PA/EL) with R=1 reads and W=1 writes; of two concurrent writes the older is dropped')
      const sloppy: Outline = { components: [{ id: 'ring', kind: 'database', says: { replication: 'leaderless', n: '3', r: '2', w: '2', sloppy: 'yes' } }] }
      assert.match(of(sloppy, 'consistency', 'ring').value, /^eventual \(2 \+ 2 of 3 overlap only while no stand-in counts\)/)
    })

    it('prints no CAP label for one node', () => {
      const one: Outline = { components: [{ id: 'db', kind: 'database', uses: 'postgres', says: { replicas: '1' } }] }
      assert.match(of(one, 'consistency', 'db').value, /^linearizable, one copy; one node, CAP does not apply$/)
    })

    it('gives no level that nobody stated', () => {
      const plain: Outline = {
        components: [
          { id: 'a', kind: 'service' },
          { id: 'db', kind: 'database', says: { replicas: '3' } },
        ],
        relations: [{ from: 'a', to: 'db', verb: 'reads' }],
        flows: [{ title: 'Read', steps: ['a>db:reads'] }],
      }
      assert.equal(of(plain, 'consistency', 'db').value, 'not stated')
      assert.equal(of(plain, 'consistency', 'Read').value, 'not stated (at best linearizable)')
      assert.deepEqual(of(plain, 'consistency', 'Read').missing, ['`consistency` of `db`'])
    })
  })

  describe('availability', () => {
    it('is the single-fault table', () => {
      assert.equal(of(orders, 'availability', 'Order').value, 'survives any one zone')
      assert.deepEqual(of(orders, 'availability', 'Order').claimed?.map(claimText), ['availability 99.9%'])
      assert.equal(of(orders, 'availability', 'Pay').value, 'survives any one replica; fails with psp; at most 99.99% by what is known')
      assert.equal(of(orders, 'availability').value, 'every flow survives any one replica; falls with psp (1 of 2 flows)')
      assert.equal(of(orders, 'availability', 'psp').value, '99.99% by its provider; fails closed')
    })

    it('names the component whose copies nobody stated', () => {
      const open: Outline = {
        components: [
          { id: 'app', kind: 'client' },
          { id: 'api', kind: 'service' },
        ],
        relations: [{ from: 'app', to: 'api', verb: 'calls' }],
      }
      assert.equal(of(open, 'availability').value, 'not stated (copies of api unknown)')
      assert.deepEqual(of(open, 'availability', 'api').missing, ['`replicas` of `api`'])
    })

    it('counts the copies of a leaderless store by its `n`', () => {
      const ring: Outline = { components: [{ id: 'ring', kind: 'database', says: { replication: 'leaderless', n: '3', zones: '3' } }] }
      assert.match(of(ring, 'availability', 'ring').value, /^survives a zone/)
    })

    it('says what falls and what only degrades', () => {
      const mixed: Outline = {
        components: [
          { id: 'app', kind: 'client' },
          { id: 'api', kind: 'service', says: { replicas: '1' } },
          { id: 'ads', kind: 'service', says: { replicas: '1' } },
        ],
        relations: [
          { from: 'app', to: 'api', verb: 'calls' },
          { from: 'api', to: 'ads', verb: 'calls', says: { fallback: 'empty' } },
        ],
      }
      assert.equal(of(mixed, 'availability', 'Requests of app').value, 'fails with api; degraded without ads')
      assert.equal(of(mixed, 'availability', 'api').value, 'one copy: falls with it; fails closed')
      assert.equal(of(mixed, 'availability', 'ads').value, 'one copy: falls with it; degrades its callers')
    })
  })

  describe('latency', () => {
    const chain = (says: Outline['components'][number]['says']): Outline => ({
      components: [
        { id: 'app', kind: 'client' },
        ...['a', 'b', 'c'].map((id) => ({
          id,
          kind: 'service',
          says: id === 'c' ? says : { 'latency.p50': '10ms', 'latency.p99': '100ms' },
        })),
      ],
      relations: [
        { from: 'app', to: 'a', verb: 'calls' },
        { from: 'a', to: 'b', verb: 'calls' },
        { from: 'b', to: 'c', verb: 'calls' },
      ],
      flows: [{ title: 'Go', says: { p99: '150ms' }, steps: ['app>a:calls', 'a>b:calls', 'b>c:calls'] }],
    })

    it('adds hops up as lognormals', () => {
      const cell = of(chain({ 'latency.p50': '10ms', 'latency.p99': '100ms' }), 'latency', 'Go')
      assert.equal(cell.value, 'p50 about 39ms, p99 about 180ms, most of it a, b and c')
      assert.deepEqual(cell.claimed?.map(claimText), ['p99 within 150ms: broken (by estimate, 34ms over)'])
      assert.equal(cell.confidence, 'estimate')
    })

    it('knows what is waited for where a flow begins with a choice', () => {
      const cash: Outline = {
        components: [
          { id: 'app', kind: 'client' },
          ...['a', 'b'].map((id) => ({ id, kind: 'service', says: { 'latency.p50': '10ms', 'latency.p99': '80ms' } })),
        ],
        relations: ['a', 'b'].map((to) => ({ from: 'app', to, verb: 'calls' })),
        flows: [{ title: 'Withdraw', steps: [{ anyOf: ['app>a:calls', 'app>b:calls'] }] }],
      }
      assert.match(of(cash, 'latency', 'Withdraw').value, /^p50 about 10ms, p99 about 80ms/)
    })

    it('gives a lower bound and what is missing where a hop says nothing', () => {
      const cell = of(chain(undefined), 'latency', 'Go')
      assert.equal(cell.value, 'not stated (p50 at least 20ms, not counting c)')
      assert.deepEqual(cell.missing, ['`p50` and `p99` of `c`'])
      assert.equal(of(orders, 'latency', 'Order').value, 'not stated (waits for lb, api, carts and ledger, whose latency is unknown; given up after 2s)')
    })
  })

  describe('throughput', () => {
    it('names the first bottleneck and the next', () => {
      assert.equal(of(orders, 'throughput', 'Order').value, 'first api at 24× today’s peak, then ledger writes at 40×')
      assert.equal(of(orders, 'throughput', 'api').value, '2.01k/s of 48k/s: 4%')
    })

    it('sees the busiest partition', () => {
      const hot: Outline = {
        components: [
          { id: 'app', kind: 'client' },
          { id: 'api', kind: 'service', says: { replicas: '6', capacity: '10k/s' } },
          {
            id: 'events',
            kind: 'log',
            says: { partitions: '24', key: 'country', 'key-dist': 'hot(45%)', 'partition-limit.write': '2k/s' },
          },
        ],
        relations: [
          { from: 'app', to: 'api', verb: 'calls' },
          { from: 'api', to: 'events', verb: 'publishes' },
        ],
        flows: [{ title: 'Send', says: { rate: '8k/s' }, steps: ['app>api:calls', 'api>events:publishes'] }],
      }
      assert.equal(
        of(hot, 'throughput', 'Send').value,
        'already too much: the busiest partition of events takes 2k/s of 3.78k/s, then api at 7.5× today’s average',
      )
    })

    it('says nothing without a rate', () => {
      const still: Outline = { ...orders, flows: orders.flows!.map(({ title, steps }) => ({ title, steps })) }
      assert.match(of(still, 'throughput').value, /^not stated/)
      assert.ok(of(still, 'throughput').missing.includes('`rate` of "Order"'))
    })
  })

  describe('scale unit', () => {
    it('is the key, the replica, or one machine', () => {
      assert.equal(of(orders, 'scale-unit', 'ledger').value, 'order-id (hash, 16 shards)')
      assert.equal(of(orders, 'scale-unit', 'cart-store').value, 'user-id (hash, split by the store)')
      assert.equal(of(orders, 'scale-unit', 'api').value, 'replica (12)')
      assert.equal(of(orders, 'scale-unit', 'carts').value, 'single unit')
      assert.equal(of(orders, 'scale-unit').value, 'data by user-id and order-id; services by replica; only bigger machines: carts')
    })

    it('names a read that asks every shard', () => {
      const tagged: Outline = {
        components: [
          { id: 'api', kind: 'service', says: { replicas: '2' } },
          { id: 'posts', kind: 'database', says: { shards: '64', key: 'user-id' } },
        ],
        relations: [{ from: 'api', to: 'posts', verb: 'reads', says: { by: 'tag' } }],
        flows: [{ title: 'By tag', steps: ['api>posts:reads'] }],
      }
      assert.equal(of(tagged, 'scale-unit', 'By tag').value, 'data by user-id; services by replica; posts is split by user-id and asked by tag')
    })
  })

  describe('state', () => {
    it('says where each kind of data is decided', () => {
      assert.equal(of(orders, 'state').value, 'Order in ledger; Cart in cart-store; copies: carts of cart-store')
      assert.equal(
        of(orders, 'state', 'ledger').value,
        'truth of Order; acknowledged on 2 of 3 copies, or 1 when no follower answers in time',
      )
      assert.equal(of(orders, 'state', 'cart-store').value, 'truth of Cart; acknowledged on a majority of 3')
      assert.equal(of(orders, 'state', 'carts').value, 'copy of cart-store')
      assert.equal(of(orders, 'state', 'Order').value, 'changes Order in ledger; reads copies in carts')
    })

    it('says what has no home', () => {
      const lost: Outline = {
        data: [{ id: 'Cart' }],
        components: [
          { id: 'api', kind: 'service' },
          { id: 'carts', kind: 'cache', uses: 'redis', says: { stores: '#Cart' } },
        ],
        relations: [{ from: 'api', to: 'carts', verb: 'writes' }],
      }
      assert.equal(of(lost, 'state').value, 'no durable home: Cart (only in carts)')
      assert.match(of(lost, 'state', 'carts').value, /^only copy of Cart, and it may forget/)
    })
  })

  describe('recovery', () => {
    it('adds detection and promotion, and says what is lost', () => {
      assert.equal(
        of(orders, 'recovery', 'ledger').value,
        'fails over by itself in 30s; loses nothing acknowledged, unless no follower answered in time; any moment can be restored',
      )
      assert.equal(of(orders, 'recovery', 'cart-store').value, 'the provider fails over; loses nothing acknowledged')
      assert.equal(of(orders, 'recovery', 'carts').value, 'filled again from cart-store')
      assert.equal(
        of(orders, 'recovery', 'Order').value,
        'ledger is back in 30s; nothing acknowledged is lost, unless no follower answered in time',
      )
    })

    it('counts the lag of an asynchronous copy as lost', () => {
      const behind: Outline = {
        components: [
          {
            id: 'db',
            kind: 'database',
            uses: 'mysql',
            says: { replicas: '2', 'lag.p99': '3s', 'failover.mode': 'auto', 'failover.detect': '10s', 'failover.promote': '5s' },
          },
        ],
      }
      assert.equal(of(behind, 'recovery', 'db').value, 'fails over by itself in 15s; loses up to 3s of writes')
    })

    it('does not promise a time that nobody stated', () => {
      const plain: Outline = { components: [{ id: 'db', kind: 'database', says: { replicas: '3' } }] }
      assert.deepEqual([of(plain, 'recovery', 'db').value, of(plain, 'recovery', 'db').missing], ['not stated', ['`failover` of `db`']])
    })
  })

  it('never contradict themselves: a cell is stated or begins with "not stated"', () => {
    const cells = axesOf(modelFrom(orders)).rows.flatMap((row) => [
      row.system,
      ...[...row.flows, ...row.components].map(({ cell }) => cell),
    ])
    for (const cell of cells) {
      assert.equal(cell.value.startsWith('not stated'), !cell.stated, cell.value)
      assert.doesNotMatch(cell.value, /undefined|NaN|Infinity|\[object/)
    }
  })
})

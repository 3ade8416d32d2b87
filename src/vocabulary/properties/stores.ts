/** What stores can say: whose truth they are, how they copy and order it, what a crash leaves of it. */
import { arg, block, call, count, duration, flag, name, reference, rowsOn, words } from '../make.ts'
import type { Property } from '../vocabulary.ts'
import { STATE, STORE } from './store-kinds.ts'

const on = rowsOn('component')
const onParts = rowsOn('component', 'shard', 'replica')

export const stores: readonly Property[] = [
  on(
    'stores',
    reference('data', { list: true }),
    'The kinds of data that it keeps. A database that says so is the truth of them, unless it is `derived`.',
    'stores: Order',
    STORE,
  ),
  on('truth', flag, 'What it holds is the truth: everything else is a copy of it.', 'truth: yes', STORE),
  on('derived', flag, 'What it holds was computed or copied from elsewhere.', 'derived: yes', STORE),
  on(
    'rebuild-from',
    reference('component', {
      list: true,
      calls: [call('snapshot', 'From a snapshot kept there.', arg('in', name()))],
      words: { origin: 'From what it caches.' },
    }),
    'From where it can be filled again when it is lost. A list names a source for each kind of data.',
    'rebuild-from: events',
    STORE,
  ),
  on(
    'replication',
    words({
      none: 'One copy.',
      'leader-follower': 'One leader takes the writes, followers copy them.',
      'multi-leader': 'Several places take writes and exchange them.',
      leaderless: 'Any replica takes writes; quorums decide.',
      consensus: 'A majority agrees on each write (Raft, Paxos).',
      erasure: 'Data is split with parity over several disks.',
    }),
    'How copies are kept.',
    'replication: leader-follower',
    STORE,
  ),
  on(
    'sync',
    words(
      {
        async: 'The leader answers before any follower has the write: a failover can lose it.',
        'semi-sync': 'One follower has received it; after a time-out it goes on without.',
        sync: 'One follower has it.',
        quorum: 'A majority has it.',
      },
      { calls: [call('sync', 'So many followers have it.', arg('k', count()))] },
    ),
    'How many copies exist when a writer is told “saved”.',
    'sync: semi-sync',
    STORE,
  ),
  on('n', count(), 'Copies of each item in a leaderless store, per region.', 'n: 3', STORE),
  on('r', count(), 'Copies that a read asks, per region.', 'r: 2', STORE),
  on('w', count(), 'Copies that a write waits for, per region.', 'w: 2', STORE),
  on('voters', count(), 'Members that vote. Five tolerate two failures, four only one.', 'voters: 5', { kinds: [...STATE, 'scheduler'] }),
  on('sloppy', flag, 'A write counts copies that other nodes keep for an absent one: reads may then miss it.', 'sloppy: yes', STORE),
  on(
    'read-repair',
    words({ sync: 'Before the answer.', async: 'After the answer.', none: 'Not at all.' }),
    'Whether a read mends the copies that it found old.',
    'read-repair: sync',
    STORE,
  ),
  on(
    'consistency',
    words(
      {
        linearizable: 'As if there were one copy: a read sees the last write.',
        sequential: 'All see the same order, perhaps late.',
        causal: 'What follows from something is seen after it.',
        session: 'Each person sees their own writes and never goes back in time.',
        'read-your-writes': 'Each person sees their own writes.',
        eventual: 'Copies agree some day.',
      },
      { calls: [call('bounded', 'At most so old.', arg('by', duration()))] },
    ),
    'What the store offers its readers by default.',
    'consistency: linearizable',
    STORE,
  ),
  on(
    'isolation',
    words({
      'read-uncommitted': 'Sees what is not committed yet.',
      'read-committed': 'Sees only what is committed; it can change between two reads.',
      snapshot: 'Sees one moment; two writers can each keep a rule that they break together (write skew).',
      'repeatable-read': 'What was read stays the same.',
      serializable: 'As if transactions ran one after another.',
      strict: 'Serializable, and in the order of real time.',
    }),
    'How far transactions are kept from seeing each other.',
    'isolation: serializable',
    STORE,
  ),
  on(
    'tx-scope',
    words({
      none: 'No transactions.',
      object: 'One object.',
      row: 'One row.',
      key: 'One key.',
      partition: 'One partition key.',
      shard: 'One shard.',
      database: 'The whole database.',
      global: 'Over all regions.',
    }),
    'How much can change in one transaction.',
    'tx-scope: row',
    STORE,
  ),
  on(
    'conflict',
    words(
      {
        lww: 'The last writer wins, by a clock; the other write is lost.',
        vector: 'Version vectors find conflicts, somebody merges.',
        crdt: 'Merges by itself, without loss.',
        merge: 'The application merges.',
        reject: 'The second write is refused.',
        version: 'A version counter decides.',
        siblings: 'Both are kept and shown.',
      },
      { calls: [call('crdt', 'Which type.', arg('type', name()))] },
    ),
    'What happens to two writes of the same key at once.',
    'conflict: crdt',
    STORE,
  ),
  on(
    'clock',
    words({
      wall: 'The machine’s clock.',
      hlc: 'Hybrid logical clock.',
      truetime: 'Clock with known error, waited out.',
      logical: 'A counter.',
    }),
    'What time orders its writes.',
    'clock: hlc',
    STORE,
  ),
  on(
    'durability',
    words({
      memory: 'Gone with the process.',
      'os-buffer': 'Gone with the machine.',
      snapshot: 'Saved now and then; what came since is gone.',
      fsync: 'On the disk of one machine.',
      'quorum-fsync': 'On the disks of a majority.',
    }),
    'What a crash leaves of an acknowledged write.',
    'durability: fsync',
    STORE,
  ),
  on('flush', duration(), 'How often it writes to disk what it has only in memory.', 'flush: 1s', STORE),
  on(
    'volume',
    words({ none: 'Its disk goes with it.', host: 'The disk stays on the machine.', network: 'The disk can be moved to another machine.' }),
    'What is left of its disk when it is started again.',
    'volume: network',
    STORE,
  ),
  onParts('lag', block(duration()), 'How far copies are behind the leader.', 'lag { p50: 20ms, p99: 2s }'),
  onParts('lag.p50', duration(), 'Usually.', 'p50: 20ms'),
  onParts('lag.p99', duration({ limit: true }), 'In 99 of 100 moments, at most.', 'p99: 2s'),
  on(
    'read-from',
    words({
      leader: 'Reads go to the leader.',
      follower: 'Reads go to followers and may be old.',
      any: 'Reads go anywhere.',
      nearest: 'Reads go to the nearest copy.',
    }),
    'Where reads go unless they say otherwise.',
    'read-from: leader',
    STORE,
  ),
]

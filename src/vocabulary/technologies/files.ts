/** Object stores, distributed file systems and search. */
import { defaults } from '../make.ts'
import type { Technology } from '../vocabulary.ts'

const S3 = 'Amazon S3 User Guide, Data consistency model and Best practices design patterns'
const GCS = 'Cloud Storage documentation, Consistency, Request rate and Preconditions'
const AZURE = 'Azure Storage documentation, Redundancy and Concurrency'
const HDFS = 'HDFS Architecture Guide; Shvachko, HDFS Scalability, ;login: 2010'
const GFS = 'Ghemawat et al., The Google File System, SOSP 2003'
const COLOSSUS = 'Google Cloud blog, A peek behind Colossus (2021)'
const TECTONIC = 'Pan et al., Facebook’s Tectonic Filesystem, FAST 2021'
const ELASTIC = 'Elasticsearch Guide, Near real-time search, Reading and writing documents, Size your shards'
const OPENSEARCH = 'OpenSearch documentation, Index settings and Shard sizing'

const search = {
  replication: 'leader-follower',
  sync: 'sync',
  'replication-factor': '2',
  refresh: '1s',
  durability: 'fsync',
  consistency: 'eventual',
  partitioning: 'hash',
  'tx-scope': 'row',
  'conditional-writes': 'yes',
  'failover.mode': 'auto',
  'failover.arbiter': 'quorum',
  'failover.fencing': 'yes',
  'on-partition': 'refuse-minority',
} as const
const searchTraps = [
  'What is written is found after the next refresh, 1 s by default; a get by id sees it at once.',
  'The number of primary shards is fixed when an index is made; 10–50 GB each is the advice.',
  'It is an index, not a system of record: keep a source to build it from.',
]

export const files: readonly Technology[] = [
  {
    name: 's3',
    aliases: ['amazon-s3'],
    label: 'Amazon S3',
    kinds: ['object-store'],
    meaning: 'Managed object storage over at least three zones.',
    defaults: [
      ...defaults('high', S3, {
        managed: 'yes',
        survives: 'zone',
        zones: '3',
        durability: 'quorum-fsync',
        sync: 'quorum',
        'partition-limit.write': '3.5k/s',
        'partition-limit.read': '5.5k/s',
        split: 'adaptive',
        'conditional-writes': 'yes',
        conflict: 'lww',
        'tx-scope': 'object',
        versioning: 'no',
        delivery: 'at-least-once',
        availability: '99.9%',
        storage: 'unlimited',
        retention: 'forever',
      }),
      ...defaults('medium', S3, { consistency: 'linearizable', 'on-partition': 'refuse-minority' }),
    ],
    traps: [
      'Reads and lists see the last write (since December 2020); copies in other regions lag.',
      'Of two writes at once the last wins, unless a conditional put is used (since 2024).',
      'At least 3,500 writes or 5,500 reads a second for each partitioned prefix; new prefixes need time to split.',
      'Event notifications come at least once and in any order.',
      'Eleven nines of durability are no help against a delete: turn versioning on.',
    ],
    confidence: 'high',
    source: S3,
  },
  {
    name: 'gcs',
    aliases: ['google-cloud-storage'],
    label: 'Cloud Storage',
    kinds: ['object-store'],
    meaning: 'Managed object storage of Google Cloud.',
    defaults: [
      ...defaults('high', GCS, {
        managed: 'yes',
        survives: 'zone',
        zones: '2',
        durability: 'quorum-fsync',
        sync: 'quorum',
        'conditional-writes': 'yes',
        'fencing-token': 'yes',
        'tx-scope': 'object',
        'value-limit': '5TiB',
        storage: 'unlimited',
        retention: 'forever',
      }),
      ...defaults('medium', GCS, {
        consistency: 'linearizable',
        split: 'adaptive',
        delivery: 'at-least-once',
        availability: '99.9%',
        'on-partition': 'refuse-minority',
      }),
    ],
    traps: [
      'One object takes about one write a second.',
      'A bucket starts at about 1,000 writes and 5,000 reads a second and grows from there.',
      'Generation preconditions make a write conditional: they serve as fencing tokens.',
    ],
    confidence: 'medium',
    source: GCS,
  },
  {
    name: 'azure-blob',
    aliases: ['azure-blob-storage'],
    label: 'Azure Blob Storage',
    kinds: ['object-store'],
    meaning: 'Managed object storage of Azure; its redundancy is chosen by account.',
    defaults: [
      ...defaults('high', AZURE, {
        managed: 'yes',
        'replication-factor': '3',
        sync: 'quorum',
        durability: 'quorum-fsync',
        'conditional-writes': 'yes',
        'tx-scope': 'object',
      }),
      ...defaults('medium', AZURE, { consistency: 'linearizable', availability: '99.9%', 'on-partition': 'refuse-minority' }),
    ],
    traps: [
      'LRS keeps three copies in one data centre; only ZRS spreads them over zones.',
      'Copies in the other region (GRS) lag, usually by less than 15 minutes, without a guarantee.',
    ],
    confidence: 'medium',
    source: AZURE,
  },
  {
    name: 'hdfs',
    aliases: [],
    label: 'HDFS',
    kinds: ['object-store'],
    meaning: 'Hadoop’s file system: one NameNode knows where the blocks of each file are.',
    defaults: [
      ...defaults('high', HDFS, { interface: 'file', 'replication-factor': '3', 'object-overhead': '0.15KB', 'tx-scope': 'object' }),
      ...defaults('medium', HDFS, { durability: 'os-buffer', consistency: 'linearizable' }),
    ],
    traps: [
      'Every file and block costs the NameNode about 150 bytes of memory: small files fill it.',
      'A NameNode that survives a failure needs a standby, JournalNodes and ZooKeeper.',
      'One writer at a time, and readers see a file for sure when it is closed.',
    ],
    confidence: 'high',
    source: HDFS,
  },
  {
    name: 'gfs',
    aliases: [],
    label: 'Google File System',
    kinds: ['object-store'],
    meaning: 'Google’s first file system: one master, chunks of 64 MB on many servers.',
    defaults: defaults('high', GFS, {
      interface: 'file',
      'replication-factor': '3',
      'object-overhead': '0.064KB',
      consistency: 'eventual',
      durability: 'os-buffer',
      'failover.mode': 'manual',
    }),
    traps: [
      'The single master holds all metadata in memory and takes all changes of them.',
      'A record append happens at least once: readers must cope with repeats and padding.',
      'Concurrent writes leave regions that are consistent but undefined.',
    ],
    confidence: 'high',
    source: GFS,
  },
  {
    name: 'colossus',
    aliases: [],
    label: 'Colossus',
    kinds: ['object-store'],
    meaning: 'Google’s second file system: metadata in Bigtable, served by curators; data erasure-coded.',
    defaults: defaults('medium', COLOSSUS, { interface: 'file', replication: 'erasure' }),
    traps: ['Its metadata lie in Bigtable, which lies on Colossus: it has to be bootstrapped.'],
    confidence: 'medium',
    source: COLOSSUS,
  },
  {
    name: 'tectonic',
    aliases: [],
    label: 'Tectonic',
    kinds: ['object-store'],
    meaning: 'Facebook’s file system: name, file and block layers over a sharded key-value store.',
    defaults: defaults('medium', TECTONIC, { interface: 'file', replication: 'erasure', partitioning: 'hash' }),
    traps: [
      'Metadata are split by hash, so that a busy directory does not make one shard hot; a single hot directory still can.',
      'Tenants share it by quotas and priorities.',
    ],
    confidence: 'medium',
    source: TECTONIC,
  },
  {
    name: 'elasticsearch',
    aliases: ['elastic'],
    label: 'Elasticsearch',
    kinds: ['search', 'database'],
    meaning: 'A distributed index over Lucene; each shard has a primary and in-sync replicas.',
    defaults: [
      ...defaults('high', ELASTIC, search),
      ...defaults('high', ELASTIC, { shards: '1' }, { from: '7.0' }),
      ...defaults('high', ELASTIC, { shards: '5' }, { below: '7.0' }),
      ...defaults('medium', ELASTIC, { 'partition-limit.size': '50GB', 'value-limit': '100MB' }),
    ],
    traps: searchTraps,
    confidence: 'high',
    source: ELASTIC,
  },
  {
    name: 'opensearch',
    aliases: [],
    label: 'OpenSearch',
    kinds: ['search', 'database'],
    meaning: 'A distributed index over Lucene, split off from Elasticsearch 7.',
    defaults: [
      ...defaults('high', OPENSEARCH, { ...search, shards: '1' }),
      ...defaults('medium', OPENSEARCH, { 'partition-limit.size': '50GB', 'value-limit': '100MB' }),
    ],
    traps: searchTraps,
    confidence: 'high',
    source: OPENSEARCH,
  },
]

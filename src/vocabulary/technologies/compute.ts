/** What runs code: orchestrators, functions, stream, batch and workflow engines. */
import { defaults } from '../make.ts'
import type { Technology } from '../vocabulary.ts'

const KUBERNETES = 'Kubernetes documentation, Nodes, Taints and Tolerations, Leases'
const FLINK = 'Apache Flink documentation, Checkpointing, Windows and Kafka connector'
const KAFKA_STREAMS = 'Kafka Streams documentation, Configuring a Streams Application'
const SPARK = 'Apache Spark documentation, Configuration and Structured Streaming; Zaharia et al., RDD, NSDI 2012'
const MAPREDUCE = 'Dean and Ghemawat, MapReduce, OSDI 2004'
const TEMPORAL = 'Temporal documentation, Retry Policies and Activities'
const STEP_FUNCTIONS = 'AWS Step Functions Developer Guide'
const LAMBDA = 'AWS Lambda Developer Guide, Quotas and Asynchronous invocation'

export const computing: readonly Technology[] = [
  {
    name: 'kubernetes',
    aliases: ['k8s'],
    label: 'Kubernetes',
    kinds: ['service', 'scheduler'],
    meaning: 'An orchestrator: controllers drive what runs towards what is wished, over an etcd store.',
    defaults: [
      ...defaults('medium', KUBERNETES, { role: 'control-plane', 'acts-on': 'level', 'failover.mode': 'auto', 'failover.promote': '300s' }),
      ...defaults('medium', KUBERNETES, { 'failover.detect': '50s' }, { from: '1.32' }),
      ...defaults('medium', KUBERNETES, { 'failover.detect': '40s' }, { below: '1.32' }),
    ],
    traps: [
      'A lost node is noticed after 40–50 s, and its pods are moved 300 s later.',
      'Watches can miss events: controllers must list again.',
      'Leader election by Lease has no fencing: an old leader may still act.',
    ],
    confidence: 'medium',
    source: KUBERNETES,
  },
  {
    name: 'aws-lambda',
    aliases: ['lambda'],
    label: 'AWS Lambda',
    kinds: ['function', 'service', 'worker'],
    meaning: 'Functions that Amazon starts on demand, one invocation at a time in each.',
    defaults: defaults('high', LAMBDA, {
      managed: 'yes',
      survives: 'zone',
      zones: '3',
      concurrency: '1',
      'concurrency-limit': '1000',
      timeout: '3s',
      retries: '2',
      delivery: 'at-least-once',
      'value-limit': '6MB',
      availability: '99.95%',
    }),
    traps: [
      'An asynchronous invocation that fails is repeated twice.',
      '1,000 invocations at once for the whole account and region, by default.',
      'At most 15 minutes; 3 s unless set.',
      'Behind SQS, make the visibility time-out at least six times the function’s time-out.',
    ],
    confidence: 'high',
    source: LAMBDA,
  },
  {
    name: 'flink',
    aliases: ['apache-flink'],
    label: 'Apache Flink',
    kinds: ['stream-processor', 'batch'],
    meaning: 'A stream processor with large state and consistent checkpoints.',
    defaults: [
      ...defaults('high', FLINK, { guarantee: 'exactly-once', 'allowed-lateness': '0s', late: 'drop' }),
      ...defaults('medium', FLINK, { 'transaction-timeout': '1h' }),
    ],
    traps: [
      'Exactly-once is about its state, with checkpoints turned on; outside effects need a two-phase-commit or an idempotent sink.',
      'Its Kafka sink asks for a transaction time-out of 1 h; brokers allow 15 min by default.',
      'Consumers see the results of open transactions unless they read committed ones only.',
    ],
    confidence: 'high',
    source: FLINK,
  },
  {
    name: 'kafka-streams',
    aliases: [],
    label: 'Kafka Streams',
    kinds: ['stream-processor', 'service', 'worker'],
    meaning: 'A library for stream processing that keeps its state in Kafka.',
    defaults: defaults('high', KAFKA_STREAMS, { guarantee: 'at-least-once', standby: '0' }),
    traps: [
      'exactly_once_v2 holds inside Kafka only.',
      'Without standby replicas an instance that takes over reads its whole state again.',
      'Joined topics need the same key and the same number of partitions.',
    ],
    confidence: 'high',
    source: KAFKA_STREAMS,
  },
  {
    name: 'spark',
    aliases: ['apache-spark'],
    label: 'Apache Spark',
    kinds: ['batch', 'stream-processor'],
    meaning: 'Batch and micro-batch processing; lost parts are computed again from their lineage.',
    defaults: defaults('high', SPARK, { speculative: 'no', guarantee: 'at-least-once' }),
    traps: [
      'Writing to Kafka is at-least-once.',
      'Shuffles and skewed keys dominate the time of a job.',
      'Long lineages without a checkpoint make a loss expensive.',
    ],
    confidence: 'high',
    source: SPARK,
  },
  {
    name: 'mapreduce',
    aliases: ['hadoop'],
    label: 'MapReduce',
    kinds: ['batch'],
    meaning: 'Batch processing in two steps; parts that fail are run again.',
    defaults: defaults('high', MAPREDUCE, { speculative: 'yes', deterministic: 'yes' }),
    traps: [
      'Stragglers are run a second time elsewhere: side effects then happen twice.',
      'Output is atomic for each part only if functions are deterministic.',
    ],
    confidence: 'high',
    source: MAPREDUCE,
  },
  {
    name: 'temporal',
    aliases: [],
    label: 'Temporal',
    kinds: ['workflow'],
    meaning: 'Durable execution: a workflow’s history is kept, and replayed after a crash.',
    defaults: defaults('high', TEMPORAL, { durable: 'yes', delivery: 'at-least-once', 'retry.attempts': 'unlimited' }),
    traps: [
      'An activity can run more than once: it must be idempotent.',
      'Activities are tried again without end by default.',
      'Workflow code must be deterministic.',
    ],
    confidence: 'high',
    source: TEMPORAL,
  },
  {
    name: 'step-functions',
    aliases: [],
    label: 'AWS Step Functions',
    kinds: ['workflow'],
    meaning: 'Amazon’s managed state machines.',
    defaults: [
      ...defaults('high', STEP_FUNCTIONS, { managed: 'yes', durable: 'yes', survives: 'zone', zones: '3' }),
      ...defaults('medium', STEP_FUNCTIONS, { delivery: 'at-least-once', availability: '99.9%' }),
    ],
    traps: ['Express workflows run at least once; a step with retries can run again in either kind.'],
    confidence: 'high',
    source: STEP_FUNCTIONS,
  },
]

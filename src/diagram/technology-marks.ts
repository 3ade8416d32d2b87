/**
 * A monogram for each technology, in the manner of the periodic table. Logos are their owners' trade marks and would not share one hand;
 * two letters in the family's colour do.
 */
import { clean } from './text.ts'

/** Of a technology's name and its label as its makers write it. */
export function monogram(technology: string, label: string): string {
  return MONOGRAMS[technology] ?? derived(clean(label) || clean(technology))
}

/** Two capitals where the name has several words or humps (`CockroachDB` → `CD`), else its first two letters. */
function derived(label: string): string {
  const letters = [...label].filter((char) => /[\p{L}\p{N}]/u.test(char))
  const initials = label.match(/\p{Lu}/gu) ?? []
  const pair = initials.length >= 2 ? initials.slice(0, 2) : letters.slice(0, 2)
  const text = pair.join('')
  return text.charAt(0).toUpperCase() + (initials.length >= 2 ? text.slice(1) : text.slice(1).toLowerCase())
}

const MONOGRAMS: Readonly<Record<string, string>> = {
  postgres: 'Pg',
  mysql: 'My',
  mongodb: 'Mg',
  dynamodb: 'Dy',
  cassandra: 'Cs',
  spanner: 'Sp',
  cockroachdb: 'Cr',
  bigtable: 'Bt',
  hbase: 'Hb',
  etcd: 'Et',
  zookeeper: 'Zk',
  consul: 'Co',
  redis: 'Re',
  memcached: 'Mc',
  kafka: 'Ka',
  kinesis: 'Ki',
  pulsar: 'Pu',
  'rabbitmq-quorum': 'Rq',
  'rabbitmq-classic': 'Rc',
  sqs: 'Sq',
  'sqs-fifo': 'Sf',
  sns: 'Sn',
  s3: 'S3',
  gcs: 'Gc',
  elasticsearch: 'Es',
  opensearch: 'Os',
  cloudfront: 'Cf',
  cloudflare: 'Fl',
  nginx: 'Nx',
  envoy: 'En',
  alb: 'Al',
  route53: '53',
  kubernetes: 'K8',
  flink: 'Fk',
  spark: 'Sk',
  debezium: 'Dz',
  temporal: 'Te',
  'aws-lambda': 'La',
  stripe: 'St',
}

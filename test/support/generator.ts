/** Designs of any size for the bench and the property tests: the same seed gives the same text. */

/** A small seeded generator of numbers in [0, 1): mulberry32. */
export function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/**
 * A shop-like system of about `size` components: regions that hold domains, each a gateway, services, stores, a log and its workers; arrows
 * mostly within a domain and some across, a flow a domain. Nothing in it is broken on purpose.
 */
export function designOf(size: number, seed = 1): string {
  const next = random(seed)
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)]!
  const perDomain = 8
  const domains = Math.max(1, Math.round((size - 3) / perDomain))
  const regions = Math.max(1, Math.min(4, Math.ceil(domains / 6)))
  const lines: string[] = ['design "Generated" { goal: "Be large" }', '', 'let visits = 20k/s', '', 'data Order { class: order, key: order-id, size: 2KB }', 'data Item { class: feed, key: item-id, size: 1KB }', '']
  lines.push('client app "Web and mobile"', 'cdn edge uses cloudfront { ttl: 60s, key: [path] }', 'external psp "Payments" uses stripe', '')
  const all: string[] = []
  for (let region = 0; region < regions; region++) {
    lines.push(`region region-${region} {`)
    for (let domain = region; domain < domains; domain += regions) {
      const d = `d${domain}`
      all.push(d)
      lines.push(
        `  group ${d} "Domain ${domain}" {`,
        `    gateway ${d}-gate uses envoy { replicas: 3, zones: 3, auth: token, rate-limit { limit: 10k/s, per: client } }`,
        `    service ${d}-api "API ${domain}" { replicas: ${4 + Math.floor(next() * 12)}, zones: 3, capacity: ${1 + Math.floor(next() * 4)}k/s }`,
        `    service ${d}-core { replicas: 6, zones: 3, capacity: 2k/s }`,
        `    cache ${d}-cache uses redis { pattern: cache-aside, ttl: ${10 + Math.floor(next() * 50)}s, replicas: 3, zones: 3 }`,
        `    database ${d}-db uses ${pick(['postgres', 'mysql', 'dynamodb', 'spanner'])} { shards: 8, key: order-id, key-dist: uniform, replicas: 3, zones: 3, capacity: 6k/s }`,
        `    log ${d}-log uses kafka { partitions: 48, key: order-id, replication-factor: 3, min-isr: 2, zones: 3, retention: 7d }`,
        `    worker ${d}-worker { replicas: 8, zones: 3, dedupe { key: order-id, window: 14d, store: ${d}-view } }`,
        `    database ${d}-view uses postgres { replicas: 3, zones: 3, capacity: 4k/s }`,
        '  }',
      )
    }
    lines.push('}', '')
  }
  lines.push('app -> edge { timeout: 2s }')
  for (const d of all) {
    lines.push(
      `edge -> ${d}-gate -> ${d}-api -> ${d}-core { timeout: 1s }`,
      `${d}-core -> ${d}-cache : reads { timeout: 30ms, hit-ratio: 90%, fallback: ${d}-db }`,
      `${d}-core -> ${d}-db : writes "save" { timeout: 200ms, op: upsert, data: Order }`,
      `${d}-db ~> ${d}-log : captures`,
      `${d}-log ~> ${d}-worker : delivers`,
      `${d}-worker -> ${d}-view : writes { op: upsert, timeout: 200ms }`,
    )
    if (next() < 0.4) lines.push(`${d}-api -> ${pick(all)}-core : calls { timeout: 500ms }`)
    if (next() < 0.15) lines.push(`${d}-core -> psp : calls { timeout: 1s, op: authorize, idempotent: order-id }`)
  }
  lines.push('')
  for (const d of all) {
    lines.push(`flow "Use ${d}" {`, `  rate: visits / ${all.length}, p99: 800ms, availability: 99.9%`, `  app -> edge -> ${d}-gate -> ${d}-api -> ${d}-core`, `  ${d}-core -> ${d}-db : writes`, '}')
  }
  return lines.join('\n') + '\n'
}

/** The groups of the catalogue: the first letter of a rule's code. */
const GROUPS: Readonly<Record<string, string>> = {
  D: 'Delivery and idempotency',
  C: 'Caching',
  P: 'Partitioning and hot keys',
  R: 'Replication, quorums and consistency',
  A: 'Availability and failover',
  Z: 'Resilience',
  L: 'Consensus, locks and leases',
  T: 'Transactions across services',
  S: 'Streams and events',
  E: 'CDN and edge',
  G: 'Regions and residency',
  Q: 'Capacity and latency',
  B: 'Storage, blobs and search',
  X: 'Security and tenancy at the edge',
  O: 'Observability and recovery',
  I: 'Ids, time and clocks',
}

export function groupOf(code: string): string {
  return GROUPS[code.charAt(0)] ?? code.charAt(0)
}

/** The items by group, in the order of the groups; empty groups are left out. */
export function grouped<T extends { readonly code: string }>(items: readonly T[]): readonly (readonly [group: string, items: readonly T[]])[] {
  const letters = [...new Set([...Object.keys(GROUPS), ...items.map(({ code }) => code.charAt(0))])]
  return letters.map((letter) => [groupOf(letter), items.filter(({ code }) => code.startsWith(letter))] as const).filter(([, own]) => own.length > 0)
}

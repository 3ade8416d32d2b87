/**
 * The candidate that a misspelt word most probably meant, or nothing where none is near: at most one edit in a short word, a third of
 * the letters in a long one. Exchanged neighbours count as one edit. Of equals, the first.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase().replaceAll('_', '-')
  let best: string | undefined
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1
  for (const candidate of candidates) {
    const there = candidate.toLowerCase()
    if (there === wanted) return candidate
    if (Math.abs(there.length - wanted.length) >= least) continue
    const distance = edits(wanted, there)
    if (distance < least) {
      least = distance
      best = candidate
    }
  }
  // A word cut short (`repl` for `replicas`) is far by edits and still clear, if only one begins so.
  if (best === undefined && wanted.length >= 3) {
    const beginning = [...candidates].filter((candidate) => candidate.toLowerCase().startsWith(wanted))
    if (beginning.length === 1) return beginning[0]
  }
  return best
}

/** Optimal string alignment distance. */
function edits(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1)
      row.push(cost)
    }
    before = last
    last = row
  }
  return last[b.length]!
}

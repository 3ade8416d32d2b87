/**
 * Load over a graph is the solution of x = b + Mx, where M holds what each visit sends on. The system is cut into its strongly
 * connected parts, which are solved in order: without cycles that is one pass.
 */
import { components } from './strongly-connected.ts'

export interface LinearSystem {
  readonly size: number
  /** What enters from outside, ≥ 0. */
  readonly source: readonly number[]
  /** For each unknown, the others that feed it and by which factor ≥ 0. */
  readonly feeds: readonly (readonly { readonly from: number; readonly factor: number }[])[]
}

export interface Solution {
  /** Infinity where a cycle feeds itself as much as it takes, or more: such a load never settles. */
  readonly values: readonly number[]
}

export function solve(system: LinearSystem): Solution {
  const values = [...system.source]
  for (const part of components(system.size, (node) => system.feeds[node]!.map((feed) => feed.from))) solvePart(system, part, values)
  return { values }
}

/** Parts that are solved exactly; a larger cycle is iterated. */
const EXACT_UP_TO = 120
const SWEEPS = 2000

function solvePart(system: LinearSystem, part: readonly number[], values: number[]): void {
  const inside = new Map(part.map((node, index) => [node, index]))
  const source = part.map((node) => {
    let sum = system.source[node]!
    for (const { from, factor } of system.feeds[node]!) if (!inside.has(from) && factor > 0) sum += factor * values[from]!
    return sum
  })
  const cyclic = part.length > 1 || system.feeds[part[0]!]!.some((feed) => feed.from === part[0] && feed.factor > 0)
  if (!cyclic || source.every((value) => value === 0)) {
    part.forEach((node, index) => (values[node] = source[index]!))
    return
  }
  const local = part.map((node) =>
    system.feeds[node]!.flatMap(({ from, factor }) => (inside.has(from) ? [{ from: inside.get(from)!, factor }] : [])),
  )
  const solved = part.length <= EXACT_UP_TO ? eliminate(source, local) : iterate(source, local)
  part.forEach((node, index) => (values[node] = solved?.[index] ?? Infinity))
}

/**
 * Gaussian elimination on I − M. For a strongly connected M ≥ 0 and b ≥ 0, b ≠ 0, a solution x ≥ 0 exists exactly where the spectral
 * radius of M is below 1 (Perron–Frobenius), so a negative or missing solution means that the load grows without end.
 */
function eliminate(source: readonly number[], feeds: LinearSystem['feeds']): readonly number[] | undefined {
  const n = source.length
  const rows = source.map((value, row) => {
    const cells = new Float64Array(n + 1)
    cells[row] = 1
    for (const { from, factor } of feeds[row]!) cells[from]! -= factor
    cells[n] = value
    return cells
  })
  if (source.some((value) => !Number.isFinite(value))) return undefined
  for (let column = 0; column < n; column++) {
    let pivot = column
    for (let row = column + 1; row < n; row++) if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row
    if (Math.abs(rows[pivot]![column]!) < 1e-12) return undefined
    ;[rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!]
    for (let row = column + 1; row < n; row++) {
      const factor = rows[row]![column]! / rows[column]![column]!
      if (factor !== 0) for (let k = column; k <= n; k++) rows[row]![k]! -= factor * rows[column]![k]!
    }
  }
  const solution = new Array<number>(n).fill(0)
  for (let row = n - 1; row >= 0; row--) {
    let value = rows[row]![n]!
    for (let k = row + 1; k < n; k++) value -= rows[row]![k]! * solution[k]!
    solution[row] = value / rows[row]![row]!
  }
  return solution.every((value) => value >= 0 && Number.isFinite(value)) ? solution : undefined
}

/** Gauss–Seidel; it converges exactly where the spectral radius is below 1, so not settling within the sweeps counts as endless. */
function iterate(source: readonly number[], feeds: LinearSystem['feeds']): readonly number[] | undefined {
  const values = [...source]
  // A load that has grown so far will not come to rest.
  const most = 1e15 * Math.max(...source)
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let change = 0
    for (let node = 0; node < values.length; node++) {
      let sum = source[node]!
      for (const { from, factor } of feeds[node]!) sum += factor * values[from]!
      change = Math.max(change, Math.abs(sum - values[node]!) / Math.max(1e-300, sum))
      values[node] = sum
    }
    if (values.some((value) => value > most)) return undefined
    if (change < 1e-12) return values
  }
  return undefined
}

/** Runs a fast-check property with a seed that is printed, so that a failure can be repeated with `SEED=…`. */
import * as fc from 'fast-check'

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
let printed = false

export function property<T>(check: fc.IProperty<T>, options: fc.Parameters<T> = {}): void {
  if (!printed) console.log(`    properties with SEED=${seed}`)
  printed = true
  fc.assert(check, { seed, ...options })
}

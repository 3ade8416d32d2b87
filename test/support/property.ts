/**
 * Runs a fast-check property with a seed that is printed. The same seed every time, so that a change is judged by itself and not by luck;
 * `SEED=new` looks elsewhere, and `SEED=…` repeats what it found.
 */
import * as fc from 'fast-check'

const wanted = process.env['SEED'] ?? '20261121'
const seed = wanted === 'new' ? Date.now() % 2 ** 31 : Number(wanted)
let printed = false

export function property<T>(check: fc.IProperty<T>, options: fc.Parameters<T> = {}): void {
  if (!printed) console.log(`    properties with SEED=${seed}`)
  printed = true
  fc.assert(check, { seed, ...options })
}

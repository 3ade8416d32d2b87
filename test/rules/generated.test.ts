/**
 * The laws of the rules (design/rules/README.md) on designs that nobody wrote: those of the corpus with a few facts changed at random, and ones put
 * together from the whole vocabulary. `RUNS` says how many of each, `SEED=new` looks elsewhere; a counterexample is shown as text.
 */
import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { openText } from '../../src/workspace.ts'
import { anything, textOf } from '../support/anything.ts'
import { mutated } from '../support/mutations.ts'
import { property } from '../support/property.ts'
import { fixFails, garbled, orderMatters, TOLERATED, tolerationAccuses, unknownAccuses, unknownAddedAccuses, type Breach, type Generated } from './breaches.ts'
import { corpus, outcomeOf } from './support.ts'

const RUNS = Number(process.env['RUNS'] ?? 400)
const designs = corpus()

function generated(): fc.Arbitrary<Generated> {
  const near = fc.tuple(fc.constantFrom(...designs), fc.nat()).map(([{ text }, seed]) => mutated(text, seed))
  const far = fc.nat().map((seed) => textOf(anything(seed)))
  return fc
    .oneof({ weight: 4, arbitrary: near }, { weight: 1, arbitrary: far })
    .filter((text) => text !== undefined && !openText(text).problems.some(({ severity }) => severity === 'error'))
    .map((text) => Object.defineProperty({ text: text!, outcome: outcomeOf(text!) }, fc.toStringMethod, { value: () => `\n${text}`, enumerable: false }))
}

describe('laws of the rules on generated designs', function () {
  this.timeout(Math.max(60_000, RUNS * 100))

  it('no rule throws, and every message is whole', () => {
    const seen = new Set<string>()
    holds(fc.property(generated(), (design) => {
      for (const { rule } of design.outcome.findings) seen.add(rule)
      none(garbled(design))
    }))
    assert.ok(seen.size > 15, `only ${[...seen].join()}`)
  })

  it('replacing a stated fact by unknown creates no error', () => {
    holds(fc.property(generated(), fc.nat(), (design, pick) => none(unknownAccuses(design, pick))))
  })

  it('saying that something is unknown, of which nothing was said, creates no error', () => {
    holds(fc.property(generated(), fc.nat(), (design, seed) => none(unknownAddedAccuses(design, seed))))
  })

  it('tolerating something only removes findings', () => {
    holds(fc.property(generated(), fc.constantFrom(...TOLERATED), fc.nat(), (design, tolerated, pick) => none(tolerationAccuses(design, tolerated, pick))))
  })

  it('a fix removes its finding and creates no error', () => {
    holds(fc.property(generated(), (design) => none(fixFails(design))))
  })

  it('statements in the other order say the same', () => {
    holds(fc.property(generated(), (design) => none(orderMatters(design))))
  })
})

function holds<T>(law: fc.IProperty<T>): void {
  property(law, { numRuns: RUNS })
}

function none(breaches: readonly Breach[]): void {
  assert.deepEqual(breaches.map(({ what }) => what), [], breaches.map(({ what, text }) => `${what}\n${text}`)[0])
}

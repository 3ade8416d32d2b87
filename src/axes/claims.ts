/** What the author claims, to stand beside what was derived: aims of the whole design, and promises of one flow with how far they are kept. */
import type { Quality } from '../analysis/contradictions.ts'
import type { Analysis } from '../analysis/analysis.ts'
import { known, list, nameOf } from '../model/facts.ts'
import type { Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import type { Witness } from './cell.ts'
import type { Axis, Claim } from './table.ts'

/** Where what somebody optimizes or sacrifices shows. Cost, simplicity, security and running it are on none of the axes. */
const SHOWN_ON: Readonly<Partial<Record<Quality, Axis>>> = {
  consistency: 'consistency',
  freshness: 'consistency',
  availability: 'availability',
  latency: 'latency',
  throughput: 'throughput',
  scalability: 'scale-unit',
  durability: 'state',
  recovery: 'recovery',
}

/** `optimizes consistency`, `sacrifices latency`: an aim is broken where the design contradicts it, and never otherwise decided. */
export function aims(model: Model, analysis: Analysis, witness: Witness, axis: Axis): readonly Claim[] {
  const facts = model.design?.facts
  if (!facts) return []
  return (['optimizes', 'sacrifices'] as const).flatMap((path) =>
    (list(facts, path) ?? []).flatMap((value): readonly Claim[] => {
      const quality = nameOf(value) as Quality
      if (SHOWN_ON[quality] !== axis) return []
      const against = analysis.contradictions.find((one) => one.path === path && one.quality === quality)
      return [{ text: `${path} ${quality}`, verdict: against ? 'broken' : 'open', ...(against && { note: against.short }), get evidence() { return [...witness.of([known(facts, path)!.fact])] } }]
    }),
  )
}

/** `verdict` unset: nothing decides it. */
export function promise(text: string, fact: Fact | undefined, witness: Witness, near: string, verdict: Claim['verdict'] = 'open', note?: string): Claim {
  return {
    text,
    verdict,
    ...(note !== undefined && { note }),
    get evidence() {
      return [...witness.of([fact], near)]
    },
  }
}

/** The seven axes of a design: consistency, availability, latency, throughput, scale unit, state, recovery. AXES.md fixes the derivations. */
import { analyse } from '../analysis/analysis.ts'
import type { Model } from '../model/model.ts'
import { availabilityRow } from './availability.ts'
import { witnessOf } from './cell.ts'
import { consistencyRow } from './consistency.ts'
import { latencyRow } from './latency.ts'
import { recoveryRow } from './recovery.ts'
import { scaleUnitRow } from './scale-unit.ts'
import { stateRow } from './state.ts'
import type { AxesTable } from './table.ts'
import { throughputRow } from './throughput.ts'
import { withTradeOffs } from './trade-offs.ts'

/** Never fills a gap with a typical value: what is not known is "not stated", with what would have to be said. */
export function axesOf(model: Model): AxesTable {
  const analysis = analyse(model)
  const witness = witnessOf(model)
  const { homes } = analysis
  return {
    title: titleOf(model),
    rows: withTradeOffs(model, witness, [
      consistencyRow(model, analysis, homes, witness),
      availabilityRow(model, analysis, witness),
      latencyRow(model, analysis, witness),
      throughputRow(model, analysis, witness),
      scaleUnitRow(model, analysis, witness),
      stateRow(model, analysis, homes, witness),
      recoveryRow(model, analysis, homes, witness),
    ]),
  }
}

/** The design's title, or the file's name. */
export function titleOf(model: Model): string {
  return model.design?.title ?? fileName(model.files[0])
}

function fileName(uri: string | undefined): string {
  const last = uri?.split('/').at(-1) ?? ''
  try {
    return decodeURIComponent(last).replace(/\.lintel$/, '') || 'Design'
  } catch {
    return last
  }
}

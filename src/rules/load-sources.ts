/** Where a component's load comes from, as related information: the relations that bring it, and the flows behind them. */
import type { Analysis } from '../analysis/analysis.ts'
import type { Rate } from '../analysis/load.ts'
import type { Model, Relation } from '../model/model.ts'
import { formatQuantity, quantity, RATE } from '../model/quantity.ts'
import type { Related } from './rule.ts'
import { nameOf } from './words.ts'

/** `of` says what each relation brings, where it is not simply its load at peak. */
export function loadSources(
  model: Model,
  analysis: Analysis,
  entering: readonly Relation[],
  of: (relation: string) => Rate = analysis.load.relation,
): readonly Related[] {
  const relations = entering.filter((relation) => of(relation.id).peak > 0)
  const flows = analysis.load.sources.filter(
    (source) =>
      source.paths.flow &&
      relations.some((relation) => (source.visits.get(relation.id)?.count ?? 0) > 0 && (source.peak ?? source.average ?? 0) > 0),
  )
  const rated = (value: number): string => formatQuantity(quantity(value, RATE))
  return [
    ...relations.map((relation) => ({
      at: relation.origin,
      message: `\`${nameOf(model, relation.from)} → ${nameOf(model, relation.to)}\` ${rated(of(relation.id).peak)}`,
    })),
    ...flows.map((source) => ({
      at: source.paths.at,
      message: `${source.name} ${rated(source.peak ?? source.average ?? 0)}${source.peak === undefined ? '' : ' at its peak'}`,
    })),
  ]
}

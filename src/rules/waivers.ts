/** `accept RULE because "…" until DATE`: which findings it covers, and what is to be said of one that covers nothing or has run out. */
import { isAbsent } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Fix, Model, Waiver } from '../model/model.ts'
import { vocabulary } from '../vocabulary/index.ts'
import { insertIntoBody, insertOnRelation } from './edits.ts'
import type { Finding, Rule } from './rule.ts'

/** Whether the waiver stands where it is about this finding: in its subject, in what that is nested in, on either end of its relation, or in what is underlined. */
export function covers(model: Model, waiver: Waiver, finding: Pick<Finding, 'at' | 'subject'>): boolean {
  const { scope } = waiver
  const { subject } = finding
  switch (scope.type) {
    case 'file':
      return finding.at.file === scope.file
    case 'relation':
      return scope.ids.some((id) => id === subject.relation || lookup(model).relation(id)?.origin === finding.at)
    case 'flow':
      return subject.flow !== undefined && scope.ids.includes(subject.flow)
    case 'data':
      return subject.data !== undefined && scope.ids.includes(subject.data)
    case 'component':
    case 'container': {
      const find = lookup(model)
      const relation = subject.relation === undefined ? undefined : find.relation(subject.relation)
      const places = [subject.component, subject.container, relation?.from, relation?.to].filter((id) => id !== undefined)
      return places.some((id) => scope.ids.includes(id) || find.ancestors(id).some((ancestor) => scope.ids.includes(ancestor.id)))
    }
    case 'scenario':
      return false
  }
}

/** True on the day after `until` and later; both as `2027-03-01`. */
export function hasExpired(waiver: Waiver, today: string): boolean {
  return waiver.until !== undefined && waiver.until < today
}

/**
 * What the rule would have to know about the component that the waiver stands in before it could find anything there. Where there is such
 * a thing, a waiver that silences nothing may still be right, and only says more than can be checked.
 */
export function undecided(model: Model, waiver: Waiver, rule: Rule): readonly string[] {
  if (waiver.scope.type !== 'component') return []
  const component = lookup(model).component(waiver.scope.ids[0] ?? '')
  if (!component) return []
  return rule.needs.filter((path) => {
    const property = vocabulary.property('component', path)
    const applies = property && (property.kinds.length === 0 || property.kinds.includes(component.kind))
    return applies && property.absence === 'unknown' && isAbsent(component.facts, path)
  })
}

/** "Accept this, because …", written into the narrowest body that the finding is about. Unset where there is no such place. */
export function acceptFix(model: Model, rule: string, finding: Finding): Fix | undefined {
  const text = `accept ${rule} because "…"`
  const find = lookup(model)
  const { relation, component, container, data, flow } = finding.subject
  const place = container === undefined ? undefined : find.container(container)
  const edge = model.relations.find(({ origin }) => origin === finding.at) ?? (relation === undefined ? undefined : find.relation(relation))
  const edits =
    (edge && insertOnRelation(model, edge, text)) ??
    intoBody(place?.origin === finding.at ? place : undefined, text) ??
    intoBody(component === undefined ? undefined : find.component(component), text) ??
    intoBody(data === undefined ? undefined : find.data(data), text) ??
    intoBody(flow === undefined ? undefined : find.flow(flow), text) ??
    (edge && intoBody(edge, text))
  return edits && { title: 'Accept this, because …', edits }
}

/** Whether a fix is that one: to accept a finding is never the best answer to it, and no repair. */
export function isAccept({ edits }: Fix, rule: string): boolean {
  return edits.some(({ newText }) => newText.includes(`accept ${rule} because`))
}

function intoBody(subject: Parameters<typeof insertIntoBody>[0] | undefined, text: string) {
  return subject && [insertIntoBody(subject, text)]
}

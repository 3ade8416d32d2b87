/** What a name in a design means, for hover, outline and search: one view of the different things that can be declared. */
import type {
  Component, Container, Data, Flow, Let, Model, OwnKind, OwnTechnology, Part, Scenario, Target, View,
} from '../model/model.ts'
import type { Origin } from '../model/origin.ts'
import type { Facts } from '../model/value.ts'

export type Declaration =
  | { readonly kind: 'component'; readonly of: Component }
  | { readonly kind: 'container'; readonly of: Container }
  | { readonly kind: 'part'; readonly of: Part }
  | { readonly kind: 'data'; readonly of: Data }
  | { readonly kind: 'flow'; readonly of: Flow }
  | { readonly kind: 'scenario'; readonly of: Scenario }
  | { readonly kind: 'view'; readonly of: View }
  | { readonly kind: 'let'; readonly of: Let }
  | { readonly kind: 'own-kind'; readonly of: OwnKind }
  | { readonly kind: 'own-technology'; readonly of: OwnTechnology }

/** Everything that a design declares and names, in the order of its kinds. */
export function declarations(model: Model): readonly Declaration[] {
  const known = made.get(model)
  if (known) return known
  const all: Declaration[] = [
    ...model.lets.map((of) => ({ kind: 'let' as const, of })),
    ...model.data.map((of) => ({ kind: 'data' as const, of })),
    ...model.containers.map((of) => ({ kind: 'container' as const, of })),
    ...model.components.map((of) => ({ kind: 'component' as const, of })),
    ...model.components.flatMap(({ parts }) => parts.map((of) => ({ kind: 'part' as const, of }))),
    ...model.flows.map((of) => ({ kind: 'flow' as const, of })),
    ...model.scenarios.map((of) => ({ kind: 'scenario' as const, of })),
    ...model.views.map((of) => ({ kind: 'view' as const, of })),
    ...model.ownKinds.map((of) => ({ kind: 'own-kind' as const, of })),
    ...model.ownTechnologies.map((of) => ({ kind: 'own-technology' as const, of })),
  ]
  made.set(model, all)
  return all
}

const made = new WeakMap<Model, readonly Declaration[]>()

export function declarationOf(model: Model, target: Target): Declaration | undefined {
  return declarations(model).find((declaration) => declaration.kind === target.kind && declaration.of.id === target.id)
}

export function factsOf(declaration: Declaration): Facts {
  return 'facts' in declaration.of ? declaration.of.facts : {}
}

export function originOf(declaration: Declaration): Origin {
  return declaration.of.origin
}

/** What it is, in a few words: `database "Ledger", uses postgres(16)`. */
export function summary(declaration: Declaration): string {
  switch (declaration.kind) {
    case 'component': {
      const { writtenKind, kind, label, technology } = declaration.of
      return [
        writtenKind === kind ? kind : `${writtenKind} (${kind})`,
        label === undefined ? undefined : JSON.stringify(label),
        technology === undefined ? undefined : `uses ${technology.name}`,
      ].filter((part) => part !== undefined).join(' ')
    }
    case 'container':
      return [declaration.of.kind, declaration.of.label === undefined ? undefined : JSON.stringify(declaration.of.label)].filter((part) => part !== undefined).join(' ')
    case 'part':
      return `${declaration.of.kind} of ${declaration.of.parent}`
    case 'own-kind':
      return `kind that extends ${declaration.of.extends}`
    case 'own-technology':
      return `technology that extends ${declaration.of.extends}`
    case 'let':
      return 'named number'
    case 'data':
      return 'kind of data'
    default:
      return declaration.kind
  }
}

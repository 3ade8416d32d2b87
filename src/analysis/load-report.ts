/** What `lintel load` reports: every flow and component with its load, capacity, utilisation, latency and availability, as numbers and as a person reads them. */
import { known, number } from '../model/facts.ts'
import type { Model } from '../model/model.ts'
import { BANDWIDTH, describeQuantity, formatQuantity, quantity, RATE } from '../model/quantity.ts'
import type { Facts } from '../model/value.ts'
import type { Analysis } from './analysis.ts'
import { availabilityFigure, fullnessFigure, latencyFigure, speakerOf, type Step } from './figures.ts'
import { limitsOf } from './limits.ts'
import { time } from './staleness.ts'

export interface LoadReport {
  readonly title: string
  readonly lets: readonly { readonly name: string; readonly expression: string; readonly result: string; /** In base units: s, B, 1/s, B/s. */ readonly value: number }[]
  readonly flows: readonly FlowReport[]
  readonly components: readonly ComponentReport[]
  /** What to state so that more becomes known. */
  readonly missing: readonly string[]
}

export interface FlowReport {
  readonly id: string
  readonly title: string
  /** `10k/s, 20k/s at peak` */
  readonly rate?: string
  /** 1/s */
  readonly average?: number
  readonly peak?: number
  readonly latency?: string
  readonly p99Target?: string
  readonly availability?: string
  readonly availabilityTarget?: string
  derivation(): readonly Step[]
}

export interface ComponentReport {
  readonly id: string
  readonly name: string
  readonly kind: string
  /** At the peak. */
  readonly load?: string
  /** 1/s, average and at the peak. */
  readonly average: number
  readonly peak: number
  readonly capacity?: string
  /** `writes`, `reads`, `quota`, `busiest partition`: which of its limits is fullest. */
  readonly of?: string
  readonly utilisation?: string
  /** Load by capacity of that limit. */
  readonly used?: number
  readonly exceeded: boolean
  readonly latency?: string
  readonly availability?: string
  readonly sureness: 'exact' | 'estimate' | 'bound'
  derivation(): readonly Step[]
}

export function loadReportOf(model: Model, analysis: Analysis, title: string): LoadReport {
  const say = speakerOf(model)
  const sources = new Map(analysis.load.sources.map((source) => [source.id, source]))
  const flows = analysis.flows.map((flow): FlowReport => {
    const source = sources.get(flow.id)
    const latency = latencyFigure(analysis, flow, say)
    const availability = availabilityFigure(model, analysis, flow, say)
    const facts = flow.flow?.facts ?? {}
    const [p99, target] = [number(facts, 'p99'), number(facts, 'availability')]
    const rates = [source?.average, source?.peak].filter((value) => value !== undefined)
    return {
      id: flow.id,
      title: flow.flow?.title ?? flow.name.replaceAll('`', ''),
      ...(rates.length > 0 && { rate: [...(source?.average !== undefined ? [rate(source.average)] : []), ...(source?.peak !== undefined && source.peak !== source.average ? [`${rate(source.peak)} at peak`] : [])].join(', ') }),
      ...(source?.average !== undefined && { average: source.average }),
      ...(source?.peak !== undefined && { peak: source.peak }),
      ...(latency && { latency: latency.value }),
      ...(p99 !== undefined && { p99Target: time(p99) }),
      ...(availability && { availability: availability.value }),
      ...(target !== undefined && { availabilityTarget: written(facts, 'availability') }),
      derivation: () => [...(latency?.steps() ?? []), ...(availability?.steps() ?? [])],
    }
  })
  const components = model.components.flatMap((component): readonly ComponentReport[] => {
    if (component.kind === 'client' || component.kind === 'monitor') return []
    // What arrives: limits refuse some of it, and a broker evens it out.
    const comes = analysis.admission.component(component.id)
    const [fullest] = limitsOf(component, comes)
    const figure = fullnessFigure(analysis, component, say)
    const [p50, p99] = [number(component.facts, 'latency.p50'), number(component.facts, 'latency.p99')]
    const amount = (value: number): string => formatQuantity(quantity(value, fullest?.work === 'bytes' ? BANDWIDTH : RATE))
    const of = fullest && (fullest.of === 'capacity' ? (fullest.work === 'reads' || fullest.work === 'writes' ? fullest.work : undefined) : fullest.of.replace('-', ' '))
    return [
      {
        id: component.id,
        name: component.name,
        kind: component.kind,
        ...(comes.all.peak > 0 && { load: fullest ? amount(fullest.load) : rate(comes.all.peak) }),
        average: comes.all.average,
        peak: comes.all.peak,
        ...(fullest && { capacity: amount(fullest.limit), ...(fullest.limit > 0 && { used: fullest.used }), utilisation: figure!.value.replace(' at peak', '') }),
        ...(of !== undefined && { of }),
        exceeded: figure?.exceeded ?? false,
        ...((p50 ?? p99) !== undefined && { latency: [...(p50 === undefined ? [] : [`p50 ${time(p50)}`]), ...(p99 === undefined ? [] : [`p99 ${time(p99)}`])].join(', ') }),
        ...(known(component.facts, 'availability') && { availability: written(component.facts, 'availability') }),
        sureness: comes.all.sureness,
        derivation: () => figure?.steps() ?? [],
      },
    ]
  })
  const missing = [...new Set([...analysis.load.sources.flatMap(({ average, peak, name }) => (average === undefined && peak === undefined ? [`\`rate\` of ${name}`] : [])), ...model.components.flatMap(({ id }) => analysis.load.component(id).all.missing)])]
  return {
    title,
    lets: model.lets.flatMap(({ name, expression, value }) => (value ? [{ name, expression: expression.trim(), result: describeQuantity({ ...value, text: undefined }), value: value.value }] : [])),
    flows,
    components,
    missing,
  }
}

function rate(value: number): string {
  return formatQuantity(quantity(value, RATE))
}

function written(facts: Facts, path: string): string {
  const value = known(facts, path)?.value
  return value?.type === 'quantity' ? formatQuantity(value, 'availability') : ''
}

/** The failure lens: what is down, what falls with it, what stands in, where the load goes, and what each flow then does and why. */
import { aftermathOf, type Aftermath, type FlowAfter } from '../analysis/aftermath.ts'
import type { Analysis } from '../analysis/analysis.ts'
import { rateText } from '../analysis/derivation.ts'
import type { LostNeed } from '../analysis/fall.ts'
import { backlogStory, effectStories, flowStory, hitStory, shiftStory } from '../analysis/story.ts'
import type { Laid, LaidArrow, Overlay, Tone } from '../diagram/picture.ts'
import { lookup } from '../model/lookup.ts'
import type { Failing, Model } from '../model/model.ts'
import type { LensEntry, Seen } from './lens.ts'

const KEY: Overlay['key'] = [
  { tone: 'over', text: 'down, or cannot work' },
  { tone: 'hot', text: 'more than it can take' },
  { tone: 'warm', text: 'works in part, or later' },
  { tone: 'lit', text: 'stands in, or gets more' },
]

/** @param down ids of components, containers and parts; what is not there any more is passed over. */
export function failureLens(model: Model, analysis: Analysis, down: readonly string[]): Seen {
  const fails = down.flatMap((id) => failingOf(model, id))
  if (fails.length === 0) return { overlay: { title: 'Failure', things: new Map(), arrows: new Map(), key: KEY }, report: { type: 'failure', summary: 'Click a component, a zone or a region to take it down.', groups: [], choices: [] } }
  const aftermath = aftermathOf(model, analysis, { fails })
  const things = thingsOf(model, aftermath, down)
  return {
    overlay: { title: `Without ${down.map((id) => nameOf(model, id)).join(', ')}`, things, arrows: arrowsOf(model, aftermath, things), key: KEY },
    report: {
      type: 'failure',
      summary: summaryOf(model, aftermath, down),
      groups: [
        { title: 'Flows', entries: aftermath.flows.map((after) => flowEntry(model, after)) },
        { title: 'Where the load goes', entries: aftermath.shifts.slice(0, MOST).map((shift) => ({ ...((shift.utilisation ?? 0) > 1 && { tone: 'hot' as const }), text: shiftStory(model, shift), details: [], ids: [shift.component] })) },
        { title: 'What backs up', entries: aftermath.backlogs.slice(0, MOST).map((backlog) => ({ text: backlogStory(model, backlog), details: [], ids: [backlog.source, backlog.consumer] })) },
        { title: 'Besides', entries: effectStories(aftermath).slice(0, MOST).map((text) => ({ text, details: [], ids: [] })) },
        { title: 'What the failure takes', entries: aftermath.hits.slice(0, MOST).map((hit) => ({ text: hitStory(model, hit), details: [], ids: [hit.component] })) },
      ].filter(({ entries }) => entries.length > 0),
      choices: [],
    },
  }
}

const MOST = 20

function failingOf(model: Model, id: string): Failing | [] {
  const find = lookup(model)
  const kind = find.component(id) ? 'component' : find.container(id) ? 'container' : find.part(id) ? 'part' : undefined
  return kind === undefined ? [] : { type: 'thing', target: { kind, id } }
}

const TONES: Readonly<Record<FlowAfter['state'], Tone>> = { unavailable: 'over', degraded: 'warm', deferred: 'lit', available: 'calm' }

function flowEntry(model: Model, after: FlowAfter): LensEntry {
  const { headline, details } = flowStory(model, after)
  const [, why] = /^unavailable: (.*)$/s.exec(headline) ?? []
  return {
    mark: after.state,
    tone: TONES[after.state],
    text: titleOf(after.paths),
    details: [...(why === undefined ? [] : [`${why[0]!.toUpperCase()}${why.slice(1)}.`]), ...details],
    ids: (after.witness.length > 0 ? after.witness : after.paths.waited).map(({ relation }) => relation.id),
    at: after.paths.at,
  }
}

function thingsOf(model: Model, { hits, flows, shifts, backlogs }: Aftermath, down: readonly string[]): ReadonlyMap<string, Laid> {
  const things = new Map<string, Laid>()
  for (const shift of shifts) {
    const used = shift.utilisation ?? 0
    const note = [shiftStory(model, shift)]
    if (used > 1) things.set(shift.component, { tone: 'hot', words: [`${Math.round(used * 100)}% full`, `${Math.round(used * 100)}%`], note })
    else if (shift.after > shift.before * 1.001) things.set(shift.component, { tone: 'lit', words: [`${rateText(shift.after)} instead of ${rateText(shift.before)}`, rateText(shift.after)], note })
  }
  for (const { lost } of flows) {
    for (const { then, standIn, component, because } of lost) {
      if (then !== 'stands-in' || standIn === undefined) continue
      const note = `stands in for ${nameOf(model, component)}, which ${because}`
      const before = things.get(standIn)
      if (!before) things.set(standIn, { tone: 'lit', words: [`for ${nameOf(model, component)}`, 'stands in'], note: [note] })
      else if (!before.note!.includes(note)) things.set(standIn, { ...before, note: [...before.note!, note] })
    }
  }
  for (const backlog of backlogs) {
    if (!things.has(backlog.source)) things.set(backlog.source, { tone: 'warm', words: [...(backlog.rate === undefined ? [] : [`grows by ${rateText(backlog.rate)}`]), 'backs up'], note: [backlogStory(model, backlog)] })
  }
  for (const { later } of flows) for (const { component, because } of later) if (!things.has(component)) things.set(component, { tone: 'warm', words: ['works later', 'later'], note: [`does its part later: it ${because}`] })
  for (const [component, { failing, others, need }] of fallenOf(flows)) {
    const why = `${nameOf(model, need.component)} ${need.because.replaceAll('`', '')}`
    const flow = `“${failing[0]!}”`
    if (others === 0) things.set(component, { tone: 'over', words: [`needs ${nameOf(model, need.component)}`, 'cannot work'], note: [`cannot work: ${why}`] })
    else things.set(component, { tone: 'warm', words: [`not for ${failing.length === 1 ? flow : `${failing.length} flows`}`, 'in part'], note: failing.map((title) => `cannot do its part in “${title}”: ${why}`) })
  }
  for (const { component, of, count, left, because } of hits) {
    const all = of === 'all'
    const brief = all ? 'down' : left !== undefined && count !== undefined ? `${left} of ${count} left` : of === 'writes' ? 'no writes' : 'in part'
    things.set(component, { tone: all ? 'over' : 'warm', ...(all && { out: true }), words: [brief], note: [because] })
  }
  for (const id of down) if (lookup(model).container(id)) things.set(id, { tone: 'over', note: ['taken down'] })
  return things
}

/** What fails with something else, in which flows, and in how many of those that it takes part in it still works. */
function fallenOf(flows: readonly FlowAfter[]): ReadonlyMap<string, { readonly failing: readonly string[]; readonly others: number; readonly need: LostNeed }> {
  const found = new Map<string, { failing: string[]; others: number; need: LostNeed }>()
  for (const { fallen, paths } of flows) {
    for (const [component, need] of fallen) {
      if (!need) continue
      const before = found.get(component)
      if (before) before.failing.push(titleOf(paths))
      else found.set(component, { failing: [titleOf(paths)], others: 0, need })
    }
  }
  for (const { fallen, paths } of flows) for (const [component, each] of found) if (!fallen.has(component) && paths.reach.has(component)) each.others++
  return found
}

function titleOf({ name }: FlowAfter['paths']): string {
  return name.replace(/^the r/, 'R').replaceAll('"', '')
}

/** What leads to or from what is down carries nothing; the ways on which flows fail stand out. */
function arrowsOf(model: Model, { flows, hits }: Aftermath, things: ReadonlyMap<string, Laid>): ReadonlyMap<string, LaidArrow> {
  const down = new Set(hits.filter(({ of }) => of === 'all').map(({ component }) => component))
  const arrows = new Map<string, LaidArrow>()
  for (const { id, from, to } of model.relations) {
    if (down.has(from) || down.has(to)) arrows.set(id, { faint: true })
    else if (things.get(from)?.tone === 'over' && things.get(to)?.tone === 'over') arrows.set(id, {})
  }
  for (const { witness, lost } of flows) {
    for (const { relation } of witness) arrows.set(relation.id, { tone: 'over' })
    for (const { edge, then } of lost) if (then !== 'falls' && then !== 'stands-in' && then !== 'spare' && !arrows.get(edge.relation.id)?.tone) arrows.set(edge.relation.id, { tone: 'warm' })
  }
  return arrows
}

function summaryOf(model: Model, { flows }: Aftermath, down: readonly string[]): string {
  const without = `Without ${down.map((id) => `\`${nameOf(model, id)}\``).join(', ')}`
  if (flows.length === 0) return `${without}: declare a \`flow\`, and Lintel says what it does.`
  const counted = (['unavailable', 'degraded', 'deferred', 'available'] as const).flatMap((state) => {
    const count = flows.filter((flow) => flow.state === state).length
    return count > 0 ? [`${count} ${state}`] : []
  })
  return `${without}, of ${flows.length} ${flows.length === 1 ? 'flow' : 'flows'}: ${counted.join(', ')}.`
}

function nameOf(model: Model, id: string): string {
  const find = lookup(model)
  return find.component(id)?.name ?? find.container(id)?.name ?? find.part(id)?.name ?? id
}

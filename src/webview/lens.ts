/** What a lens says beside the picture: its gist, what there is to choose, and its entries, each of which lights what it is about. */
import type { LensEntry, LensReport } from '../lenses/lens.ts'
import type { PreviewState } from '../protocol.ts'
import { h, icon, prose } from './dom.ts'
import { post } from './state.ts'

type Lens = NonNullable<PreviewState['lens']>

export const LENS_NAMES: Readonly<Record<Lens['type'], string>> = { load: 'Load', failure: 'Failure', truth: 'Truth' }

export interface LensEvents {
  /** While the pointer is on an entry. */
  light(ids: readonly string[]): void
  look(lens: Lens): void
}

/** @param names what a thing is called in the picture, by its id. */
export function lensPanel(report: LensReport, lens: Lens, names: (id: string) => string, events: LensEvents): HTMLElement {
  return h(
    'div',
    { class: 'lens' },
    h('p', { class: 'gist' }, ...prose(report.summary)),
    ...(lens.type === 'failure' && lens.down.length > 0 ? [downed(lens.down, names, events)] : []),
    ...(lens.type === 'truth' && report.choices.length > 1 ? [kinds(report, lens.data, events)] : []),
    ...report.groups.map(({ title, entries }) =>
      h('section', {}, h('h3', {}, title), h('ul', { class: 'entries' }, ...entries.map((entry) => h('li', { class: 'entry', onmouseenter: () => events.light(entry.ids), onmouseleave: () => events.light([]) }, ...words(entry))))),
    ),
  )
}

/** What is down, each to be brought back. */
function downed(down: readonly string[], names: (id: string) => string, events: LensEvents): HTMLElement {
  const back = (id: string) => events.look({ type: 'failure', down: down.filter((other) => other !== id) })
  return h(
    'p',
    { class: 'choices' },
    ...down.map((id) => h('button', { class: 'chip', title: `Bring ${names(id)} back`, onclick: () => back(id) }, names(id), icon('close'))),
    h('button', { class: 'action', onclick: () => events.look({ type: 'failure', down: [] }) }, 'Bring all back'),
  )
}

function kinds({ choices }: LensReport, data: string | undefined, events: LensEvents): HTMLElement {
  const select = h('select', { class: 'choice', 'aria-label': 'Kind of data' }, h('option', { value: '' }, 'All data'), ...choices.map(({ id, name }) => h('option', { value: id }, name)))
  select.value = data ?? ''
  select.addEventListener('change', () => events.look({ type: 'truth', ...(select.value !== '' && { data: select.value }) }))
  return h('p', { class: 'choices' }, select)
}

function words({ mark, tone, text, details, at }: LensEntry): Node[] {
  const said = [...prose(text)]
  return [
    ...(mark === undefined ? [] : [h('span', { class: `mark ${tone ?? 'quiet'}` }, mark)]),
    h(
      'div',
      { class: 'words' },
      at ? h('button', { class: 'message link', title: 'Go to the text', onclick: () => post({ type: 'revealOrigin', origin: at }) }, ...said) : h('span', {}, ...said),
      ...details.map((detail) => h('p', { class: 'help' }, ...prose(detail))),
    ),
  ]
}

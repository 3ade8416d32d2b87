/** The preview's page: a toolbar, the picture, and below it the findings and the axes. It shows what the server drew and sends back what was done to it. */
import type { HostToView, PictureMessage, PreviewState } from '../protocol.ts'
import { axesTable } from './axes.ts'
import { createCard } from './card.ts'
import { h, icon, prose } from './dom.ts'
import { createDrawer } from './drawer.ts'
import { countsOf, findingsList } from './findings.ts'
import { createFolds } from './folds.ts'
import { LENS_NAMES, lensPanel } from './lens.ts'
import { createPlayer } from './player.ts'
import { hush, type Thing } from './scene.ts'
import { createSearch } from './search.ts'
import { createStage } from './stage.ts'
import { post, remember, remembered } from './state.ts'
import { createToolbar } from './toolbar.ts'

type Lens = NonNullable<PreviewState['lens']>

let last: PictureMessage | undefined
/** The table, if there is one, is of an older text than the picture. */
let oldAxes = false
const openAxes = new Set<string>()

const stage = createStage(remembered().viewport, {
  pick(thing, whole) {
    card.dismiss(thing)
    const { lens } = remembered()
    if (lens?.type === 'failure' && thing.type !== 'edge' && !whole) look({ type: 'failure', down: toggled(lens.down, thing.id) })
    else post({ type: 'reveal', id: thing.id })
  },
  rest(thing) {
    // A frame around a whole region would shout each time the pointer crosses it.
    stage.lights.set('hover', thing && thing.type !== 'container' ? [thing.id] : [])
    card.rest(thing)
    folds.rest(thing)
  },
  ask: (thing) => card.open(thing),
  fold: (thing) => fold(thing),
  moved(viewport) {
    toolbar.zoomed(viewport.scale)
    folds.place()
    card.close()
    remember({ viewport })
  },
})
const card = createCard(() => stage)
const folds = createFolds(() => stage, fold)
const search = createSearch(stage)
const drawer = createDrawer((table) => {
  toolbar.opened(table)
  askForAxes()
})
const toolbar = createToolbar({
  fit: () => stage.fit(),
  zoom: (factor) => stage.zoom(factor),
  actualSize: () => stage.actualSize(),
  find: () => search.open(),
  table: (table) => drawer.toggle(table),
  view(view) {
    remember({ view })
    post({ type: 'view', view })
  },
  lens: (name) => look(name === 'structure' ? undefined : name === 'failure' ? { type: name, down: [] } : { type: name }, true),
  play: () => player.toggle(),
  export: () => post({ type: 'export' }),
})
const player = createPlayer(stage, (playing) => toolbar.plays(playing))
const notice = h('div', { class: 'notice', role: 'status', hidden: true })
const blank = h('div', { class: 'blank' }, h('p', {}, 'Drawing…'))

stage.element.append(blank, folds.element, card.element)
document.body.append(toolbar.element, h('main', {}, stage.element, search.element, player.element, notice), drawer.element)

addEventListener('message', ({ data }: MessageEvent<HostToView>) => {
  switch (data.type) {
    case 'picture':
      draw(data.picture)
      break
    case 'cursor':
      stage.lights.set('cursor', data.id === undefined ? [] : [data.id])
      if (data.id !== undefined && data.follow) stage.bring(data.id)
      break
    case 'axes':
      drawer.set('axes', axesTable(data.table, openAxes))
      break
    case 'play':
      player.set(data.result)
      break
    case 'show':
      drawer.open(data.table)
      break
    case 'trouble':
      trouble = data.text
      say()
      break
  }
})
addEventListener('keydown', (event) => {
  const find = (event.key === 'f' && (event.ctrlKey || event.metaKey)) || (event.key === '/' && !(event.target instanceof HTMLInputElement))
  if (!find) return
  event.preventDefault()
  search.open()
})

let drawn: string | undefined
let trouble: string | undefined

function draw(picture: PictureMessage): void {
  last = picture
  if (picture.svg !== undefined && picture.svg !== drawn && stage.draw(picture.svg)) drawn = picture.svg
  const scene = stage.scene()
  const { lens } = remembered()
  // Through a lens a thing's tooltip says what the lens shows of it.
  if (scene && !lens) hush(scene, picture.findings.flatMap(({ ids }) => ids))
  if (picture.lens && lens?.type === picture.lens.type) drawer.set('lens', lensPanel(picture.lens, lens, nameOf, { light: (ids) => stage.lights.set('hover', ids), look }))
  toolbar.update(picture.views, remembered().view, countsOf(picture.findings))
  drawer.set('findings', findingsList(picture.findings, (ids) => stage.lights.set('hover', ids)))
  oldAxes = true
  askForAxes()
  card.update(lens ? [] : picture.findings)
  player.refresh()
  folds.update()
  search.refresh()
  say()
}

/** They are large, and cost time to derive: only while somebody looks at them, and once a text. */
function askForAxes(): void {
  if (!oldAxes || last === undefined || drawer.shown() !== 'axes') return
  oldAxes = false
  post({ type: 'axes' })
}

/** One quiet line: what is wrong with what is on screen, if anything. */
function say(): void {
  const stale = last?.stale
  blank.hidden = drawn !== undefined
  blank.replaceChildren(h('p', {}, ...prose(trouble ?? stale ?? 'Drawing…')), ...(trouble ? [restart()] : []))
  notice.hidden = drawn === undefined || (trouble === undefined && stale === undefined)
  notice.replaceChildren(...(notice.hidden ? [] : [icon(trouble ? 'warning' : 'info'), h('span', {}, ...prose(trouble ?? stale ?? '')), ...(trouble ? [restart()] : [])]))
  stage.element.classList.toggle('stale', !notice.hidden)
}

function restart(): HTMLElement {
  return h('button', { class: 'button', onclick: () => post({ type: 'restart' }) }, 'Restart the Server')
}

/** @param anew it was chosen, rather than changed. */
function look(lens: Lens | undefined, anew = false): void {
  remember({ lens })
  toolbar.looks(lens?.type ?? 'structure')
  drawer.lens(lens && LENS_NAMES[lens.type])
  stage.element.classList.toggle('failing', lens?.type === 'failure')
  card.close()
  post({ type: 'lens', lens })
  if (anew && lens) drawer.open('lens')
}

function toggled(down: readonly string[], id: string): readonly string[] {
  return down.includes(id) ? down.filter((other) => other !== id) : [...down, id]
}

function nameOf(id: string): string {
  return stage.scene()?.things.get(id)?.label.replace(/ \([^()]*\)$/, '') ?? id
}

function fold(thing: Thing): void {
  if (!folds.folds(thing)) return
  const now = new Set(remembered().collapsed)
  if (thing.collapsed) now.delete(thing.id)
  else now.add(thing.id)
  const collapsed = [...now]
  remember({ collapsed })
  post({ type: 'collapse', collapsed })
}

/** The editor says its theme by the body's classes, and changes them in place. */
function tellTheme(): void {
  const { classList } = document.body
  const dark = classList.contains('vscode-dark') || (classList.contains('vscode-high-contrast') && !classList.contains('vscode-high-contrast-light'))
  const theme = dark ? 'dark' : 'light'
  if (theme !== told) post({ type: 'theme', theme })
  told = theme
}
let told: 'light' | 'dark' | undefined
new MutationObserver(tellTheme).observe(document.body, { attributes: true, attributeFilter: ['class'] })

const { table, lens: before } = remembered()
toolbar.looks(before?.type ?? 'structure')
drawer.lens(before && LENS_NAMES[before.type])
stage.element.classList.toggle('failing', before?.type === 'failure')
if (table && (table !== 'lens' || before)) drawer.open(table)
tellTheme()
post({ type: 'ready' })

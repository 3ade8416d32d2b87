/**
 * Pictures for the preview: one for each watched document after each edit, drawn aside of everything else and given up as soon as a newer
 * edit comes. The last good picture stays where the text is too broken to draw.
 */
import type { Connection } from 'vscode-languageserver'
import { axes, createRenderer, marksOf, play, seen, type Diagnostic, type LensReport, type Picture, type Seen } from '../core.ts'
import type { LayoutEngine } from '../diagram/engine.ts'
import { lookup } from '../model/lookup.ts'
import type { Fix, Model } from '../model/model.ts'
import type { Origin } from '../model/origin.ts'
import type { AxesTable } from '../axes/table.ts'
import { PICTURE, type AxesParams, type ExportParams, type ExportResult, type FixParams, type PictureFinding, type PictureMessage, type PlayParams, type PlayResult, type WatchParams } from '../protocol.ts'
import type { Design, Designs } from './designs.ts'
import type { Files } from './files.ts'
import { keyOf } from './uris.ts'

export interface Pictures {
  watch(params: WatchParams): void
  unwatch(uri: string): void
  /** Something changed: draw anew what is watched and no longer current. */
  refresh(): void
  draw(params: ExportParams): Promise<ExportResult>
  axes(params: AxesParams): Promise<AxesTable>
  play(params: PlayParams): Promise<PlayResult>
  /** A fix of a finding in the last picture sent, as edits of the text that stands now. @throws where the finding is gone. */
  fix(params: FixParams): Promise<Fix>
  dispose(): void
}

interface Watch {
  readonly params: WatchParams
  /** The design last drawn or being drawn. */
  design?: Design
  abort?: AbortController
  /** The last picture sent whole. */
  good?: { readonly message: PictureMessage; readonly components: number }
  /** Where things are in it. */
  drawn?: ReadonlyMap<string, string>
  findings: readonly Diagnostic[]
}

export interface PicturesOptions {
  readonly connection: Connection
  readonly designs: Designs
  readonly files: Files
  readonly engine: LayoutEngine
}

export function createPictures({ connection, designs, files, engine }: PicturesOptions): Pictures {
  const watches = new Map<string, Watch>()
  const renderer = createRenderer(engine)

  function refresh(): void {
    for (const watch of watches.values()) void update(watch)
  }

  async function update(watch: Watch): Promise<void> {
    const { uri } = watch.params
    const live = () => watches.get(keyOf(uri)) === watch
    let design: Design
    try {
      design = await designs.at(uri)
    } catch (error) {
      return void connection.console.error(`picture of ${uri}: ${error instanceof Error ? error.stack : String(error)}`)
    }
    if (!live() || watch.design === design || !designs.isCurrent(design)) return
    watch.abort?.abort()
    const abort = new AbortController()
    watch.abort = abort
    watch.design = design
    const broken = tooBroken(design, watch.good?.components ?? 0)
    try {
      const { lens } = watch.params
      const through = broken === undefined && lens ? seen(design.model, lens) : undefined
      const picture = broken === undefined ? await render(design, watch.params, through, abort.signal) : undefined
      if (!live() || abort.signal.aborted) return
      send(watch, design, picture, through, broken)
    } catch (error) {
      if (!live() || abort.signal.aborted) return
      connection.console.error(`picture of ${uri}: ${error instanceof Error ? error.stack : String(error)}`)
      send(watch, design, undefined, undefined, `The picture could not be drawn: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  function render(design: Design, { theme, view, collapsed }: ExportParams, through: Seen | undefined, signal?: AbortSignal): Promise<Picture> {
    const known = design.model.views.some(({ title }) => title === view) ? view : undefined
    // One thing at a time: through a lens its own colours are all there is.
    const over = through ? { overlay: through.overlay } : { marks: marksOf(design.diagnostics()) }
    return renderer.draw(design.model, { theme, view: known, collapsed, ...over, sources: sourcesOf(design), signal })
  }

  function send(watch: Watch, design: Design, picture: Picture | undefined, through: Seen | undefined, stale: string | undefined): void {
    const { uri } = watch.params
    watch.findings = design.diagnostics()
    const last = watch.good?.message
    const placed = picture?.placed
    const drawn = placed === undefined ? undefined : drawnIds(design.model, placed)
    const message: PictureMessage = {
      uri,
      version: design.versions.get(keyOf(uri)) ?? 0,
      ...(picture === undefined ? { stale } : { svg: picture.svg }),
      width: picture?.width ?? last?.width ?? 0,
      height: picture?.height ?? last?.height ?? 0,
      title: design.model.design?.title || nameOf(uri),
      views: design.model.views.map(({ title }) => title),
      places: drawn === undefined ? (last?.places ?? {}) : placesOf(design.model, drawn, files.spelling, 'origin'),
      extents: drawn === undefined ? (last?.extents ?? {}) : placesOf(design.model, drawn, files.spelling, 'extent'),
      ...(through && drawn && { lens: lensReport(through.report, drawn, files.spelling) }),
      findings: watch.findings.map((finding, index) => pictureFinding(finding, index, drawn, files.spelling)),
    }
    if (drawn !== undefined) watch.drawn = drawn
    if (picture !== undefined) watch.good = { message, components: design.model.components.length }
    void connection.sendNotification(PICTURE, message)
  }

  return {
    watch(params) {
      const key = keyOf(params.uri)
      const before = watches.get(key)
      before?.abort?.abort()
      const same = before !== undefined && before.params.view === params.view
      const watch: Watch = { params, good: same ? before.good : undefined, drawn: same ? before.drawn : undefined, findings: before?.findings ?? [] }
      watches.set(key, watch)
      void update(watch)
    },
    unwatch(uri) {
      watches.get(keyOf(uri))?.abort?.abort()
      watches.delete(keyOf(uri))
    },
    refresh,
    async draw(params) {
      const design = await designs.at(params.uri)
      if (design.model.components.length === 0) throw new Error(`${nameOf(params.uri)} declares no component to draw; a line such as “service api” makes one.`)
      if (params.view !== undefined && !design.model.views.some(({ title }) => title === params.view)) throw new Error(`${nameOf(params.uri)} has no view “${params.view}”.`)
      return { svg: (await render(design, params, params.lens && seen(design.model, params.lens))).svg }
    },
    axes: async ({ uri }) => axes((await designs.at(uri)).model),
    async play({ uri, flow }) {
      const { flows, playback } = play((await designs.at(uri)).model, flow)
      const drawn = watches.get(keyOf(uri))?.drawn
      const steps = playback?.steps.map((step) => ({ ...step, ids: shownIds(step.ids, drawn), at: { ...step.at, file: files.spelling(step.at.file) } }))
      return { flows, ...(playback && { playback: { ...playback, steps: steps! } }) }
    },
    async fix({ uri, finding: index, fix: which }) {
      const finding = watches.get(keyOf(uri))?.findings[index]
      const title = finding?.fixes[which]?.title
      if (!finding || title === undefined) throw new Error('There is no such fix any more: the picture has changed.')
      // The text may be ahead of the picture: the same finding has its edits at other places there.
      const subject = JSON.stringify(finding.subject)
      const same = (await designs.at(uri)).diagnostics().filter((other) => other.rule === finding.rule && JSON.stringify(other.subject) === subject)
      const fix = (same.find(({ message }) => message === finding.message) ?? same[0])?.fixes.find((fix) => fix.title === title)
      if (!fix) throw new Error('The text has changed since, and no longer has this finding.')
      return fix
    },
    dispose: () => renderer.dispose(),
  }
}

/** Why the last good picture says more than a new one would; unset where the text can be drawn. */
function tooBroken({ model, opened }: Design, componentsBefore: number): string | undefined {
  const now = model.components.length
  const error = opened.problems.find(({ severity }) => severity === 'error')
  const where = error && `line ${error.origin.range.start.line + 1}: ${error.message}`
  if (now === 0) return where === undefined ? 'There is nothing to draw yet: a line such as “service api” makes the first component.' : `Nothing can be drawn (${where})`
  const syntax = opened.problems.find(({ code }) => code === 'syntax')
  // An open brace or quote swallows much of the text: half a picture for the time of a keystroke helps nobody.
  return syntax !== undefined && now * 2 < componentsBefore ? `The picture is from before the text broke (line ${syntax.origin.range.start.line + 1}: ${syntax.message})` : undefined
}

function sourcesOf({ model, texts }: Design): { uri: string; text: string }[] {
  return model.files.flatMap((uri) => {
    const text = texts.get(keyOf(uri))
    return text === undefined ? [] : [{ uri, text }]
  })
}

/** For each component, container and relation the `data-id` of what stands for it in the picture. */
function drawnIds(model: Model, placed: Picture['placed']): ReadonlyMap<string, string> {
  const ids = new Map<string, string>()
  for (const { id } of placed.nodes) ids.set(id, id)
  for (const { id, relations } of placed.edges) {
    ids.set(id, id)
    for (const relation of relations) ids.set(relation, id)
  }
  const { ancestors } = lookup(model)
  // What is in a closed container is drawn as the container.
  for (const { id } of [...model.components, ...model.containers]) {
    if (ids.has(id)) continue
    const outer = ancestors(id).find((ancestor) => ids.get(ancestor.id) === ancestor.id)
    if (outer) ids.set(id, outer.id)
  }
  return ids
}

function placesOf(model: Model, drawn: ReadonlyMap<string, string>, spelling: (uri: string) => string, part: 'origin' | 'extent'): Record<string, Origin> {
  const places: Record<string, Origin> = {}
  const declared = [...model.containers, ...model.components, ...model.components.flatMap(({ parts }) => parts), ...model.relations]
  for (const { id, [part]: place } of declared) {
    const shown = drawn.get(id)
    if (shown !== undefined && (shown === id || !(shown in places))) places[shown] = { ...place, file: spelling(place.file) }
  }
  return places
}

function lensReport(report: LensReport, drawn: ReadonlyMap<string, string>, spelling: (uri: string) => string): LensReport {
  const groups = report.groups.map(({ title, entries }) => ({
    title,
    entries: entries.map((entry) => ({ ...entry, ids: shownIds(entry.ids, drawn), ...(entry.at && { at: { ...entry.at, file: spelling(entry.at.file) } }) })),
  }))
  return { ...report, groups }
}

function shownIds(ids: readonly string[], drawn: ReadonlyMap<string, string> | undefined): readonly string[] {
  return [...new Set(ids.flatMap((id) => (drawn ? (drawn.get(id) ?? []) : id)))]
}

function pictureFinding(finding: Diagnostic, index: number, drawn: ReadonlyMap<string, string> | undefined, spelling: (uri: string) => string): PictureFinding {
  const { rule, severity, message, help, at, subject, fixes, documented } = finding
  const ids = [subject.relation, subject.component].flatMap((id) => (id === undefined ? [] : (drawn?.get(id) ?? [])))
  return { index, ids: [...new Set(ids)], rule, severity, message, help, at: { ...at, file: spelling(at.file) }, fixes: fixes.map(({ title }) => title), documented }
}

function nameOf(uri: string): string {
  const last = uri.slice(uri.lastIndexOf('/') + 1)
  try {
    return decodeURIComponent(last)
  } catch {
    return last
  }
}

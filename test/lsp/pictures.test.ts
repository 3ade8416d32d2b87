import assert from 'node:assert/strict'
import type { Hover } from 'vscode-languageserver-protocol'
import { AXES, EXPORT, FIX, PLAY, SHEET, UNWATCH, WATCH, type AxesResult, type ExportResult, type FixResult, type PlayResult, type SheetParams, type SheetResult } from '../../src/protocol.ts'
import { designOf } from '../support/generator.ts'
import { startEditor, type Document, type Editor } from './client.ts'
import { FINDINGS, SKETCH } from './sketch.ts'

describe('pictures', function () {
  this.timeout(180_000)
  let editor: Editor
  beforeEach(async () => (editor = await startEditor()))
  afterEach(async () => {
    const { errors } = editor
    await editor.close()
    assert.deepEqual(errors, [])
  })

  const watch = ({ uri }: Document, more: object = {}) => editor.connection.sendNotification(WATCH, { uri, theme: 'light', ...more })

  it('sends the picture with places and findings', async () => {
    const document = editor.open('sketch.lintel', SKETCH)
    await watch(document)
    const picture = await editor.picture(({ svg }) => svg !== undefined)
    assert.equal(picture.uri, document.uri)
    assert.equal(picture.version, 1)
    assert.equal(picture.title, 'Orders, first sketch')
    assert.match(picture.svg!, /^<svg[\s\S]*<\/svg>\s*$/)
    assert.ok(picture.width > 100 && picture.height > 100)
    const drawn = new Set([...picture.svg!.matchAll(/data-id="([^"]+)"/g)].map(([, id]) => id!.replaceAll('&gt;', '>').replaceAll('&amp;', '&')))
    for (const id of ['shopper', 'api', 'carts', 'events']) {
      assert.ok(drawn.has(id), `${id} is not drawn`)
      assert.equal(picture.places[id]!.range.start.line, document.at(new RegExp(`\\n\\S+ ${id} `).exec(SKETCH)![0].slice(1)).line, id)
    }
    assert.deepEqual(Object.keys(picture.places).filter((id) => !drawn.has(id)), [], 'places of things that are not drawn')
    assert.deepEqual([...drawn].filter((id) => !(id in picture.places)), [], 'drawn things without a place')
    for (const [rule] of FINDINGS) {
      const finding = picture.findings.find((finding) => finding.rule === rule)
      assert.ok(finding, rule)
      assert.ok(finding.ids.length > 0 && finding.ids.every((id) => drawn.has(id)), `${rule} is about ${finding.ids.join()}`)
      assert.ok(finding.fixes.length > 0)
    }
    assert.deepEqual(picture.findings.map(({ index }) => index), picture.findings.map((_, index) => index))
  })

  it('answers with the axes when asked, those of the present text, and sends none by itself', async () => {
    const document = editor.open('sketch.lintel', SKETCH)
    await watch(document)
    const picture = await editor.picture(({ svg }) => svg !== undefined)
    assert.ok(!('axes' in picture))
    const ask = () => editor.connection.sendRequest<AxesResult>(AXES, { uri: document.uri })
    const before = await ask()
    assert.deepEqual(before.rows.map(({ axis }) => axis), ['consistency', 'availability', 'latency', 'throughput', 'scale-unit', 'state', 'recovery'])
    assert.ok(before.rows.some(({ system }) => system.evidence.some(({ origin }) => origin !== undefined)))
    document.replace('\nqueue parked', '\nservice brand-new { replicas: 7 }\nqueue parked')
    const after = await ask()
    assert.ok(after.rows.some(({ components }) => components.some(({ name, cell }) => name === 'brand-new' && cell.value === 'replica (7)')))
  })

  it('follows each edit, and skips what was overtaken', async () => {
    const document = editor.open('sketch.lintel', SKETCH)
    await watch(document)
    await editor.picture(({ svg }) => svg !== undefined)
    const before = editor.pictures.length
    for (let round = 0; round < 40; round++) document.replace('\nqueue parked', `\nservice extra-${round}\nqueue parked`)
    const last = await editor.picture(({ version }) => version === document.version)
    assert.match(last.svg!, /extra-39/)
    assert.ok(editor.pictures.length - before < 40, `${editor.pictures.length - before} pictures of 40 edits`)
    const versions = editor.pictures.map(({ version }) => version)
    assert.deepEqual(versions, versions.toSorted((a, b) => a - b))
  })

  it('keeps the last good picture while the text cannot be drawn, says why, and comes back', async () => {
    const document = editor.open('sketch.lintel', SKETCH)
    await watch(document)
    const good = await editor.picture(({ svg }) => svg !== undefined)
    document.set('{{{ "')
    const stale = await editor.picture(({ version }) => version === document.version)
    assert.equal(stale.svg, undefined)
    assert.match(stale.stale!, /\S/)
    assert.deepEqual([stale.width, stale.height], [good.width, good.height])
    assert.deepEqual(stale.places, good.places)
    document.set(SKETCH)
    const again = await editor.picture(({ version }) => version === document.version)
    assert.equal(again.svg, good.svg)
  })

  it('draws around one broken line', async () => {
    const document = editor.open('sketch.lintel', SKETCH.replace('cache carts uses redis { stores: Cart }', 'cache carts uses [[ redis { stores: '))
    await watch(document)
    const picture = await editor.picture(({ version }) => version === 1)
    assert.ok(picture.svg?.includes('data-id="events"'))
  })

  it('says that there is nothing to draw in an empty text', async () => {
    const document = editor.open('empty.lintel', '')
    await watch(document)
    const picture = await editor.picture(() => true)
    assert.match(picture.stale!, /nothing to draw yet/)
  })

  it('draws the view, the theme and the closed containers that the watch asks for', async () => {
    const document = editor.open('views.lintel', 'client app\nregion east { service api\n service inner }\napp -> api -> inner\nview "Front" { include: [app, api] }\n')
    await watch(document)
    const whole = await editor.picture(({ svg }) => svg !== undefined)
    assert.deepEqual(whole.views, ['Front'])
    const has = (svg: string | undefined, id: string) => svg!.includes(`data-id="${id}"`)
    assert.ok(has(whole.svg, 'east.inner'))
    await watch(document, { view: 'Front' })
    const front = await editor.picture(({ svg }) => svg !== undefined && !has(svg, 'east.inner'))
    assert.ok(has(front.svg, 'app'))
    await watch(document, { collapsed: ['east'] })
    const closed = await editor.picture(({ svg }) => svg !== undefined && has(svg, 'east') && !has(svg, 'east.api'))
    assert.equal(closed.places['east']!.range.start.line, 1)
    await watch(document, { theme: 'dark' })
    await editor.picture(({ svg }) => svg !== undefined && has(svg, 'east.inner') && svg !== whole.svg)
  })

  it('shows a lens over the same picture, with what it says, and exports what it shows', async () => {
    const document = editor.open('sketch.lintel', SKETCH)
    await watch(document)
    const plain = await editor.picture(({ svg }) => svg !== undefined)
    assert.equal(plain.lens, undefined)
    const lens = { type: 'failure', down: ['api'] } as const
    await watch(document, { lens })
    const failed = await editor.picture(({ lens }) => lens?.type === 'failure')
    assert.match(failed.lens!.summary, /Without `api`/)
    assert.match(failed.svg!, />down</)
    const drawn = new Set(Object.keys(failed.places))
    for (const { entries } of failed.lens!.groups) for (const { ids } of entries) for (const id of ids) assert.ok(drawn.has(id), `${id} is not drawn`)
    assert.equal((await editor.connection.sendRequest<ExportResult>(EXPORT, { uri: document.uri, theme: 'light', lens })).svg, failed.svg)
    document.replace('service api', 'service api2')
    const after = await editor.picture(({ version }) => version === 2)
    assert.match(after.lens!.summary, /Click a component/)
    await watch(document, { lens: { type: 'load' } })
    assert.ok((await editor.picture(({ lens }) => lens?.type === 'load')).lens!.groups.length > 0)
    await watch(document)
    assert.ok((await editor.picture(({ lens, svg }) => lens === undefined && svg !== undefined)).svg!.includes('data-badge'))
  })

  it('plays the flows of the text as it stands', async () => {
    const document = editor.open('sketch.lintel', SKETCH)
    await watch(document)
    await editor.picture(({ svg }) => svg !== undefined)
    const ask = (flow?: string) => editor.connection.sendRequest<PlayResult>(PLAY, { uri: document.uri, flow })
    const { flows, playback } = await ask()
    assert.ok(flows.length > 0)
    assert.equal(playback, undefined)
    const { playback: first } = await ask(flows[0]!.id)
    assert.ok(first!.steps.length > 0 && first!.steps.every(({ text, ids, at }) => text.includes('→') && ids.length === 3 && at.file === document.uri))
    assert.equal((await ask('no such flow')).playback, undefined)
  })

  it('redraws when an imported file changes', async () => {
    const root = editor.open('root.lintel', 'import "./part.lintel"\nclient app\napp -> api\n')
    const part = editor.open('part.lintel', 'service api "Before"\n')
    await watch(root)
    await editor.picture(({ svg }) => svg?.includes('Before') === true)
    part.replace('Before', 'After')
    await editor.picture(({ svg }) => svg?.includes('After') === true)
  })

  it('exports the same bytes as it shows, of the text as it stands', async () => {
    const document = editor.open('sketch.lintel', SKETCH)
    await watch(document)
    const shown = await editor.picture(({ svg }) => svg !== undefined)
    const { svg } = await editor.connection.sendRequest<ExportResult>(EXPORT, { uri: document.uri, theme: 'light' })
    assert.equal(svg, shown.svg)
    document.replace('"Order API"', '"Orders"')
    assert.match((await editor.connection.sendRequest<ExportResult>(EXPORT, { uri: document.uri, theme: 'auto' })).svg, />Orders</)
    const empty = editor.open('empty.lintel', '')
    await assert.rejects(editor.connection.sendRequest(EXPORT, { uri: empty.uri, theme: 'light' }), /no component to draw/)
    await assert.rejects(editor.connection.sendRequest(EXPORT, { uri: document.uri, theme: 'light', view: 'Nope' }), /no view “Nope”/)
  })

  it('gives the edits of a finding’s fix, for the text as it stands', async () => {
    const document = editor.open('sketch.lintel', SKETCH)
    await watch(document)
    const picture = await editor.picture(({ svg }) => svg !== undefined)
    const finding = picture.findings.find(({ rule }) => rule === 'non-idempotent-consumer')!
    // A line above moves everything down before the picture knows.
    document.set(`// one more line\n${SKETCH}`)
    const { changes } = await editor.connection.sendRequest<FixResult>(FIX, { uri: document.uri, finding: finding.index, fix: 0 })
    document.apply([...changes[document.uri]!])
    await document.diagnostics((all) => all.every(({ code }) => code !== 'non-idempotent-consumer'))
    await assert.rejects(editor.connection.sendRequest(FIX, { uri: document.uri, finding: 999, fix: 0 }), /no such fix/)
  })

  it('ends with the watch', async () => {
    const document = editor.open('sketch.lintel', SKETCH)
    await watch(document)
    await editor.picture(({ svg }) => svg !== undefined)
    await editor.connection.sendNotification(UNWATCH, { uri: document.uri })
    const before = editor.pictures.length
    document.replace('"Order API"', '"Orders"')
    await document.diagnostics()
    // The export runs behind whatever a picture would have run.
    await editor.connection.sendRequest(EXPORT, { uri: document.uri, theme: 'light' })
    assert.equal(editor.pictures.length, before)
  })

  it('answers hovers on 2,000 components while it draws them', async () => {
    const document = editor.open('large.lintel', designOf(2000))
    await watch(document)
    const order: string[] = []
    const drawn = editor.picture(({ svg }) => svg !== undefined).then(() => order.push('picture'))
    await document.diagnostics()
    const hover = await editor.connection.sendRequest<Hover | null>('textDocument/hover', { textDocument: { uri: document.uri }, position: document.at('d0-api "', 2) })
    order.push('hover')
    assert.match((hover!.contents as { value: string }).value, /d0-api/)
    // An edit meanwhile is answered, too, and the layout that it overtakes is given up.
    document.replace('client app "Web and mobile"', 'client app "Everyone"')
    await document.diagnostics()
    order.push('diagnostics')
    await drawn
    assert.deepEqual(order, ['hover', 'diagnostics', 'picture'])
    await editor.picture(({ svg, version }) => svg !== undefined && version === document.version)
  })
})

describe('sheet', function () {
  this.timeout(90_000)

  it('is the page of the present text, in each form', async () => {
    const editor = await startEditor()
    try {
      const document = editor.open('shop.lintel', 'design "Shop" { goal: "Sell" }\nclient c\nservice s { replicas: 2 }\nc -> s\nflow "Buy" { rate: 5/s, c -> s }\n')
      const sheet = async (format: SheetParams['format']): Promise<string> => {
        const { base64 } = await editor.connection.sendRequest<SheetResult>(SHEET, { uri: document.uri, format } satisfies SheetParams)
        return Buffer.from(base64, 'base64').toString('latin1')
      }
      assert.match(await sheet('md'), /^# Shop\n\n> Sell\n/)
      assert.match(await sheet('html'), /^<!doctype html>/)
      assert.match(await sheet('pdf'), /^%PDF-1\./)
      const empty = editor.open('empty.lintel', '// nothing\n')
      await assert.rejects(editor.connection.sendRequest(SHEET, { uri: empty.uri, format: 'md' }), /declares no component/)
    } finally {
      await editor.close()
    }
  })
})

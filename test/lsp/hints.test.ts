/** Inlay hints of computed values: what they say, where they stand, how they follow from the text, and that each kind can be turned off. */
import assert from 'node:assert/strict'
import type { InlayHint } from 'vscode-languageserver-protocol'
import { startEditor, type Document, type Editor } from './client.ts'

const DESIGN = `let visits = 2k/s
client app
load-balancer lb { replicas: 3 }
service api { replicas: 4, capacity: 1k/s, latency { p50: 10ms, p99: 60ms } }
cache hot uses redis { rebuild-from: db, hit-ratio: 90%, latency { p50: 1ms, p99: 5ms } }
database db uses postgres { replicas: 3, capacity: 150/s, latency { p50: 5ms, p99: 50ms } }
external tax { availability: 99.9%, latency { p50: 40ms, p99: 300ms } }
app -> lb -> api
api -> hot : reads
api -> db : reads
api -> tax : calls
flow "Look" {
  rate: visits, peak: 2 * visits
  p99: 200ms, availability: 99.95%
  app -> lb -> api -> hot
  when "it is not cached" 10% { api -> db }
  api -> tax
}
`
const WHOLE = { start: { line: 0, character: 0 }, end: { line: 100, character: 0 } }

describe('hints of computed values', function () {
  this.timeout(90_000)
  let editor: Editor
  afterEach(async () => {
    const { errors } = editor
    await editor.close()
    assert.deepEqual(errors, [])
  })

  async function hints(settings?: Record<string, unknown>): Promise<{ document: Document; hints: readonly InlayHint[] }> {
    editor = await startEditor(settings === undefined ? {} : { settings })
    const document = editor.open('look.lintel', DESIGN)
    return { document, hints: await editor.connection.sendRequest<InlayHint[]>('textDocument/inlayHint', { textDocument: { uri: document.uri }, range: WHOLE }) }
  }

  const behind = (all: readonly InlayHint[], document: Document, text: string): InlayHint | undefined => {
    const end = document.at(text, text.length)
    return all.filter(({ label }) => !String(label).startsWith(':')).find(({ position }) => position.line === end.line && position.character === end.character)
  }

  it('stand behind what they follow from', async () => {
    const { document, hints: all } = await hints()
    const label = (text: string): unknown => behind(all, document, text)?.label
    assert.equal(label('app -> lb -> api'), '2k/s, peak 4k/s', 'once for the chain')
    assert.equal(label('app -> lb'), undefined)
    assert.equal(label('api -> db'), '200/s, peak 400/s')
    assert.equal(label('capacity: 1k/s'), '100% at peak')
    assert.equal(label('cache hot'), undefined, 'of a default there is no verdict')
    assert.match(String(label('p99: 200ms')), /^(≈|≥) \d+ms.* ⚠$/)
    assert.equal(label('availability: 99.95%'), '≤ 99.9% ⚠')
  })

  it('tell how they were computed, with the lines that say the inputs as links', async () => {
    const { document, hints: all } = await hints()
    const told = (text: string): string => (behind(all, document, text)!.tooltip as { value: string }).value
    assert.match(told('api -> db'), /\["Look": 2k\/s × 0\.1 a run = 200\/s\]\(.*look\.lintel#L12,6\)/)
    assert.match(told('capacity: 1k/s'), /4k\/s arrive, and its 4 replicas take 4k\/s: 100%/)
    assert.match(told('capacity: 1k/s'), /\[`api`: replicas: 4\]\(.*#L4,\d+\)/)
    assert.match(told('availability: 99.95%'), /`tax`: 99\.9%, which costs 43\.2 min in 30 days\]\(.*#L7,/)
    assert.match(told('availability: 99.95%'), /the target of 99\.95% allows 21\.6 min in 30 days/)
  })

  it('are left out kind by kind where the settings say so', async () => {
    const { document, hints: all } = await hints({ 'lintel.hints': { rates: false, availability: false } })
    assert.equal(behind(all, document, 'api -> db'), undefined)
    assert.equal(behind(all, document, 'availability: 99.95%'), undefined)
    assert.equal(behind(all, document, 'capacity: 1k/s')?.label, '100% at peak')
    assert.ok(all.some(({ label }) => String(label).startsWith(':')), 'verbs are still there')
  })
})

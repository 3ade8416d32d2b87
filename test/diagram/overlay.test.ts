/** Words that a lens lays over a picture cover nothing and stay off each other, on every example. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { analyse } from '../../src/analysis/analysis.ts'
import { createRenderer } from '../../src/diagram/draw.ts'
import { inProcessEngine } from '../../src/diagram/engine.ts'
import { chipRect, overlaid } from '../../src/diagram/overlay.ts'
import type { Overlay, PlacedEdge } from '../../src/diagram/picture.ts'
import type { Rect } from '../../src/diagram/shapes.ts'
import { seenThrough } from '../../src/lenses/lens.ts'
import { openText } from '../../src/workspace.ts'
import { modelOf } from '../support/design.ts'

const examples = fileURLToPath(new URL('../../examples', import.meta.url))
const texts = readdirSync(examples, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.lintel') && !file.includes('flawed')).map((file) => [file, readFileSync(join(examples, file), 'utf8')] as const)

const meets = (a: Rect, b: Rect): boolean => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
const labelOf = (edge: PlacedEdge): Rect[] => (edge.labelAt && edge.label.length > 0 ? [{ ...edge.labelAt, width: edge.labelWidth, height: edge.labelHeight }] : [])

describe('an overlay', () => {
  const renderer = createRenderer(inProcessEngine())
  after(() => renderer.dispose())

  for (const [file, text] of texts) {
    it(`has room for its words in ${file}`, async () => {
      const { model } = openText(text)
      const { placed } = await renderer.draw(model, { theme: 'light' })
      const { overlay } = seenThrough({ type: 'load' }, model, analyse(model))
      const over = overlaid(placed, model, overlay, []).placed
      const cards = over.nodes.filter((node) => node.head === 0 && !(node.type === 'container' && !node.collapsed))
      for (const edge of over.edges) {
        for (const label of labelOf(edge)) {
          for (const card of cards) assert.ok(!meets(label, card), `${edge.label.join()} of ${edge.id} covers ${card.id}`)
          for (const card of cards) for (const chip of [chipRect(card)].filter((rect) => rect !== undefined)) assert.ok(!meets(label, chip!), `${edge.label.join()} covers the chip of ${card.id}`)
          for (const other of over.edges) if (other !== edge) for (const rect of labelOf(other)) assert.ok(!meets(label, rect), `${edge.label.join()} covers ${other.label.join()}`)
        }
      }
      for (const node of cards) {
        const chip = chipRect(node)
        if (chip) assert.ok(chip.x >= node.x && chip.x + chip.width <= node.x + node.width, `the chip of ${node.id} is wider than its card`)
      }
    })
  }

  it('shows on a closed container the worst of what is in it', async () => {
    const model = modelOf('region r {\n  service a\n  service b\n}\nclient c\nc -> a, b')
    const { placed } = await renderer.draw(model, { theme: 'light', collapsed: ['r'] })
    const overlay: Overlay = { title: 'T', things: new Map([['r.a', { tone: 'calm', words: ['10%'], note: ['a: 10%'] }], ['r.b', { tone: 'over', words: ['120%'], note: ['b: 120%'] }]]), arrows: new Map(), key: [] }
    const { nodes } = overlaid(placed, model, overlay, [])
    assert.equal(nodes.get('r')?.tone, 'over')
    assert.deepEqual(nodes.get('r')?.note, ['a: 10%', 'b: 120%'])
  })

  it('takes the longest words that a card has room for, and none where there is no room', async () => {
    const model = modelOf('service a')
    const { placed } = await renderer.draw(model, { theme: 'light' })
    const chip = (words: readonly string[]) => overlaid(placed, model, { title: 'T', things: new Map([['a', { words }]]), arrows: new Map(), key: [] }, []).placed.nodes[0]!.chip?.text
    assert.equal(chip(['as long as no card of one letter ever gets', 'short']), 'short')
    assert.equal(chip(['as long as no card of one letter ever gets']), undefined)
  })
})

import assert from 'node:assert/strict'
import { drawio } from '../../src/export/drawio.ts'
import { html } from '../../src/export/html.ts'
import { json } from '../../src/export/json.ts'
import { render } from '../../src/diagram/render.ts'
import type { PlacedGraph } from '../../src/diagram/picture.ts'
import { modelOf } from '../support/design.ts'
import { parseXml, textOf, type XmlElement } from '../support/xml.ts'
import { hostile, HOSTILE, orders } from './placed.ts'

function all(element: XmlElement, name: string): readonly XmlElement[] {
  const inner = element.children.flatMap((child) => (typeof child === 'string' ? [] : all(child, name)))
  return element.name === name ? [element, ...inner] : inner
}

describe('draw.io', () => {
  it('has every box where our picture has it, inside what it stands in, and every arrow joined to its ends', async () => {
    const placed = await orders()
    const cells = all(parseXml(drawio(placed, 'Orders & "co"')), 'mxCell')
    const byId = new Map(cells.map((cell) => [cell.attributes['id'], cell]))
    assert.equal(byId.size, 2 + placed.nodes.length + placed.edges.length)
    const origin = (id: string | undefined): { x: number; y: number } => {
      if (id === '1') return { x: 0, y: 0 }
      const cell = byId.get(id)!
      const { x, y } = all(cell, 'mxGeometry')[0]!.attributes
      const outer = origin(cell.attributes['parent'])
      return { x: outer.x + Number(x), y: outer.y + Number(y) }
    }
    for (const { id, x, y, parent } of placed.nodes) {
      const at = origin(`n-${id}`)
      assert.ok(Math.abs(at.x - x) < 0.5 && Math.abs(at.y - y) < 0.5, `${id} at ${at.x}, ${at.y}`)
      assert.equal(byId.get(`n-${id}`)!.attributes['parent'], parent === undefined ? '1' : `n-${parent}`)
    }
    for (const { id, from, to, arrow, route } of placed.edges) {
      const cell = byId.get(`e-${id}`)!
      assert.deepEqual([cell.attributes['source'], cell.attributes['target']], [`n-${from}`, `n-${to}`])
      assert.equal(cell.attributes['style']!.includes('dashed=1'), arrow === 'message')
      assert.equal(all(cell, 'mxPoint').length, route.length - 2)
    }
  })

  it('shows hostile words as they are', async () => {
    const cells = all(parseXml(drawio(await hostile(), HOSTILE[1]!)), 'mxCell')
    // A value is HTML: what is left without our own marks is text.
    const values = cells.map(({ attributes }) => (attributes['value'] ?? '').replace(/<\/?b>|<br>/g, ' '))
    assert.ok(values.every((value) => !/[<>]/.test(value)))
    assert.ok(values.some((value) => value.includes('&lt;script&gt;')), values.join('\n'))
  })
})

describe('the page', () => {
  const svgOf = (placed: PlacedGraph) => render(placed, { theme: 'auto', model: modelOf('service a') }).svg

  it('is well-formed, loads nothing and runs nothing', async () => {
    const text = html({ svg: svgOf(await hostile()) }, HOSTILE[1]!, 'auto')
    assert.ok(text.startsWith('<!doctype html>\n'))
    const page = parseXml(text.slice('<!doctype html>'.length))
    assert.equal(textOf(all(page, 'title')[0]!), HOSTILE[1])
    assert.deepEqual([all(page, 'script').length, all(page, 'svg').length], [0, 1])
    const policy = all(page, 'meta').find(({ attributes }) => attributes['http-equiv'] === 'Content-Security-Policy')!.attributes['content']!
    assert.match(policy, /^default-src 'none';/)
    assert.doesNotMatch(policy, /https?:|\*|script/)
    assert.doesNotMatch(text.replaceAll('http://www.w3.org/2000/svg', ''), /https?:/)
  })

  it('follows the theme', async () => {
    const svg = svgOf(await orders())
    assert.match(html({ svg }, 't', 'auto'), /color-scheme:light dark/)
    assert.match(html({ svg }, 't', 'dark'), /color-scheme:dark}/)
  })
})

it('JSON gives the placed graph', async () => {
  const placed = await orders()
  assert.deepEqual(JSON.parse(json(placed)), JSON.parse(JSON.stringify(placed)))
})

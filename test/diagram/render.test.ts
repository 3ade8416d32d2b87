import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { Mark, PlacedEdge, PlacedGraph, PlacedNode } from '../../src/diagram/picture.ts'
import { measureLabel, measureNode } from '../../src/diagram/measure.ts'
import { render, type RenderOptions } from '../../src/diagram/render.ts'
import { dark, light } from '../../src/diagram/theme.ts'
import { modelOf } from '../support/design.ts'
import { property } from '../support/property.ts'
import { parseXml, textOf, type XmlElement } from '../support/xml.ts'

const TEXT = `design "Ticket sales" { goal: "Sell every seat once" }
data Booking { class: order }
region us-east {
  service orders "Orders API" { replicas: 12 }
  database ledger uses postgres { stores: Booking, shards: 16, key: event-id, replicas: 3 }
}
log bookings uses kafka { partitions: 64 }
orders -> ledger : writes "booking"
ledger ~> bookings : captures
`
const model = modelOf(TEXT)

function node(over: Partial<PlacedNode> & Pick<PlacedNode, 'id' | 'kind' | 'x' | 'y'>, label = over.id): PlacedNode {
  const content = { type: 'component' as const, facts: over.kind, truthOf: [], ...over }
  return { ...content, ...measureNode({ ...content, label, holds: false }), ...over }
}

function edge(over: Partial<PlacedEdge> & Pick<PlacedEdge, 'id' | 'from' | 'to' | 'route'>, label = ''): PlacedEdge {
  const { lines, width, height } = measureLabel(label)
  return { relations: [over.id], arrow: 'request', label: lines, labelWidth: width, labelHeight: height, ...over }
}

const region = node({ id: 'us-east', type: 'container', kind: 'region', x: 24, y: 24, width: 560, height: 140, facts: '', head: 44 })
const orders = node({ id: 'us-east.orders', parent: 'us-east', kind: 'service', family: 'compute', x: 44, y: 80, copies: '×12' }, 'Orders API')
const ledger = node({ id: 'us-east.ledger', parent: 'us-east', kind: 'database', family: 'keeps', technology: 'postgres', technologyLabel: 'PostgreSQL', truthOf: ['Booking'], x: 340, y: 76, copies: '×3' }, 'ledger')
const bookings = node({ id: 'bookings', kind: 'log', family: 'carries', x: 640, y: 80 })
const writes = edge(
  { id: 'us-east.orders>us-east.ledger:writes', from: orders.id, to: ledger.id, route: [{ x: orders.x + orders.width, y: 108 }, { x: ledger.x, y: 108 }], labelAt: { x: 230, y: 99 } },
  'booking',
)
const captures = edge({
  id: 'us-east.ledger>bookings:captures', from: ledger.id, to: bookings.id, arrow: 'message', route: [{ x: ledger.x + ledger.width, y: 108 }, { x: 610, y: 108 }, { x: 610, y: 106 }, { x: bookings.x, y: 106 }],
})
const placed: PlacedGraph = { direction: 'right', width: 800, height: 200, nodes: [region, orders, ledger, bookings], edges: [writes, captures] }

const draw = (over: Partial<RenderOptions> = {}, graph = placed) => render(graph, { theme: 'light', model, ...over })
const tree = (over: Partial<RenderOptions> = {}, graph = placed) => parseXml(draw(over, graph).svg)
const groups = (root: XmlElement) => new Map(all(root).flatMap((element) => (element.attributes['data-id'] === undefined ? [] : [[element.attributes['data-id'], element] as const])))

describe('the picture', () => {
  it('is SVG that every program opens: nothing foreign, nothing from elsewhere, nothing that runs', () => {
    for (const theme of ['light', 'dark', 'auto'] as const) {
      const root = tree({ theme, sources: [{ uri: 'file:///d/a.lintel', text: TEXT }] })
      assert.equal(root.name, 'svg')
      assert.equal(root.attributes['role'], 'graphics-document document')
      const known = ['svg', 'title', 'desc', 'metadata', 'lintel:source', 'style', 'g', 'rect', 'path', 'circle', 'text']
      for (const { name, attributes } of all(root)) {
        assert.ok(known.includes(name), name)
        for (const [attribute, value] of Object.entries(attributes)) {
          assert.ok(attribute !== 'style' && !attribute.startsWith('on') && !attribute.endsWith('href'), `${name} ${attribute}`)
          assert.doesNotMatch(value, /url\(|NaN|undefined|Infinity|e[+-]\d/, `${name} ${attribute}`)
        }
      }
      assert.ok(!/https?:/.test(draw({ theme }).svg.replaceAll('http://www.w3.org/2000/svg', '')))
    }
  })

  it('is the same bytes for the same input, and says its own size', () => {
    const first = draw()
    assert.deepEqual(draw(), first)
    const root = parseXml(first.svg)
    assert.equal(root.attributes['viewBox'], `0 0 ${first.width} ${first.height}`)
    assert.ok(first.width >= placed.width && first.height > placed.height)
    assert.equal(draw({ legend: false }).height, placed.height)
  })

  it('has a group with its id, an accessible name and its words for each thing drawn', () => {
    const root = tree()
    const drawn = groups(root)
    assert.deepEqual([...drawn.keys()].sort(), [...placed.nodes, ...placed.edges].map(({ id }) => id).sort())
    const name = (id: string) => textOf(drawn.get(id)!.children.find((child) => typeof child !== 'string') as XmlElement)
    assert.equal(name('us-east.ledger'), 'ledger (database)\n3 copies · truth of Booking')
    assert.equal(name(writes.id), 'Orders API → ledger\nwrites: booking')
    const words = (id: string) => all(drawn.get(id)!).filter((element) => element.name === 'text').map(textOf)
    assert.deepEqual(words('us-east.ledger'), ['Pg', 'ledger', 'database', '×3', 'truth of Booking'])
    assert.deepEqual(words('us-east'), ['REGION', 'us-east'])
    const ids = all(root).flatMap(({ attributes }) => attributes['id'] ?? [])
    assert.equal(new Set(ids).size, ids.length)
    for (const id of ids) assert.match(id, /^[A-Za-z][\w-]*$/)
  })

  it('is described from the model', () => {
    const root = tree({ view: 'Write path' })
    const said = (name: string) => textOf(root.children.find((child) => typeof child !== 'string' && child.name === name) as XmlElement)
    assert.equal(said('title'), 'Ticket sales: Write path')
    assert.equal(said('desc'), 'Goal: Sell every seat once. 3 components in 1 region: 1 service, 1 database and 1 log. 1 request and 1 message between them. The truth of Booking is in ledger.')
    assert.match(textOf(tree({ marks: [mark(orders.id, 'error', 2)] }).children.find((child) => typeof child !== 'string' && child.name === 'desc') as XmlElement), /Found: 2 errors\./)
  })

  it('stacks a card for two copies and two for more', () => {
    const cards = (copies: string | undefined) => {
      const drawn = groups(tree({}, { ...placed, nodes: [{ ...orders, copies }], edges: [] })).get(orders.id)!
      return all(drawn).filter(({ attributes }) => attributes['stroke-opacity'] !== undefined).length
    }
    assert.deepEqual([undefined, '×2', '×3', '×12', '×12..24'].map(cards), [0, 1, 2, 2, 2])
  })

  it('leaves a gap in the line for its label, and lets the head touch the silhouette', () => {
    const drawn = groups(tree()).get(writes.id)!
    const line = lineOf(drawn)
    const { x } = writes.labelAt!
    for (const [from, to] of stretches(line)) assert.ok(Math.max(from, to) <= x || Math.min(from, to) >= x + writes.labelWidth, `${from}..${to} runs through the label`)
    assert.ok(stretches(line).length >= 2)
    const head = all(drawn).find(({ attributes }) => /^M338\.5 108/.test(attributes['d'] ?? ''))
    assert.ok(head, 'a full head with its tip at the card')
    // A log has a notch on its left, which the arrow goes into.
    const message = groups(tree()).get(captures.id)!
    const tip = all(message).map(({ attributes }) => /^M[\d.]+ [\d.]+L([\d.]+) 106L/.exec(attributes['d'] ?? '')?.[1]).find(Boolean)
    assert.ok(Number(tip) > bookings.x + 5, `the tip is at ${tip}`)
  })

  it('tells requests from messages by dashes and by heads', () => {
    const drawn = groups(tree())
    const dashes = (id: string) => all(drawn.get(id)!).filter(({ attributes }) => attributes['stroke-dasharray'] !== undefined).length
    assert.deepEqual([dashes(writes.id), dashes(captures.id)], [0, 1])
    const filled = (id: string) => all(drawn.get(id)!).filter(({ name, attributes }) => name === 'path' && attributes['fill'] === light.line).length
    assert.deepEqual([filled(writes.id), filled(captures.id)], [1, 0])
  })

  it('gives every arrow a broad invisible line to point at', () => {
    for (const { id } of placed.edges) {
      const wide = all(groups(tree()).get(id)!).find(({ attributes }) => attributes['pointer-events'] === 'stroke')!
      assert.equal(wide.attributes['stroke'], 'none')
      assert.ok(Number(wide.attributes['stroke-width']) >= 10)
    }
  })

  it('shows findings, and nothing else, in red and amber', () => {
    const reds = (svg: string) => [light.error, light.warning, light.warningFill].filter((colour) => svg.includes(colour))
    assert.deepEqual(reds(draw().svg), [])
    const marks = [mark(writes.id, 'error', 1), mark(ledger.id, 'warning', 3), mark(ledger.id, 'info', 1), mark(orders.id, 'hint', 1)]
    const root = tree({ marks })
    const drawn = groups(root)
    const line = lineOf(drawn.get(writes.id)!)
    assert.equal(line.attributes['stroke'], light.error)
    const words = (id: string) => all(drawn.get(id)!).filter(({ name }) => name === 'text').map(textOf)
    assert.ok(words(writes.id).includes('!'))
    assert.ok(words(ledger.id).includes('4'), 'the number where there are several, with the worst one’s form')
    assert.ok(!words(orders.id).includes('!'), 'a hint is for the text only')
    assert.match(textOf(drawn.get(ledger.id)!), /warning of us-east\.ledger/)
  })

  it('puts a badge on a corner that no line meets', () => {
    const badge = (route: PlacedEdge['route']) => {
      const line = edge({ id: 'x', from: 'elsewhere', to: orders.id, route })
      const drawn = groups(tree({ marks: [mark(orders.id, 'error', 1)] }, { ...placed, nodes: [orders], edges: [line] })).get(orders.id)!
      const { cx, cy } = all(drawn).find(({ name }) => name === 'circle')!.attributes
      return [Number(cx) < orders.x + orders.width / 2 ? 'left' : 'right', Number(cy) < orders.y + orders.height / 2 ? 'top' : 'bottom'].join(' ')
    }
    assert.equal(badge([{ x: 100, y: 0 }, { x: 100, y: orders.y }]), 'left top')
    assert.equal(badge([{ x: orders.x + 8, y: 0 }, { x: orders.x + 8, y: orders.y }]), 'left bottom')
  })

  it('marks what stands for something hidden', () => {
    const closed = node({ id: 'us-east', type: 'container', kind: 'region', x: 24, y: 24, collapsed: true })
    const root = tree({ marks: [mark('us-east.ledger', 'error', 1)] }, { ...placed, nodes: [closed, bookings], edges: [] })
    assert.match(textOf(groups(root).get('us-east')!), /error of us-east\.ledger/)
  })

  it('has a legend of what occurs and of nothing else', () => {
    const legend = (graph: PlacedGraph, marks: readonly Mark[] = []) => {
      const last = tree({ marks }, graph).children.findLast((child) => typeof child !== 'string') as XmlElement
      return last.attributes['aria-hidden'] === undefined ? [] : all(last).filter(({ name }) => name === 'text').map(textOf).filter((text) => text !== '!')
    }
    assert.deepEqual(legend(placed), ['computes', 'keeps', 'carries', 'request', 'message', 'copies', 'source of truth'])
    assert.deepEqual(legend({ ...placed, nodes: [bookings], edges: [] }, [mark('bookings', 'error', 1)]), ['carries', 'error'])
    assert.deepEqual(legend({ ...placed, nodes: [], edges: [] }), [])
    const narrow = { ...placed, width: 200, nodes: placed.nodes.map((one) => ({ ...one, x: 0 })) }
    assert.ok(draw({}, narrow).height > draw().height, 'it wraps where the picture is narrow')
  })

  it('has a dark look for those who ask for it, in light attributes and one media query', () => {
    const { svg } = draw({ theme: 'auto' })
    assert.ok(svg.includes(`fill="${light.card}"`) && !svg.includes(`fill="${dark.card}"`))
    const css = /<style>(.*)<\/style>/s.exec(svg)![1]!
    const classes = new Set(all(parseXml(svg)).flatMap(({ attributes }) => attributes['class']?.split(' ') ?? []))
    for (const name of classes) assert.ok(css.includes(`.${name}{`), name)
    assert.equal(css.match(/@media/g)?.length, 1)
    assert.ok(!draw({ theme: 'dark' }).svg.includes('@media'))
  })

  it('carries the fonts of the scripts that occur in it', () => {
    const faces = (svg: string) => svg.match(/@font-face/g)?.length
    assert.equal(faces(draw().svg), 2)
    assert.equal(faces(draw({}, { ...placed, nodes: [{ ...orders, title: ['Заказы'] }], edges: [] }).svg), 4)
    assert.ok(draw().svg.includes('src:url(data:font/woff2;base64,'))
  })

  it('carries the design, to be opened again, and says nothing of the machine it was made on', () => {
    const text = 'service a "]]> <b> & \\"quoted\\"" // ünï\r\n\tcache c\n'
    const sources = [{ uri: 'file:///home/someone/designs/root.lintel', text }, { uri: 'file:///home/someone/designs/parts/b.lintel', text: '' }]
    const root = tree({ sources })
    const kept = all(root).filter(({ name }) => name === 'lintel:source')
    assert.deepEqual(kept.map(({ attributes }) => attributes['name']), ['root.lintel', 'parts/b.lintel'])
    assert.equal(textOf(kept[0]!), text)
    assert.ok(!draw({ sources }).svg.includes('someone'))
  })

  it('moves a caption aside where an arrow comes in through the top', () => {
    const from = node({ id: 'above', kind: 'client', x: 24, y: -90 })
    const captionX = (x: number) => {
      const down = edge({ id: 'above>us-east.orders:calls', from: 'above', to: orders.id, route: [{ x, y: -34 }, { x, y: orders.y }] })
      const drawn = groups(tree({}, { ...placed, nodes: [from, region, orders], edges: [down] })).get('us-east')!
      return Number(all(drawn).find(({ name }) => name === 'text')!.attributes['x'])
    }
    assert.equal(captionX(500), captionX(400))
    assert.ok(captionX(80) > 80)
  })

  it('is well-formed whatever the labels say', () => {
    const nasty = fc.string({ unit: fc.constantFrom('"', '<', '>', '&', "'", ']]>', '\u0000', '\u001b', '\ud800', '\ufffe', '😀', 'שלום', '\u202e', '\n', ' ', 'a', '<!--', '${'), maxLength: 12 })
    property(
      fc.property(nasty, nasty, nasty, (label, id, facts) => {
        const odd = node({ id, kind: 'service', x: 0, y: 0, facts, copies: label, truthOf: [label], technology: id, technologyLabel: label }, label)
        const arrow = edge({ id: `${id}>`, from: id, to: id, route: [{ x: 0, y: 0 }, { x: 50, y: 0 }], labelAt: { x: 10, y: 0 } }, label)
        const graph: PlacedGraph = { direction: 'down', width: 100, height: 100, nodes: [odd], edges: [arrow] }
        const root = parseXml(render(graph, { theme: 'auto', model, marks: [{ id, severity: 'error', count: 1, text: [label] }], sources: [{ uri: id, text: label }] }).svg)
        assert.equal(all(root).filter(({ attributes }) => attributes['role'] === 'graphics-symbol').length, 2)
        const shown = all(root).filter(({ name }) => name === 'text' || name === 'title').map(textOf).join('')
        assert.ok(!/[\u0000-\u0008\u202e]/.test(shown), JSON.stringify(shown))
      }),
    )
  })

  it('draws nothing but the ground where there is nothing', () => {
    const root = tree({}, { direction: 'down', width: 48, height: 48, nodes: [], edges: [] })
    assert.equal(groups(root).size, 0)
    assert.ok(textOf(root).includes('No components yet.'))
  })
})

function mark(id: string, severity: Mark['severity'], count: number): Mark {
  return { id, severity, count, text: [`${severity} of ${id}`] }
}

function all(element: XmlElement): readonly XmlElement[] {
  return [element, ...element.children.flatMap((child) => (typeof child === 'string' ? [] : all(child)))]
}

/** The visible line of an edge's group: the second path, behind the broad one. */
function lineOf(group: XmlElement): XmlElement {
  return all(group).filter(({ name }) => name === 'path')[1]!
}

/** The x of both ends of each level stretch of a path of straight lines. */
function stretches(line: XmlElement): readonly (readonly [number, number])[] {
  return line.attributes['d']!.split('M').slice(1).map((part) => part.split('L').map((point) => Number(point.split(' ')[0]))).map(([from, to]) => [from!, to!] as const)
}

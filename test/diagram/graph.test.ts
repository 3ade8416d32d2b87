import assert from 'node:assert/strict'
import { toGraph, type GraphOptions } from '../../src/diagram/graph.ts'
import type { DiagramGraph } from '../../src/diagram/picture.ts'
import { modelOf } from '../support/design.ts'

const SHOP = `
data Order { class: order, key: order-id }
client app "Web"
region east "US East" {
  zone a {
    service api "Order API" { replicas: 3, capacity: 1k/s }
    cache carts uses redis { pattern: cache-aside, ttl: 5s }
  }
  database ledger uses postgres { stores: Order, shards: 4, key: order-id }
}
external psp "Payment provider" uses stripe
app -> api
api -> carts : reads { hit-ratio: 90% }
api -> ledger : writes "save the order" { op: insert }
api -> psp : calls "charge"
flow "Pay" { app -> api  api -> psp }
`

function graphOf(text: string, options: GraphOptions = {}): DiagramGraph {
  return toGraph(modelOf(text), options)
}

const ids = ({ nodes }: DiagramGraph) => nodes.map(({ id }) => id)
const arrows = ({ edges }: DiagramGraph) => edges.map(({ from, to, arrow, label }) => `${from} ${arrow === 'request' ? '->' : '~>'} ${to}${label.length > 0 ? ` : ${label.join(' ')}` : ''}`)
const node = ({ nodes }: DiagramGraph, id: string) => nodes.find((one) => one.id === id)!

describe('what is drawn', () => {
  it('is everything, each behind what it stands in, in the order of the text', () => {
    const graph = graphOf(SHOP)
    assert.deepEqual(ids(graph), ['app', 'east', 'east.a', 'east.a.api', 'east.a.carts', 'east.ledger', 'psp'])
    assert.equal(node(graph, 'east.a.api').parent, 'east.a')
    assert.deepEqual(arrows(graph), ['app -> east.a.api', 'east.a.api -> east.a.carts : reads · 90% hit', 'east.a.api -> east.ledger : save the order', 'east.a.api -> psp : charge'])
  })

  it('says what it is by name, technology, copies, and the truth that it holds', () => {
    const graph = graphOf(SHOP)
    assert.deepEqual(node(graph, 'east').title, ['US East'])
    assert.equal(node(graph, 'east.a.api').copies, '×3')
    assert.equal(node(graph, 'east.a.carts').technology, 'redis')
    assert.equal(node(graph, 'east.a.carts').technologyLabel, 'Redis')
    assert.match(node(graph, 'east.a.carts').facts, /^Redis · cache-aside · 5s$/)
    assert.deepEqual(node(graph, 'east.ledger').truthOf, ['Order'])
    assert.equal(node(graph, 'psp').family, 'others')
    assert.ok(node(graph, 'east').head > 0 && node(graph, 'app').head === 0)
  })

  it('draws an empty container too', () => {
    assert.deepEqual(ids(graphOf('region east {}\nservice api')), ['east', 'api'])
  })

  it('is nothing for an empty design', () => {
    const graph = graphOf('')
    assert.deepEqual([graph.nodes, graph.edges], [[], []])
  })

  it('names shards and replicas one by one, replicas in their shard', () => {
    const graph = graphOf('database db uses postgres {\n  shard s1 { replica r1 { role: leader } replica r2 }\n  shard s2\n}\nservice api\napi -> db : reads')
    assert.deepEqual(ids(graph), ['db', 'db.s1', 'db.s1.r1', 'db.s1.r2', 'db.s2', 'api'])
    assert.deepEqual(graph.nodes.map(({ parent }) => parent), [undefined, 'db', 'db.s1', 'db.s1', 'db', undefined])
    assert.equal(node(graph, 'db.s1.r1').type, 'part')
    assert.equal(node(graph, 'db.s1.r1').family, 'keeps')
    assert.match(node(graph, 'db.s1.r1').facts, /leader/)
    assert.deepEqual(arrows(graph), ['api -> db : reads'])
  })

  it('draws a component with components in it as a card that holds them', () => {
    const graph = graphOf('service shop {\n  cache local\n  service core\n}\nclient app\napp -> shop\ncore -> local : reads\nshop -> core')
    assert.equal(node(graph, 'shop').type, 'component')
    assert.ok(node(graph, 'shop').head > 0)
    assert.equal(node(graph, 'shop.core').parent, 'shop')
    assert.deepEqual(arrows(graph), ['app -> shop', 'shop.core -> shop.local : reads', 'shop -> shop.core'])
  })
})

describe('the lines', () => {
  it('are shared by relations with the same ends and the same arrow', () => {
    const graph = graphOf('service api\ndatabase db\napi -> db : reads\napi -> db : writes\nservice job\napi -> job\njob -> api')
    assert.deepEqual(arrows(graph).slice(0, 1), ['api -> db : reads, writes'])
    assert.deepEqual(graph.edges[0]!.relations, ['api>db:reads', 'api>db:writes'])
    assert.equal(graph.edges.length, 3)
  })

  it('name two of many relations, and how many more', () => {
    const words = ['list', 'create', 'rename', 'delete', 'archive']
    const graph = graphOf(`service a\nservice b\n${words.map((word) => `a -> b : calls "${word}"`).join('\n')}`)
    assert.deepEqual(arrows(graph), ['a -> b : list, create + 3 more'])
  })

  it('are not labelled with what their arrow says', () => {
    const graph = graphOf('client app\nservice api\nlog events\nworker mailer\napp -> api : calls\napi ~> events : publishes\nevents ~> mailer : delivers')
    assert.deepEqual(arrows(graph), ['app -> api', 'api ~> events', 'events ~> mailer'])
  })

  it('may begin where they end', () => {
    assert.deepEqual(arrows(graphOf('service api\napi -> api : calls "retry"')), ['api -> api : retry'])
  })
})

describe('a view', () => {
  const withView = (body: string) => `${SHOP}\nview "V" { ${body} }`
  const view = (body: string) => graphOf(withView(body), { view: 'V' })

  it('shows what it includes, and the containers around it', () => {
    assert.deepEqual(ids(view('include: [api, ledger]')), ['east', 'east.a', 'east.a.api', 'east.ledger'])
    assert.deepEqual(arrows(view('include: [api, ledger]')), ['east.a.api -> east.ledger : save the order'])
  })

  it('includes all that is in a container, the components of a flow, the stores of data', () => {
    assert.deepEqual(ids(view('include: [a, psp]')), ['east', 'east.a', 'east.a.api', 'east.a.carts', 'psp'])
    assert.deepEqual(ids(view('include: "Pay"')), ['app', 'east', 'east.a', 'east.a.api', 'psp'])
    assert.deepEqual(ids(view('include: Order')), ['east', 'east.ledger'])
  })

  it('leaves out what it excludes, with all that is in it', () => {
    assert.deepEqual(ids(view('exclude: [a, psp]')), ['app', 'east', 'east.ledger'])
  })

  it('draws what it collapses as one node, which its arrows reach', () => {
    const graph = view('collapse: a')
    assert.deepEqual(ids(graph), ['app', 'east', 'east.a', 'east.ledger', 'psp'])
    assert.equal(node(graph, 'east.a').collapsed, true)
    assert.deepEqual(arrows(graph), ['app -> east.a', 'east.a -> east.ledger : save the order', 'east.a -> psp : charge'])
  })

  it('collapses the outermost of nested ones, and what the preview collapses besides', () => {
    assert.deepEqual(ids(graphOf(withView('collapse: a'), { view: 'V', collapsed: ['east'] })), ['app', 'east', 'psp'])
  })

  it('says which way it runs; the caller may say otherwise', () => {
    assert.equal(view('direction: right').direction, 'right')
    assert.equal(graphOf(SHOP).direction, undefined)
    assert.equal(graphOf(withView('direction: right'), { view: 'V', direction: 'down' }).direction, 'down')
  })
})

describe('the structure', () => {
  const structure = (text: string) => graphOf(text).structure

  it('stays under edits of numbers, findings, and words that take the same room', () => {
    const before = structure(SHOP)
    assert.equal(structure(SHOP.replace('op: insert', 'op: upsert')), before)
    assert.equal(structure(SHOP.replace('ttl: 5s', 'ttl: 6s')), before)
    assert.equal(structure(`// a comment\n\n${SHOP}`), before)
    assert.equal(structure(SHOP.replaceAll('ledger', 'legder')), before)
  })

  it('changes with nodes, arrows, nesting, order and sizes', () => {
    const edits = [
      SHOP.replace('external psp', 'service more\nexternal psp'),
      `${SHOP}\napp -> psp`,
      SHOP.replace('app -> api\n', 'app ~> api\n'),
      SHOP.replace('zone a {', 'zone a {}\nzone b {'),
      SHOP.replace('"Order API"', '"The application programming interface of orders"'),
      SHOP.replace('"save the order"', '"save"'),
      SHOP.replace('client app "Web"\n', '') + 'client app "Web"\n',
    ]
    const all = [SHOP, ...edits].map(structure)
    assert.equal(new Set(all).size, all.length)
  })
})

import assert from 'node:assert/strict'
import { InsertTextFormat, type CompletionItem } from 'vscode-languageserver-protocol'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { startEditor, type Editor } from './client.ts'

const DESIGN = `let visits = 20k/s
let photo = 2MB
data Order { class: order, key: order-id }
client app
service api "API" uses envoy { replicas: 3 }
database ledger uses postgres
queue jobs uses sqs
worker mailer
region east { service east-api }
app -> api
flow "Buy" { rate: visits  app -> api }
`

describe('completion', function () {
  this.timeout(90_000)
  let editor: Editor
  let count = 0
  before(async () => (editor = await startEditor({ files: { 'parts/payments.lintel': 'service pay\n', 'other.lintel': 'service other\n' } })))
  after(async () => {
    const { errors } = editor
    await editor.close()
    assert.deepEqual(errors, [])
  })

  /** What is offered at the `|` of a text that stands behind the design. */
  async function offered(marked: string, triggerCharacter?: string): Promise<readonly CompletionItem[]> {
    const document = editor.open(`d${count++}.lintel`, DESIGN + marked)
    const items = await editor.connection.sendRequest<CompletionItem[]>('textDocument/completion', {
      textDocument: { uri: document.uri }, position: document.cursor, context: triggerCharacter ? { triggerKind: 2, triggerCharacter } : { triggerKind: 1 },
    })
    document.close()
    return items.toSorted((a, b) => (a.sortText! < b.sortText! ? -1 : 1))
  }
  const labels = async (marked: string, trigger?: string) => (await offered(marked, trigger)).map(({ label }) => label)

  /** The text after the item was taken, with its tab stops. */
  async function taken(marked: string, label: string): Promise<string> {
    const item = (await offered(marked)).find((item) => item.label === label)
    assert.ok(item, `${label} is not offered`)
    const at = marked.indexOf('|')
    const document = TextDocument.create('', '', 0, DESIGN + marked.slice(0, at) + marked.slice(at + 1))
    return TextDocument.applyEdits(document, [item.textEdit as never]).slice(DESIGN.length)
  }

  it('offers statements, kinds, containers and names at the start of a line', async () => {
    const all = await labels('|')
    for (const word of ['flow', 'let', 'import', 'database', 'region', 'api', 'ledger']) assert.ok(all.includes(word), `${word} is missing`)
    assert.equal(await taken('da|', 'database'), 'database ${1:name}')
    assert.match(await taken('fl|', 'flow'), /^flow "\$\{1:Title\}" \{/)
  })

  it('documents what it offers', async () => {
    const kind = (await offered('|')).find(({ label }) => label === 'database')!
    assert.match((kind.documentation as { value: string }).value, /\*\*database\*\*/)
  })

  it('offers technologies that can be of the kind, the usual ones first', async () => {
    const all = await labels('database d uses |')
    assert.ok(all.includes('postgres') && all.includes('dynamodb'))
    assert.ok(!all.includes('kafka'))
    const caches = await labels('cache c uses |')
    assert.equal(caches.includes('memcached'), true)
    assert.equal(caches.includes('postgres'), false)
    assert.ok((await labels('log l uses kafka(|')).includes('<3.0'))
  })

  it('offers the properties of the kind, those its rules ask for on top, without those that are there', async () => {
    const all = await labels('log l uses kafka {\n  retention: 7d\n  |\n  min-isr: 2\n}')
    assert.ok(all.indexOf('partitions') >= 0 && all.indexOf('partitions') < 6, `partitions is at ${all.indexOf('partitions')}`)
    assert.ok(!all.includes('retention') && !all.includes('min-isr'))
    assert.ok(!all.includes('eviction'), 'a property of caches')
  })

  it('offers the properties of the verb, of a block, of data, of a flow', async () => {
    const relation = await labels('api -> ledger : writes { | }')
    assert.ok(relation.includes('timeout') && relation.includes('op'))
    assert.ok((await labels('database d { failover { | } }')).includes('detect'))
    assert.ok((await labels('data D { | }')).includes('class'))
    const flow = await labels('flow "f" { | }')
    assert.deepEqual(flow.slice(0, 2), ['rate', 'peak'])
    assert.ok(flow.includes('api') && flow.includes('when'))
    assert.equal(await taken('flow "f" { ra| }', 'rate'), 'flow "f" { rate: $1 }')
    assert.ok((await labels('region r { | }')).slice(0, 30).includes('database'), 'what stands in a region comes before what is said of it')
    assert.equal(await taken('database d { fail| }', 'failover'), 'database d { failover { $0 } }')
  })

  it('offers the words that a property takes, with their meanings, and calls with their arguments', async () => {
    const items = await offered('database d { sync: | }')
    const semi = items.find(({ label }) => label === 'semi-sync')
    assert.ok(semi)
    assert.ok((semi.documentation as { value: string }).value.length > 20)
    assert.equal(items.at(-1)!.label, 'unknown')
    assert.match(await taken('log l { key-dist: | }', 'hot(share)'), /key-dist: hot\(\$\{1:share\}\) \}/)
    assert.equal((await offered('log l { key-dist: | }')).find(({ label }) => label === 'hot(share)')!.insertTextFormat, InsertTextFormat.Snippet)
  })

  it('offers units behind a number, of the dimension that is wanted', async () => {
    const all = await labels('api -> ledger { timeout: 200| }')
    assert.ok(all.includes('200ms') && !all.includes('200MB'))
    assert.equal(await taken('api -> ledger { timeout: 200| }', '200ms'), 'api -> ledger { timeout: 200ms }')
    assert.ok((await labels('flow "f" { rate: 10| }')).includes('10k/s'))
  })

  it('offers named numbers of the right dimension', async () => {
    const all = await labels('flow "f" { rate: | }')
    assert.ok(all.includes('visits') && !all.includes('photo'))
    assert.ok((await labels('let x = |')).includes('photo'))
    assert.ok(!(await labels('let x = |')).includes('x'))
  })

  it('offers names where names stand', async () => {
    const ends = await labels('api -> |')
    assert.ok(ends.includes('ledger') && !ends.includes('Order') && !ends.includes('api'))
    assert.ok((await labels('api -> ledger { data: | }')).includes('Order'))
    assert.ok((await labels('view "v" { include: [api, | ] }')).includes('ledger'))
    assert.ok(!(await labels('view "v" { include: [api, | ] }')).includes('api'))
    assert.deepEqual(await labels('east.|'), ['east-api'])
  })

  it('offers verbs that may join the ends', async () => {
    const store = await labels('api -> ledger : |')
    assert.ok(store.includes('reads') && store.includes('writes') && !store.includes('delivers') && !store.includes('publishes'))
    assert.ok((await labels('api ~> jobs : |')).includes('publishes'))
    assert.ok((await labels('mailer -> jobs : |')).includes('consumes'))
  })

  it('offers rules after accept, with their reason to fill in', async () => {
    const all = await labels('accept |')
    assert.ok(all.includes('hot-partition') && all.includes('dual-write'))
    assert.equal(await taken('accept hot|', 'hot-partition'), 'accept hot-partition because "${1:why}"')
    assert.equal(await taken('accept hot| because "x"', 'hot-partition'), 'accept hot-partition because "x"')
    assert.deepEqual(await labels('accept hot-partition |'), ['because'])
    assert.match((await labels('accept hot-partition because "x" |'))[0]!, /^until \d{4}-\d\d-\d\d$/)
  })

  it('offers the workspace’s designs to import', async () => {
    await editor.diagnostics(editor.open('first.lintel', 'service x').uri)
    const all = await labels('import "|"')
    assert.ok(all.includes('./parts/payments.lintel') && all.includes('./other.lintel'), all.join())
    assert.equal(await taken('import "./pa|"', './parts/payments.lintel'), 'import "./parts/payments.lintel"')
  })

  it('offers flows and outcomes in a scenario', async () => {
    assert.equal(await taken('scenario "s" { expect | }', '"Buy"'), 'scenario "s" { expect "Buy":  }')
    assert.deepEqual(await labels('scenario "s" { expect "Buy": | }'), ['available', 'degraded', 'deferred', 'unavailable'])
  })

  it('offers in a scenario only what can fail, get slow, surge or be cut off', async () => {
    const fails = await labels('scenario "s" { fails: | }')
    assert.ok(['ledger', 'east', 'replica(component, copies?)'].every((one) => fails.includes(one)) || fails.some((one) => one.startsWith('replica(')), fails.join())
    assert.ok(!fails.includes('"Buy"'), 'a flow does not fail by itself')
    assert.deepEqual(await labels('scenario "s" { fails: technology(|) }'), ['envoy', 'postgres', 'sqs'])
    assert.deepEqual(await labels('scenario "s" { fails: zone(|) }'), ['east'])
    const slows = await labels('scenario "s" { slows: | }')
    assert.ok(slows.includes('ledger') && !slows.includes('"Buy"'), slows.join())
    assert.deepEqual(await labels('scenario "s" { surges: | }'), ['"Buy"', 'app'])
    assert.ok((await labels('scenario "s" { partitions: [[east], [|]] }')).includes('api'))
  })

  it('works in a text that is broken around it', async () => {
    assert.ok((await labels('service a { replicas: , ] }\nservice b { -> ->\n}\nlog x uses kafka { acks: |')).includes('all'))
    assert.ok((await labels('database d {\n  sync: semi-\n  failover { mode: |\n\nflow "f" {')).includes('auto'))
  })

  it('stays closed in comments, in texts, and at blanks where no one word is wanted', async () => {
    assert.deepEqual(await labels('// serv|'), [])
    assert.deepEqual(await labels('service a "serv|"'), [])
    assert.deepEqual(await labels('service a { replicas: 3, | }', ' '), [])
    assert.ok((await labels('database d uses |', ' ')).includes('postgres'))
  })

  it('writes no snippet for a client without them', async () => {
    // The items are the same; only the format differs, so one of each kind is enough.
    const item = (await offered('|')).find(({ label }) => label === 'api')!
    assert.equal(item.insertTextFormat, undefined)
  })
})

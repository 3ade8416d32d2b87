import assert from 'node:assert/strict'
import type { Hover } from 'vscode-languageserver-protocol'
import { startEditor, type Document, type Editor } from './client.ts'

const DESIGN = `design "Photos" { goal: "Share photos" }
let dau = 500M
let uploads = dau * 2/day
let photo = 2MB
let ingress = uploads * photo
let five-years = ingress * 5y
client app
region us-east {
  owner: core-team
  service api "Feed API" { replicas: 200, zones: 3, capacity: 1200/s }
  log follows uses kafka(2.8) { partitions: 256, key: user-id, replication-factor: 3 }
  accept hot-partition because "measured"
}
database meta uses postgres { replicas: 3, sync: semi-sync }
app -> api : calls { timeout: 1s }
api -> meta : writes { op: upsert }
api ~> follows
flow "Upload" { rate: uploads, peak: 3 * uploads  app -> api  api -> meta }
scenario "Meta is lost" { fails: meta  expect "Upload": unavailable }
`

describe('hover', function () {
  this.timeout(90_000)
  let editor: Editor
  let document: Document
  before(async () => {
    editor = await startEditor({ initializationOptions: { rulePages: 'https://example.org/{rule}' } })
    document = editor.open('photos.lintel', DESIGN)
  })
  after(async () => {
    const { errors } = editor
    await editor.close()
    assert.deepEqual(errors, [])
  })

  /** The Markdown over the `offset`th character of the first occurrence. */
  async function over(text: string, offset = 0): Promise<string> {
    const hover = await editor.connection.sendRequest<Hover | null>('textDocument/hover', { textDocument: { uri: document.uri }, position: document.at(text, offset) })
    return hover ? (hover.contents as { value: string }).value : ''
  }

  it('says what a scenario brings about, and what comes of what it expects', async () => {
    assert.match(await over('"Meta is lost"', 2), /- `meta` is down\.[\s\S]*- \*\*Upload\*\*: unavailable: `app` → `api` → `meta`; `meta` is down\./)
    assert.match(await over('unavailable }'), /\*\*unavailable\*\* \(outcome\)[\s\S]*In this scenario: unavailable: `app`/)
    assert.match(await over('expect "Upload"'), /In this scenario: unavailable/)
  })

  it('says what a kind, a container, a verb and a keyword are', async () => {
    assert.match(await over('service api'), /\*\*service\*\*.*kind/)
    assert.match(await over('region us-east'), /failure domain/)
    assert.match(await over('writes {'), /\*\*writes\*\*[\s\S]*waits/)
    assert.match(await over('flow "Upload"'), /path that users see/)
  })

  it('says what a property means, takes, defaults to and looks like', async () => {
    const text = await over('replication-factor')
    assert.match(text, /\*\*replication-factor\*\*/)
    assert.match(text, /whole number/)
    assert.match(text, /Default: .*kafka/)
    assert.match(text, /Source: /)
    assert.match(text, /```lintel/)
    assert.match(await over('peak: 3'), /Here: `34\.7k\/s` \(stated\)/)
  })

  it('says what a value means', async () => {
    assert.match(await over('semi-sync'), /\*\*semi-sync\*\* \(value of `sync`\)\n\n\S/)
    assert.match(await over('upsert'), /\*\*upsert\*\*/)
  })

  it('says what is known of a technology, and what surprises people', async () => {
    const text = await over('kafka')
    assert.match(text, /Known without being said/)
    assert.match(text, /Worth knowing/)
  })

  it('tells each fact of a component and how it is known', async () => {
    const api = await over('-> api : calls', 3)
    assert.match(api, /\*\*api\*\* \(service "Feed API", in `us-east`\)/)
    assert.match(api, /\| replicas \| `200` \| stated \|/)
    assert.match(api, /\| owner \| `core-team` \| inherited from `us-east` \|/)
    const follows = await over('~> follows', 3)
    assert.match(follows, /\| partitions \| `256` \| stated \|/)
    assert.match(follows, /default of `kafka\(2\.8\)`/)
  })

  it('tells what an arrow stands for, and what is known of it', async () => {
    assert.match(await over('~> follows', 1), /\*\*api\*\* publishes \*\*follows\*\* \(inferred from both ends\)/)
    assert.match(await over('-> meta : writes', 1), /\| op \| `upsert` \| stated \|/)
    assert.match(await over('writes {', 1), /\| op \| `upsert` \| stated \|/)
  })

  it('computes named numbers, in the units that people use', async () => {
    assert.match(await over('uploads = '), /\*\*uploads\*\* = `11\.6k\/s`/)
    const ingress = await over('ingress = ')
    assert.match(ingress, /\*\*ingress\*\* = `23\.1GB\/s = 185Gb\/s`/)
    assert.match(ingress, /let ingress = uploads \* photo/)
    assert.match(ingress, /- `uploads` = `11\.6k\/s`/)
    assert.match(ingress, /- `photo` = `2MB`/)
    assert.match(await over('five-years'), /`3\.65EB`/)
    // Where it is used, too.
    assert.match(await over('rate: uploads', 6), /`11\.6k\/s`/)
  })

  it('says what an accepted rule is about, with its page', async () => {
    const text = await over('hot-partition')
    assert.match(text, /\*\*hot-partition\*\* \(rule P1, error\)/)
    assert.match(text, /https:\/\/example\.org\/hot-partition/)
  })

  it('says nothing of blanks, comments and titles, and goes on where the text is broken', async () => {
    assert.equal(await over('"Share photos"'), '')
    const broken = editor.open('broken.lintel', 'service a { replicas: 3\nservice b { ->\nlog x uses kafka { |acks: all }')
    const hover = await editor.connection.sendRequest<Hover | null>('textDocument/hover', { textDocument: { uri: broken.uri }, position: broken.cursor })
    assert.match((hover!.contents as { value: string }).value, /\*\*acks\*\*/)
  })
})

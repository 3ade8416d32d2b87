/** Designs over several files: what an import reaches, what it may not, and what a change costs. */
import assert from 'node:assert/strict'
import { createWorkspace, MAX_LENGTH, openDesign, openText, type ReadOutcome } from '../../src/workspace.ts'

const reading = (files: Readonly<Record<string, ReadOutcome | string>>) => ({
  reads: [] as string[],
  read(uri: string): ReadOutcome {
    this.reads.push(uri)
    const found = files[uri]
    return found === undefined ? { error: 'missing' } : typeof found === 'string' ? { text: found } : found
  },
})

describe('workspace', () => {
  it('opens a root and what it imports, directly or not', async () => {
    const reader = reading({
      'file:///a/root.lintel': 'import "./parts/one.lintel"\nservice api\napi -> ledger : reads',
      'file:///a/parts/one.lintel': 'import "../two.lintel"\nqueue q',
      'file:///a/two.lintel': 'database ledger',
    })
    const { model, problems } = await openDesign('file:///a/root.lintel', reader)
    assert.deepEqual(problems, [])
    assert.deepEqual(model.files, ['file:///a/root.lintel', 'file:///a/parts/one.lintel', 'file:///a/two.lintel'])
    assert.deepEqual(model.relations.map(({ id }) => id), ['api>ledger:reads'])
    assert.equal(model.components.find(({ id }) => id === 'ledger')!.origin.file, 'file:///a/two.lintel')
  })

  it('allows a cycle, and reads each file once', async () => {
    const reader = reading({ 'file:///a.lintel': 'import "./b.lintel"\nservice a', 'file:///b.lintel': 'import "./a.lintel"\nimport "./b.lintel"\nservice b\na -> b' })
    const { model, problems } = await openDesign('file:///a.lintel', reader)
    assert.deepEqual(problems, [])
    assert.deepEqual(model.components.map(({ id }) => id), ['a', 'b'])
    assert.equal(reader.reads.length, 2)
  })

  const refused: readonly (readonly [path: string, outcome: ReadOutcome | undefined, message: RegExp])[] = [
    ['./gone.lintel', undefined, /no file `\.\/gone\.lintel` beside/],
    ['./payments', undefined, /Did you mean `\.\/payments\.lintel`/],
    ['./folder.lintel', { error: 'folder' }, /is a folder/],
    ['./secret.lintel', { error: 'unreadable' }, /cannot be read: check its permissions/],
    ['./huge.lintel', { error: 'too-large' }, /larger than 2 MB/],
    ['./long.lintel', { text: ' '.repeat(MAX_LENGTH + 1) }, /larger than 2 MB/],
    ['../../outside.lintel', { error: 'outside' }, /outside of the workspace/],
    ['payments.lintel', undefined, /`import "\.\/payments\.lintel"`/],
    ['/etc/passwd', undefined, /relative to this one/],
    ['https://example.org/x.lintel', undefined, /relative to this one/],
  ]
  for (const [path, outcome, message] of refused) {
    it(`says on the string why ${path} is not imported, and keeps the rest`, async () => {
      const target = new URL(path, 'file:///home/me/design.lintel').href
      const text = `service a\nimport "${path}"\nservice b`
      const { model, problems } = await openDesign('file:///home/me/design.lintel', reading({ 'file:///home/me/design.lintel': text, ...(outcome && { [target]: outcome }) }))
      assert.equal(problems.length, 1)
      assert.match(problems[0]!.message, message)
      if (outcome === undefined || 'error' in outcome) assert.deepEqual(problems[0]!.origin.range, { start: { line: 1, character: 7 }, end: { line: 1, character: 9 + path.length } })
      assert.deepEqual(model.components.map(({ id }) => id), ['a', 'b'])
    })
  }

  it('never asks for what is no relative path', async () => {
    const reader = reading({ 'file:///a.lintel': 'import "https://example.org/x.lintel"\nimport "/etc/passwd"\nimport "file:///etc/passwd"' })
    await openDesign('file:///a.lintel', reader)
    assert.deepEqual(reader.reads, ['file:///a.lintel'])
  })

  it('says that an unsaved file has nothing beside it', () => assert.match(openText('import "./x.lintel"', 'untitled:Untitled-1').problems[0]!.message, /Save this file first/))

  it('takes names with blanks and signs as they are', async () => {
    const { problems } = await openDesign('file:///a.lintel', reading({ 'file:///a.lintel': 'import "./our payments #1 100%.lintel"', 'file:///our%20payments%20%231%20100%25.lintel': 'service b' }))
    assert.deepEqual(problems, [])
  })

  it('reports a root that cannot be read', async () => {
    const { model, problems } = await openDesign('file:///gone.lintel', reading({}))
    assert.deepEqual([model.components.length, problems.length], [0, 1])
  })

  it('lowers again only what a change can reach', async () => {
    const files: Record<string, string> = {
      'file:///one.lintel': 'import "./shared.lintel"\nservice one\none -> db : reads',
      'file:///two.lintel': 'service two',
      'file:///three.lintel': 'import "./gone.lintel"',
      'file:///shared.lintel': 'database db',
    }
    const workspace = createWorkspace(reading(files))
    const open = (): Promise<readonly unknown[]> => Promise.all(['one', 'two', 'three'].map((name) => workspace.open(`file:///${name}.lintel`)))
    const [one, two, three] = await open()
    assert.deepEqual(await open(), [one, two, three])
    assert.ok((await open())[0] === one, 'the very same answer')

    files['file:///shared.lintel'] = 'database store'
    workspace.changed(['file:///shared.lintel'])
    const after = await workspace.open('file:///one.lintel')
    assert.deepEqual(after.problems.map(({ code }) => code), ['unknown-name'])
    assert.ok((await open())[1] === two && (await open())[2] === three)

    files['file:///gone.lintel'] = 'service found'
    workspace.changed(['file:///gone.lintel'])
    assert.deepEqual((await workspace.open('file:///three.lintel')).problems, [])
  })

  it('lists the problems of all files in order of file and place', async () => {
    const { problems } = await openDesign('file:///a.lintel', reading({ 'file:///a.lintel': 'import "./b.lintel"\nservice a {\n  x: 1\n}\na -> nothing', 'file:///b.lintel': 'servce b\nimport "./gone.lintel"' }))
    assert.deepEqual(problems.map(({ code, origin }) => `${origin.file.slice(-8)} ${origin.range.start.line} ${code}`), [
      'a.lintel 2 unknown-property', 'a.lintel 4 unknown-name', 'b.lintel 0 unknown-kind', 'b.lintel 1 import',
    ])
  })

  it('lists no more problems than a person could read, and says how many there are', () => {
    const { problems } = openText('-> ?\n'.repeat(5_000))
    assert.equal(problems.length, 1001)
    assert.match(problems.at(-1)!.message, /more problems from here on/)
  })
})

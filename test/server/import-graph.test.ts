import assert from 'node:assert/strict'
import { createImportGraph, importsOf } from '../../src/server/import-graph.ts'
import { isInside, keyOf, relativePath } from '../../src/server/uris.ts'

/** A graph of files that import the files named. */
function graphOf(files: Readonly<Record<string, readonly string[]>>) {
  const graph = createImportGraph()
  for (const [name, imports] of Object.entries(files)) graph.set(`file:///w/${name}`, imports.map((one) => `import "./${one}"`).join('\n'))
  return (name: string) => graph.roots(`file:///w/${name}`).map((uri) => uri.slice('file:///w/'.length))
}

describe('which designs a file belongs to', () => {
  it('is the file alone where nobody imports it', () => assert.deepEqual(graphOf({ a: [] })('a'), ['a']))
  it('is all that import it, over several files', () => {
    const roots = graphOf({ a: ['b'], b: ['c'], c: [], d: ['c'] })
    assert.deepEqual(roots('c'), ['a', 'd'])
    assert.deepEqual(roots('b'), ['a'])
    assert.deepEqual(roots('a'), ['a'])
  })
  it('is the first by name of files that import each other', () => {
    const roots = graphOf({ b: ['a'], a: ['b'], c: ['a'] })
    assert.deepEqual(roots('a'), ['c'])
    assert.deepEqual(graphOf({ b: ['a'], a: ['b'] })('b'), ['a'])
    assert.deepEqual(graphOf({ a: ['a'] })('a'), ['a'])
  })
  it('is never empty, whatever imports whatever', () => {
    let state = 3
    const next = (n: number) => (state = (state * 48271) % 2147483647) % n
    for (let round = 0; round < 200; round++) {
      const files = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [name, Array.from({ length: next(3) }, () => 'abcde'[next(5)]!)]))
      const roots = graphOf(files)
      for (const name of Object.keys(files)) assert.ok(roots(name).length > 0, JSON.stringify(files))
    }
  })
  it('follows the text', () => {
    const graph = createImportGraph()
    graph.set('file:///w/a', 'import "./b"')
    assert.deepEqual(graph.roots('file:///w/b'), ['file:///w/a'])
    graph.set('file:///w/a', '// import "./b"')
    assert.deepEqual(graph.roots('file:///w/b'), ['file:///w/b'])
    graph.set('file:///w/a', 'import "./b"')
    graph.set('file:///w/a', undefined)
    assert.deepEqual(graph.roots('file:///w/b'), ['file:///w/b'])
  })
})

describe('imports of a text', () => {
  const paths = (text: string) => importsOf('file:///w/a.lintel', text).map(({ path, uri }) => [path, uri])
  it('are found where they stand, not in comments', () => {
    assert.deepEqual(paths('service a\nimport "./x.lintel" import "../y.lintel"\n// import "./z.lintel"\n'), [['./x.lintel', 'file:///w/x.lintel'], ['../y.lintel', 'file:///y.lintel']])
    assert.deepEqual(paths('/* import "./x.lintel"\n*/ import "./y.lintel"'), [['./y.lintel', 'file:///w/y.lintel']])
    assert.deepEqual(paths('import "x.lintel"\nimport "https://example.org/x.lintel"\nimport "./open'), [['./open', 'file:///w/open']])
  })
  it('have offsets of the string, behind other lines and comments', () => {
    for (const before of ['', 'service a\n', '/* x */ ']) {
      const text = `${before}import "./x.lintel"`
      const [one] = importsOf('file:///w/a.lintel', text)
      assert.equal(text.slice(one!.start, one!.end), '"./x.lintel"')
    }
  })
})

describe('URIs', () => {
  it('are the same in every spelling', () => {
    assert.equal(keyOf('file:///w/a%20%28b%29.lintel'), keyOf('file:///w/a%20(b).lintel'))
    assert.equal(keyOf('file:///c%3A/w'), keyOf('file:///C:/w'))
    assert.notEqual(keyOf('file:///w/a'), keyOf('file:///w/A'))
    assert.equal(keyOf('file:///w/%zz'), 'file:///w/%zz')
  })
  it('lie in folders', () => {
    assert.ok(isInside('file:///w/a/b', 'file:///w'))
    assert.ok(isInside('file:///w/a', 'file:///w/'))
    assert.ok(!isInside('file:///wide/a', 'file:///w'))
    assert.ok(!isInside('file:///w/../x', 'file:///w/'))
  })
  it('are named relative to each other', () => {
    assert.equal(relativePath('file:///w/a.lintel', 'file:///w/p/b.lintel'), './p/b.lintel')
    assert.equal(relativePath('file:///w/p/a.lintel', 'file:///w/b.lintel'), '../b.lintel')
    assert.equal(relativePath('file:///w/p/a.lintel', 'file:///w/q/b%20c.lintel'), '../q/b c.lintel')
    assert.equal(relativePath('untitled:a', 'file:///w/b.lintel'), undefined)
  })
})

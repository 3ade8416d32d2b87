/** The laws of the house, as tests: who may import whom, who may touch the disk, and that nothing generated is stale. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generated } from '../src/tools/generate.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** What a folder (or single file) of src/ may import of the others. What is not listed may import nothing. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  model: [],
  vocabulary: ['model'],
  analysis: ['model', 'vocabulary'],
  rules: ['model', 'vocabulary', 'analysis'],
  axes: ['model', 'vocabulary', 'analysis'],
  diagram: ['model', 'vocabulary'],
  export: ['model', 'diagram', 'axes', 'analysis'],
  lenses: ['model', 'diagram', 'analysis'],
  'core.ts': ['model', 'vocabulary', 'analysis', 'rules', 'axes', 'diagram', 'export', 'lenses', 'workspace.ts'],
  'config.ts': ['model', 'vocabulary', 'rules'],
  language: ['model', 'vocabulary'],
  'workspace.ts': ['model', 'language'],
  'protocol.ts': ['model', 'axes', 'lenses'],
  server: ['core.ts', 'config.ts', 'workspace.ts', 'language', 'protocol.ts', 'model', 'vocabulary', 'diagram', 'rules', 'axes', 'export'],
  cli: ['core.ts', 'config.ts', 'workspace.ts', 'server', 'diagram', 'model', 'axes', 'export', 'rules'],
  extension: ['protocol.ts', 'model', 'axes'],
  webview: ['protocol.ts', 'model', 'axes', 'lenses'],
  tools: ['model', 'vocabulary', 'rules', 'language', 'workspace.ts', 'core.ts', 'config.ts', 'diagram', 'axes', 'analysis', 'tools', 'export'],
}

/** Outside packages, and the only parts that may know them. */
const ONLY: Readonly<Record<string, readonly string[]>> = {
  langium: ['language', 'workspace.ts', 'server', 'tools'],
  chevrotain: ['language'],
  elkjs: ['diagram', 'tools'],
  vscode: ['extension'],
  'vscode-languageclient': ['extension'],
  'vscode-languageserver': ['server'],
  'vscode-languageserver-textdocument': ['server'],
  'vscode-languageserver-protocol': ['server'],
  commander: ['cli'],
  'jsonc-parser': ['config.ts'],
  minimatch: ['config.ts'],
  'node:fs': ['server', 'cli', 'extension', 'tools'],
  'node:fs/promises': ['server', 'cli', 'extension', 'tools'],
  'node:child_process': ['extension', 'tools'],
  'node:worker_threads': ['diagram', 'server'],
}

interface Import {
  readonly file: string
  readonly target: string
  readonly typeOnly: boolean
}

const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.split(sep).join('/'))
const imports = files.flatMap(importsOf)

describe('the house', () => {
  it('has code to judge', () => {
    assert.ok(files.length > 40, `${files.length} files`)
    assert.ok(imports.length > 100, `${imports.length} imports`)
  })

  it('lets each part import only what its place allows', () => {
    const wrong = imports
      .filter(({ target }) => target.startsWith('.'))
      .map((one) => ({ ...one, from: part(one.file), to: part(resolved(one)) }))
      .filter(({ from, to }) => from !== to && !(MAY[from] ?? []).includes(to) && !to.startsWith('../'))
    assert.deepEqual(wrong.map(({ file, target }) => `${file} imports ${target}`), [])
  })

  it('keeps outside packages, and the disk, to the parts that may know them', () => {
    const wrong = imports.filter(({ file, target }) => {
      if (target.startsWith('.')) return false
      const name = Object.keys(ONLY).find((one) => target === one || target.startsWith(`${one}/`))
      return name !== undefined && !ONLY[name]!.includes(part(file))
    })
    assert.deepEqual(wrong.map(({ file, target }) => `${file} imports ${target}`), [])
  })

  it('has no import cycle', () => {
    const edges = new Map<string, string[]>()
    for (const one of imports) {
      if (!one.target.startsWith('.') || one.typeOnly) continue
      edges.set(one.file, [...(edges.get(one.file) ?? []), resolved(one)])
    }
    assert.deepEqual(cycle(edges), undefined)
  })

  it('has nothing generated that is stale (npm run generate)', async () => {
    for (const { path, content } of await generated()) {
      let present: string | undefined
      try {
        present = readFileSync(join(root, path), 'utf8')
      } catch {
        // Missing is stale as well.
      }
      assert.ok(present === content, `${path} is not what its source says: run npm run generate`)
    }
  })
})

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, 'src', file), 'utf8')
  const found: Import[] = []
  for (const match of text.matchAll(/^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm)) {
    found.push({ file, target: match[2]!, typeOnly: match[1] !== undefined })
  }
  for (const match of text.matchAll(/\bimport\('([^']+)'\)/g)) found.push({ file, target: match[1]!, typeOnly: false })
  return found
}

function resolved({ file, target }: Import): string {
  return normalize(join(dirname(file), target)).split(sep).join('/')
}

/** `rules/check.ts` → `rules`; a file on the top level stands for itself. */
function part(file: string): string {
  const path = relative('.', file).split(sep).join('/')
  return path.startsWith('..') ? '../' : path.includes('/') ? path.slice(0, path.indexOf('/')) : path
}

function cycle(edges: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>()
  const path: string[] = []
  const visit = (node: string): string[] | undefined => {
    const at = path.indexOf(node)
    if (at >= 0) return [...path.slice(at), node]
    if (done.has(node)) return undefined
    path.push(node)
    for (const next of edges.get(node) ?? []) {
      const found = visit(next)
      if (found) return found
    }
    path.pop()
    done.add(node)
    return undefined
  }
  for (const node of edges.keys()) {
    const found = visit(node)
    if (found) return found
  }
  return undefined
}

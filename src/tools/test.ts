/**
 * Every suite, in the order in which a failure says most: types, build, unit, corpus, cli, lsp, package, vscode, fuzz.
 * `npm test` runs all; `npm test -- unit cli` only those. The last line counts everything: `N passed, N failed`.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run, say } from './run.ts'

interface Suite {
  readonly name: string
  readonly about: string
  /** A command that passes or fails as one, or the files of a mocha run. */
  readonly command?: readonly [string, ...string[]]
  readonly files?: readonly string[]
  readonly ignore?: readonly string[]
  /** Minutes after which it hangs rather than works. */
  readonly minutes: number
  /** Without it nothing later makes sense. */
  readonly needed?: boolean
}

const SUITES: readonly Suite[] = [
  { name: 'types', about: 'the type checker', command: ['tsc', '-p', 'tsconfig.json'], minutes: 5 },
  { name: 'build', about: 'the bundles', command: ['node', 'src/tools/build.ts'], minutes: 5, needed: true },
  {
    name: 'unit',
    about: 'every part of the engine, every example of every rule',
    files: ['test/**/*.test.ts'],
    ignore: ['test/{corpus,cli,lsp,vscode,fuzz,bench}/**'],
    minutes: 15,
  },
  { name: 'corpus', about: 'the examples and the acceptance designs', files: ['test/corpus/**/*.test.ts'], minutes: 5 },
  { name: 'cli', about: 'the built command line, as a child process', files: ['test/cli/**/*.test.ts'], minutes: 10 },
  { name: 'lsp', about: 'the built language server, over stdio', files: ['test/lsp/**/*.test.ts'], minutes: 10 },
  { name: 'package', about: 'the .vsix', command: ['node', 'src/tools/package.ts'], minutes: 5 },
  { name: 'vscode', about: 'the packaged extension in a real Visual Studio Code', files: ['test/vscode/**/*.test.ts'], minutes: 15 },
  { name: 'fuzz', about: 'broken and hostile designs', files: ['test/fuzz/**/*.test.ts'], minutes: 5 },
]

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !SUITES.some((suite) => suite.name === name))
if (unknown.length > 0) {
  console.error(`lintel: no suite ${unknown.join(', ')}; there are ${SUITES.map(({ name }) => name).join(', ')}`)
  process.exit(2)
}

const folder = mkdtempSync(join(tmpdir(), 'lintel-test-'))
const results: { readonly name: string; readonly passed: number; readonly failed: number; readonly seconds: number }[] = []
for (const suite of SUITES) {
  if (wanted.length > 0 && !wanted.includes(suite.name)) continue
  say(`${suite.name}: ${suite.about} …`)
  const began = performance.now()
  const { passed, failed } = await runSuite(suite)
  results.push({ name: suite.name, passed, failed, seconds: (performance.now() - began) / 1000 })
  if (suite.needed && failed > 0) break
}
rmSync(folder, { recursive: true, force: true })

console.log()
for (const { name, passed, failed, seconds } of results) {
  console.log(`${name.padEnd(8)} ${String(passed).padStart(5)} passed ${failed ? `${failed} FAILED` : ''}  ${seconds.toFixed(0)} s`)
}
const sum = (key: 'passed' | 'failed') => results.reduce((total, result) => total + result[key], 0)
console.log(`${sum('passed')} passed, ${sum('failed')} failed`)
process.exitCode = sum('failed') > 0 ? 1 : 0

async function runSuite({ name, command, files = [], ignore = [], minutes }: Suite): Promise<{ passed: number; failed: number }> {
  const limit = minutes * 60_000
  if (command) {
    const code = await run(command[0], command.slice(1), { limit })
    return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
  }
  const counts = join(folder, `${name}.json`)
  const args = ['--reporter', 'test/support/reporter.cjs', ...ignore.flatMap((glob) => ['--ignore', glob]), ...files]
  const code = await run('mocha', args, { limit, env: { LINTEL_COUNTS: counts } })
  if (!existsSync(counts)) {
    say(`${name} ended without a result (exit code ${code}${code === 124 ? ': stopped after its time limit' : ''})`)
    return { passed: 0, failed: 1 }
  }
  const { passed, failed } = JSON.parse(readFileSync(counts, 'utf8')) as { passed: number; failed: number }
  // A run that says all is well and then fails (a handle that crashes on the way out) has not passed.
  return { passed, failed: failed === 0 && code !== 0 ? 1 : failed }
}

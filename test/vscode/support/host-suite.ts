/** The in-host suite, bundled and run in one of the two hosts. */
import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Browser } from 'playwright-core'
import { cacheFolder, progress, repository } from './cache.ts'
import type { Editor } from './code-server.ts'

export interface HostResults {
  readonly passed: readonly string[]
  readonly failed: readonly string[]
}

export interface HostSuite {
  /** What the editor loads as the tests. */
  readonly tests: string
  /** A development extension is what makes an editor run tests; the one under test is the packaged one, so this one is empty. */
  readonly stub: string
  results(): Promise<HostResults>
}

export async function bundleSuite(): Promise<HostSuite> {
  const folder = join(repository, 'out', 'vscode-suite')
  await rm(folder, { recursive: true, force: true })
  const stub = join(folder, 'stub')
  await mkdir(stub, { recursive: true })
  await writeFile(join(stub, 'package.json'), JSON.stringify({ name: 'stub', publisher: 'test', version: '0.0.1', engines: { vscode: '^1.101.0' } }))
  const tests = join(folder, 'index.cjs')
  await build({
    entryPoints: [join(repository, 'test', 'vscode', 'suite', 'index.ts')],
    outfile: tests,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  })
  const results = join(folder, 'results.json')
  return {
    tests,
    stub,
    async results() {
      if (!existsSync(results)) throw new Error('the suite ended without a result')
      return JSON.parse(await readFile(results, 'utf8')) as HostResults
    },
  }
}

/** In code-server, through the page: the workbench runs tests only for its own smoke-test driver, so the page is told that it is one. */
export async function runInBrowser(suite: HostSuite, browser: Browser, editor: Editor, folder: string): Promise<HostResults> {
  const page = await browser.newPage()
  try {
    const log: string[] = []
    const exited = new Promise<void>((resolve) => {
      void page.exposeFunction('codeAutomationExit', () => resolve())
    })
    await page.exposeFunction('codeAutomationLog', (type: string, parts: readonly unknown[]) => {
      log.push(`${type}: ${parts.map(String).join(' ')}`)
    })
    await page.route(
      (url) => url.pathname === '/' && url.port === String(editor.port),
      async (route) => {
        const response = await route.fetch()
        const text = await response.text()
        const marker = '&quot;developmentOptions&quot;:{'
        if (!text.includes(marker)) throw new Error('the workbench page has no developmentOptions')
        await route.fulfill({ response, body: text.replace(marker, `${marker}&quot;enableSmokeTestDriver&quot;:true,`) })
      },
    )
    const remote = (path: string) => `vscode-remote://127.0.0.1:${editor.port}${path}`
    const payload = [
      ['extensionDevelopmentPath', remote(suite.stub)],
      ['extensionTestsPath', remote(suite.tests)],
    ]
    await page.goto(editor.open(folder, { payload: JSON.stringify(payload) }))
    const limit = new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error(`the suite did not end within 5 min:\n${log.slice(-40).join('\n')}`)), 300_000).unref()
    })
    await Promise.race([exited, limit])
    return await suite.results()
  } finally {
    await page.close()
  }
}

/** In the desktop's editor, downloaded by `@vscode/test-electron`. */
export async function runOnDesktop(suite: HostSuite, vsix: string, folder: string): Promise<HostResults> {
  const { downloadAndUnzipVSCode, resolveCliArgsFromVSCodeExecutablePath, runTests } = await import('@vscode/test-electron')
  const { spawnSync } = await import('node:child_process')
  progress('downloading Visual Studio Code (once)')
  const executable = await downloadAndUnzipVSCode({ cachePath: join(cacheFolder(), 'vscode') })
  const home = join(cacheFolder(), 'desktop-home')
  await rm(home, { recursive: true, force: true })
  const folders = [`--extensions-dir=${join(home, 'extensions')}`, `--user-data-dir=${join(home, 'user-data')}`]
  const [cli, ...args] = resolveCliArgsFromVSCodeExecutablePath(executable)
  const installed = spawnSync(cli!, [...args.filter((arg) => !arg.startsWith('--extensions-dir') && !arg.startsWith('--user-data-dir')), ...folders, '--install-extension', vsix], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (installed.status !== 0) throw new Error('the package could not be installed')
  const failure = await runTests({
    vscodeExecutablePath: executable,
    extensionDevelopmentPath: suite.stub,
    extensionTestsPath: suite.tests,
    launchArgs: [folder, ...folders, '--disable-workspace-trust', '--skip-welcome', '--skip-release-notes'],
  }).then(
    () => undefined,
    (error: unknown) => error,
  )
  return suite.results().catch((error: unknown) => {
    throw failure ?? error
  })
}

/** A workspace with the acceptance designs, fresh. */
export async function workspaceFolder(name: string): Promise<string> {
  const folder = join(repository, 'out', 'workspaces', name)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  for (const design of ['orders-first-sketch', 'orders-sound', 'instagram']) await cp(acceptance(`${design}.lintel`), join(folder, `${design}.lintel`))
  await mkdir(join(folder, 'shop', 'parts'), { recursive: true })
  await writeFile(join(folder, 'shop', 'shop.lintel'), SHOP)
  await writeFile(join(folder, 'shop', 'parts', 'stores.lintel'), STORES)
  return folder
}

/** A design in two files, with a container and a view. */
const SHOP = `import "./parts/stores.lintel"

design "Shop" { goal: "Sell" }

client buyer "Buyer"
region us-east {
  service api "API" { replicas: 3, zones: 3 }
  worker mailer "Mailer" { replicas: 2, zones: 2 }
}

buyer -> api { timeout: 1s }
api -> ledger : writes { timeout: 200ms, op: upsert }

view "Front" { include: [buyer, api] }
`
const STORES = `// What the shop keeps.
database ledger "Ledger" uses postgres { replicas: 3, zones: 3 }
`

/** The public contract beside the repository, or the repository's own copy of it. */
function acceptance(name: string): string {
  const places = [join(repository, '..', 'shared', 'acceptance', name), join(repository, 'test', 'corpus', 'acceptance', name)]
  const found = places.find((place) => existsSync(place))
  if (!found) throw new Error(`no ${name} in ${places.join(' or ')}`)
  return found
}

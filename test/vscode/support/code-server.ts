/** A real Visual Studio Code from npm alone: code-server, installed once into the cache and run with the Node that runs the tests. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { cached, progress, repository } from './cache.ts'

const VERSION = '4.139.1'

export interface Editor {
  /** Where the workbench answers; without a folder. */
  readonly url: string
  readonly port: number
  /** The workbench opened on a folder, with further query parameters. */
  open(folder: string, query?: Readonly<Record<string, string>>): string
  /** What the server printed so far, for the report of a failure. */
  log(): string
  stop(): Promise<void>
}

export interface EditorOptions {
  /** Holds user data and extensions; made if missing. */
  readonly home: string
  /** Packaged extension to install first. */
  readonly vsix?: string
  /** The user's settings. */
  readonly settings?: Readonly<Record<string, unknown>>
}

/** Installs (once) and starts the editor on a free port of the loopback interface. */
export async function startEditor(options: EditorOptions): Promise<Editor> {
  const entry = await install()
  const userData = join(options.home, 'user-data')
  const extensions = join(options.home, 'extensions')
  await mkdir(join(userData, 'User'), { recursive: true })
  await mkdir(extensions, { recursive: true })
  await writeFile(join(userData, 'User', 'settings.json'), JSON.stringify({ ...quiet, ...options.settings }, null, 2))
  const folders = ['--user-data-dir', userData, '--extensions-dir', extensions]
  const config = join(options.home, 'config.yaml')
  await writeFile(config, '')

  if (options.vsix) {
    progress(`installing ${options.vsix}`)
    await run(nodeBinary(), [entry, '--config', config, ...folders, '--install-extension', options.vsix], repository)
  }

  const port = await freePort()
  const child = spawn(
    nodeBinary(),
    [entry, '--config', config, '--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, ...folders]
      .concat(['--disable-telemetry', '--disable-update-check', '--disable-workspace-trust', '--disable-getting-started-override']),
    { stdio: ['ignore', 'pipe', 'pipe'], env: cleanEnvironment(), detached: process.platform !== 'win32' },
  )
  const output = collect(child)
  const url = `http://127.0.0.1:${port}`
  await answers(`${url}/healthz`, child, output)
  return {
    url,
    port,
    open: (folder, query = {}) => `${url}/?${new URLSearchParams({ folder, ...query })}`,
    log: () => output.text,
    stop: () => stop(child),
  }
}

const quiet = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.settings.enableNaturalLanguageSearch': false,
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  'npm.autoDetect': 'off',
  'typescript.disableAutomaticTypeAcquisition': true,
  'window.restoreWindows': 'none',
  // A webview that takes the focus a moment late would close the box that a test types into.
  'workbench.quickOpen.closeOnFocusLost': false,
  // The browser saves by itself, the desktop does not: the same in both.
  'files.autoSave': 'off',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
}

/** Path of code-server's entry script. */
async function install(): Promise<string> {
  const folder = await cached('code-server', VERSION, async (target) => {
    progress(`installing code-server ${VERSION} from npm (once, about half a minute)`)
    await writeFile(join(target, 'package.json'), '{ "private": true }\n')
    await npm(target, ['install', '--ignore-scripts', `code-server@${VERSION}`])
    const vscode = join(target, 'node_modules', 'code-server', 'lib', 'vscode')
    progress('installing what its workbench needs')
    await npm(vscode, ['install', '--ignore-scripts', '--omit=dev'])
    await npm(join(vscode, 'extensions'), ['install', '--ignore-scripts', '--omit=dev'])
    await symlink('node_modules', join(vscode, 'node_modules.asar'), 'junction')
  })
  return join(folder, 'node_modules', 'code-server', 'out', 'node', 'entry.js')
}

/** Node 24 is what code-server asks for. */
function nodeBinary(): string {
  const major = Number(process.versions.node.split('.')[0])
  return major >= 24 ? process.execPath : join(repository, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
}

function npm(folder: string, args: readonly string[]): Promise<void> {
  const quietly = [...args, '--no-audit', '--no-fund', '--loglevel=error']
  const script = process.env['npm_execpath']
  if (script?.endsWith('.js')) return run(process.execPath, [script, ...quietly], folder)
  return run('npm', quietly, folder, process.platform === 'win32')
}

function run(command: string, args: readonly string[], folder: string, shell = false): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: cleanEnvironment(), shell })
    const output = collect(child)
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}:\n${output.text}`))
    })
  })
}

/** Without the variables by which an editor's own terminal would tell code-server to talk to that editor instead. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const drop = /^(VSCODE_|ELECTRON_|npm_config_prefix$|NODE_OPTIONS$|PORT$|PASSWORD$)/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !drop.test(name)))
}

function collect(child: ChildProcess): { text: string } {
  const output = { text: '' }
  const add = (chunk: Buffer) => {
    // A crash prints the line of the minified bundle where it happened; nobody reads that.
    const text = chunk.toString().replaceAll(/.{1000,}/g, (line) => `${line.slice(0, 200)} …`)
    output.text = (output.text + text).slice(-30_000)
  }
  child.stdout?.on('data', add)
  child.stderr?.on('data', add)
  return output
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no free port'))))
    })
  })
}

async function answers(url: string, child: ChildProcess, output: { text: string }): Promise<void> {
  for (let left = 300; left > 0; left--) {
    if (child.exitCode !== null) throw new Error(`code-server ended with ${child.exitCode}:\n${output.text}`)
    const up = await fetch(url).then(
      (response) => response.ok,
      () => false,
    )
    if (up) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`code-server does not answer:\n${output.text}`)
}

/** Ends the server and what it started: it leads its own process group, and an extension host may outlive it by a while. */
function stop(child: ChildProcess): Promise<void> {
  const kill = (signal: NodeJS.Signals) => {
    if (process.platform === 'win32') return void child.kill(signal)
    try {
      process.kill(-child.pid!, signal)
    } catch {
      // The group is gone.
    }
  }
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.pid === undefined) return resolve()
    const force = setTimeout(() => kill('SIGKILL'), 5000)
    child.once('close', () => {
      clearTimeout(force)
      kill('SIGKILL')
      resolve()
    })
    kill('SIGTERM')
  })
}

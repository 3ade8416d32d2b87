/**
 * Bundles what is shipped into `dist/`: the command line, the language server, the layout worker, the extension and the webview.
 * `node src/tools/build.ts [--dev]`; `--dev` leaves names readable and adds source maps.
 */
import { existsSync, rmSync } from 'node:fs'
import { chmod, copyFile, stat, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build, type BuildOptions } from 'esbuild'
import { exportFonts } from './export-fonts.ts'

const dev = process.argv.includes('--dev')

const shared: BuildOptions = {
  bundle: true,
  minify: !dev,
  // Names of functions and classes appear in reports of a rule that failed, and Langium looks types up by them.
  keepNames: true,
  sourcemap: dev ? 'linked' : false,
  legalComments: 'none',
  logLevel: 'warning',
  outdir: 'dist',
  charset: 'utf8',
}

const node: BuildOptions = {
  ...shared,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  // Its main file hides from bundlers what it requires.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  // The bundled CommonJS packages call `require` for Node's own modules; an ES module has none of its own.
  banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
}

/** The server lays out in its worker only; the layout engine inside its own bundle would double what is shipped. */
const IN_PROCESS = ['elkjs/lib/elk.bundled.js']

const targets: readonly { readonly name: string; readonly entry: string; readonly options: BuildOptions }[] = [
  // Split, so that `lintel check` does not read the layout engine and `lintel rules` not even the parser.
  { name: 'command line', entry: 'src/cli/lintel.ts', options: { ...node, splitting: true, chunkNames: 'lintel-[name]-[hash]', entryNames: 'lintel' } },
  // Split as well: what writes PDF is read when somebody asks for one.
  { name: 'language server', entry: 'src/server/main.ts', options: { ...node, splitting: true, chunkNames: 'server-[name]-[hash]', entryNames: 'server', external: IN_PROCESS } },
  { name: 'layout worker', entry: 'src/diagram/elk-worker.ts', options: { ...node, entryNames: 'elk-worker' } },
  // The extension host loads CommonJS; `.cjs`, because the package is of type module.
  {
    name: 'extension',
    entry: 'src/extension/extension.ts',
    options: { ...shared, platform: 'node', target: 'node22', format: 'cjs', external: ['vscode'], entryNames: 'extension', outExtension: { '.js': '.cjs' } },
  },
  { name: 'preview', entry: 'src/webview/webview.ts', options: { ...shared, platform: 'browser', target: 'chrome128', format: 'iife', entryNames: 'webview' } },
]

rmSync('dist', { recursive: true, force: true })
const began = performance.now()
for (const { name, entry, options } of targets) {
  if (!existsSync(entry)) throw new Error(`${name}: ${entry} does not exist`)
  await build({ ...options, entryPoints: [entry] })
}
// What `lintel render -o x.png` reads when it is asked to.
await copyFile(fileURLToPath(import.meta.resolve('@resvg/resvg-wasm/index_bg.wasm')), 'dist/resvg.wasm')
for (const { name, bytes } of await exportFonts()) await writeFile(`dist/${name}`, bytes)
await chmod('dist/lintel.js', 0o755)
const sizes = await Promise.all(['lintel.js', 'server.js', 'elk-worker.js', 'extension.cjs', 'webview.js'].map(async (file) => `${file} ${Math.round((await stat(`dist/${file}`)).size / 1024)} KB`))
console.error(`built in ${((performance.now() - began) / 1000).toFixed(1)} s: ${sizes.join(', ')}`)

/** The built command line as a child process, as a shell would run it. */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const EXECUTABLE = join(ROOT, 'dist', 'lintel.js')

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface LintelOptions {
  readonly cwd?: string
  readonly input?: string
  readonly env?: Record<string, string>
  /** Ends the reading of standard output after this many bytes, as `head` does. */
  readonly readOnly?: number
}

export function lintel(args: readonly string[], { cwd = ROOT, input, env = {}, readOnly }: LintelOptions = {}): Promise<Outcome> {
  if (!existsSync(EXECUTABLE)) throw new Error('dist/lintel.js is not built: npm run build')
  // Whoever runs the tests may have said that there shall be colours.
  const { FORCE_COLOR: _, NO_COLOR: __, ...plain } = process.env
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [EXECUTABLE, ...args], { cwd, env: { ...plain, ...env } })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk
      if (readOnly !== undefined && stdout.length >= readOnly) child.stdout.destroy()
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
    child.stdin.on('error', () => {})
    child.stdin.end(input ?? '')
  })
}

/** A folder of its own for a test, removed after it. */
export function scratch(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'lintel-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

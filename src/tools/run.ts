/** Running one step of a longer job, with a line that says what is being done. */
import { spawn } from 'node:child_process'

/** Runs a command with its output shown. @returns its exit code; 124 when it had to be stopped after `limit` ms. */
export function run(command: string, args: readonly string[], { env = {}, limit }: { readonly env?: Record<string, string>; readonly limit?: number } = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env }, shell: process.platform === 'win32' })
    const timer = limit === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), limit)
    let late = false
    if (timer) setTimeout(() => (late = true), limit).unref()
    child.on('error', reject)
    child.on('exit', (code) => {
      clearTimeout(timer)
      resolve(late ? 124 : (code ?? 1))
    })
  })
}

export function say(text: string): void {
  console.error(`lintel: ${text}`)
}

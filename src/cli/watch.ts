/** `lintel watch`: a picture that follows its design. While the text is broken, the last good one stays. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CONFIG_NAME } from '../config.ts'
import { createRenderer } from '../core.ts'
import { inProcessEngine } from '../diagram/engine.ts'
import { draw, drawable, type DrawOptions } from './draw.ts'
import { UserError } from './failure.ts'
import { display, displayUri, readNamed, writeWhole } from './files.ts'
import { createFollower, upwards } from './follow.ts'
import { formatOf, type Format } from './formats.ts'
import { openNamed, type OpenedFile } from './open.ts'
import { plural } from './print.ts'
import { summary } from './report.ts'

export interface WatchOptions extends DrawOptions {
  readonly output: string
  readonly format?: Format
}

/** Ends with the signal to interrupt or to terminate. */
export async function watchCommand(file: string, { output, format = formatOf(output), ...options }: WatchOptions): Promise<number> {
  const { path } = await readNamed(file)
  const out = resolve(output)
  if (!existsSync(dirname(out))) throw new UserError(`${output} cannot be written (the folder ${dirname(output)} does not exist)`)
  const configs = upwards(dirname(path), CONFIG_NAME, (folder) => existsSync(join(folder, '.git')))
  const renderer = createRenderer(inProcessEngine())
  const ending = Promise.withResolvers<number>()
  let wanted = true
  let running: Promise<void> | undefined
  let seen = ''

  const follower = createFollower(() => {
    wanted = true
    running ??= turns().catch(ending.reject)
  })

  /** One after the other: what changes in the meantime has its turn afterwards. */
  async function turns(): Promise<void> {
    while (wanted) {
      wanted = false
      await turn()
    }
    running = undefined
  }

  async function turn(): Promise<void> {
    const began = performance.now()
    const asked = new Map<string, unknown>([[path, undefined]])
    try {
      const opened = await openNamed(path, (uri, outcome) => asked.set(fileURLToPath(uri), outcome)).catch((error: unknown) => error as Error)
      const state = JSON.stringify([...asked, opened instanceof Error && opened.message, ...(await Promise.all(configs.map((config) => readFile(config, 'utf8').catch(() => ''))))])
      // An editor that writes the same again, or something beside it, is no news.
      if (state === seen) return
      seen = state
      if (opened instanceof Error) throw opened
      if (asked.has(out)) throw partOfDesign(output)
      refuseBroken(opened)
      const { content, diagnostics } = await draw(renderer, opened, options, format)
      await writeWhole(out, content)
      const { errors, warnings, infos } = summary(diagnostics)
      say(`${display(out)}  ${Math.round(performance.now() - began)} ms  ${plural(errors, 'error')}, ${plural(warnings, 'warning')}, ${plural(infos, 'note')}`)
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      say(`${error.message} (${existsSync(out) ? `${display(out)} stays as it was` : 'nothing is drawn yet'})`)
    } finally {
      if (follower.follow([...asked.keys(), ...configs])) wanted = true
    }
  }

  const end = () => void (running ?? Promise.resolve()).then(() => ending.resolve(0))
  process.once('SIGINT', end).once('SIGTERM', end)
  try {
    // A wrong name on the command line ends it at once; later on it may be the text that is in the making.
    const first = await openNamed(path)
    if (first.sources.some(({ uri }) => fileURLToPath(uri) === out)) throw partOfDesign(output)
    if (isSound(first) && first.opened.model.components.length > 0) drawable(path, first.opened.model, options)
    running = turns()
    await running
    return await ending.promise
  } finally {
    follower.close()
    renderer.dispose()
  }
}

function partOfDesign(output: string): UserError {
  return new UserError(`${output} is a part of the design and cannot be its picture`)
}

/** One line for each picture, with the time of day. */
function say(what: string): void {
  process.stdout.write(`${new Date().toTimeString().slice(0, 8)}  ${what}\n`)
}

/** @throws UserError where so little of the text can be read that the last picture says more. */
function refuseBroken({ opened }: OpenedFile): void {
  const broken = opened.problems.find(isBreak)
  if (!broken) return
  const { file, range: { start } } = broken.origin
  throw new UserError(`${displayUri(file)}:${start.line + 1}:${start.character + 1}: ${broken.message.replace(/\.$/, '')}`)
}

function isSound({ opened }: OpenedFile): boolean {
  return !opened.problems.some(isBreak)
}

function isBreak({ code }: { readonly code: string }): boolean {
  return code === 'syntax' || code === 'import'
}

/**
 * Where ELK runs: in this thread (the command line, tests) or in a worker thread (the language server, which must not wait for it). An
 * engine knows nothing of pictures: it takes one ELK graph and answers the same graph with coordinates.
 */
import type { ElkNode } from 'elkjs/lib/elk-api.js'
import { Worker } from 'node:worker_threads'

export interface LayoutEngine {
  /** Rejects with ELK's error where it throws on the graph, and with an `AbortError` once `signal` is aborted. Leaves `graph` alone or not: do not use it again. */
  layout(graph: ElkNode, signal?: AbortSignal): Promise<ElkNode>
  /** Ends its thread, if it has one. Unanswered layouts are rejected. */
  dispose(): void
}

/** Runs in this thread. ELK is loaded with the first layout. */
export function inProcessEngine(): LayoutEngine {
  return {
    async layout(graph, signal) {
      const elk = await loadElk()
      signal?.throwIfAborted()
      return elk.layout(graph)
    },
    dispose() {},
  }
}

/**
 * Runs in a worker thread of the built `elk-worker.js` at `path`. One layout at a time; an aborted one is awaited for a moment, since a
 * fresh thread starts cold, and then its thread is ended and replaced.
 */
export function workerEngine(path: string | URL): LayoutEngine {
  let worker: Worker | undefined
  let running: Job | undefined
  let patience: NodeJS.Timeout | undefined
  let disposed = false
  const waiting: Job[] = []
  let count = 0

  function next(): void {
    if (running !== undefined || waiting.length === 0) return
    running = waiting.shift()!
    try {
      worker ??= start()
      worker.postMessage({ id: running.id, graph: running.graph } satisfies WorkerRequest)
    } catch (error) {
      settle((job) => job.reject(error))
    }
  }

  function start(): Worker {
    const fresh = new Worker(path)
    fresh.unref()
    fresh.on('message', ({ id, placed, error }: WorkerAnswer) => {
      if (running?.id !== id) return
      settle((job) => (error === undefined ? job.resolve(placed!) : job.reject(new Error(error))))
    })
    fresh.on('error', (error) => stop(fresh, error))
    fresh.on('exit', () => stop(fresh, new Error('the layout worker ended')))
    return fresh
  }

  /** Ends one thread; the next job starts another. */
  function stop(which: Worker, reason: unknown): void {
    if (which !== worker) return
    worker = undefined
    void which.terminate()
    if (running !== undefined) settle((job) => job.reject(reason))
  }

  function settle(how: (job: Job) => void): void {
    const job = running!
    running = undefined
    clearTimeout(patience)
    job.signal?.removeEventListener('abort', job.abort)
    how(job)
    next()
  }

  return {
    layout(graph, signal) {
      if (disposed) return Promise.reject(new Error('the layout engine was disposed'))
      if (signal?.aborted) return Promise.reject(signal.reason)
      return new Promise((resolve, reject) => {
        const job: Job = {
          id: ++count,
          graph,
          signal,
          resolve,
          reject,
          abort() {
            reject(signal!.reason)
            if (job !== running) waiting.splice(waiting.indexOf(job), 1)
            else patience = setTimeout(() => worker && stop(worker, signal!.reason), PATIENCE)
          },
        }
        signal?.addEventListener('abort', job.abort, { once: true })
        waiting.push(job)
        next()
      })
    },
    dispose() {
      disposed = true
      clearTimeout(patience)
      const reason = new Error('the layout engine was disposed')
      for (const job of waiting.splice(0)) job.reject(reason)
      if (worker) stop(worker, reason)
    },
  }
}

/** What the two threads say to each other. */
export interface WorkerRequest {
  readonly id: number
  readonly graph: ElkNode
}

export interface WorkerAnswer {
  readonly id: number
  readonly placed?: ElkNode
  readonly error?: string
}

/** How long an obsolete layout may go on before its thread is given up, in ms: about what a new thread costs. */
const PATIENCE = 250

interface Job {
  readonly id: number
  readonly graph: ElkNode
  readonly signal: AbortSignal | undefined
  readonly resolve: (placed: ElkNode) => void
  readonly reject: (reason: unknown) => void
  readonly abort: () => void
}

interface Elk {
  layout(graph: ElkNode): Promise<ElkNode>
}

let elk: Promise<Elk> | undefined

/** The self-contained build: `elkjs` itself would look for a web worker. */
function loadElk(): Promise<Elk> {
  elk ??= import('elkjs/lib/elk.bundled.js').then((module) => {
    const constructor = (module as unknown as { default: new () => Elk }).default
    return new constructor()
  })
  return elk
}

/** The layout worker's thread: answers one graph after the other. Bundled to `dist/elk-worker.js`; see `workerEngine`. */
import { parentPort } from 'node:worker_threads'
import { inProcessEngine, type WorkerAnswer, type WorkerRequest } from './engine.ts'

const engine = inProcessEngine()

parentPort!.on('message', ({ id, graph }: WorkerRequest) => {
  engine.layout(graph).then(
    (placed) => answer({ id, placed }),
    (error: unknown) => answer({ id, error: error instanceof Error ? error.message : String(error) }),
  )
})

function answer(message: WorkerAnswer): void {
  parentPort!.postMessage(message)
}

/** The webview's memory, which survives hiding, moving and reloading. */
import type { PreviewState, ViewToHost } from '../protocol.ts'

interface EditorApi {
  postMessage(message: unknown): void
  getState(): unknown
  setState(state: unknown): void
}

declare function acquireVsCodeApi(): EditorApi

const editor = acquireVsCodeApi()

export function post(message: ViewToHost): void {
  editor.postMessage(message)
}

let state: PreviewState = { uri: document.body.dataset['uri'] ?? '', ...(editor.getState() as Partial<PreviewState> | undefined) }
editor.setState(state)

export function remembered(): PreviewState {
  return state
}

export function remember(change: Partial<PreviewState>): void {
  state = { ...state, ...change }
  editor.setState(state)
}

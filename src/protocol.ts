/** The messages between extension host, language server and webview. Types and names only. */
import type { AxesTable } from './axes/table.ts'
import type { Lens, LensReport } from './lenses/lens.ts'
import type { Playback } from './lenses/playback.ts'
import type { Origin, Range } from './model/origin.ts'
import type { Severity } from './model/model.ts'

/** What the host may say in `initialize`'s `initializationOptions`; every part is optional. */
export interface ServerOptions {
  /** Where a rule's page stands, with `{rule}` for its id: `command:lintel.rule?…{rule}` or an `https:` address. Unset: the page in the project's repository. */
  readonly rulePages?: string
  /** True where the host answers `lintel/read`: then files behind other schemes than `file:` can be imported. */
  readonly reads?: boolean
}

/** Host → server, notification: push `lintel/picture` for this document from now on, at once and after each change; replaces an earlier watch of it. */
export const WATCH = 'lintel/watch'
export interface WatchParams {
  readonly uri: string
  readonly theme: 'light' | 'dark'
  /** Title of a view; unset for the whole design. */
  readonly view?: string
  /** Ids of containers shown closed. */
  readonly collapsed?: readonly string[]
  /** What is looked for; unset for the structure. */
  readonly lens?: Lens
}

/** Host → server, notification. */
export const UNWATCH = 'lintel/unwatch'
export interface UnwatchParams {
  readonly uri: string
}

/** Server → host, notification: a picture, or why there is no newer one. */
export const PICTURE = 'lintel/picture'
export interface PictureMessage {
  readonly uri: string
  /** The document's version that it shows. */
  readonly version: number
  /** Unset where the last good picture stays; then `stale` says why. */
  readonly svg?: string
  readonly stale?: string
  readonly width: number
  readonly height: number
  readonly title: string
  /** Views that the design declares. */
  readonly views: readonly string[]
  /** Where each drawn thing stands in the text, by the id on its SVG element (`data-id`). */
  readonly places: Readonly<Record<string, Origin>>
  /** The whole statement of each, its body included: a cursor in it is on that thing. */
  readonly extents: Readonly<Record<string, Origin>>
  readonly findings: readonly PictureFinding[]
  /** What the lens shows, its entries by the `data-id`s of what is drawn; unset without a lens. */
  readonly lens?: LensReport
}

export interface PictureFinding {
  /** Position in the list of the last message. */
  readonly index: number
  /** `data-id`s of the drawn things it is about. */
  readonly ids: readonly string[]
  readonly rule: string
  readonly severity: Severity
  readonly message: string
  readonly help: string
  readonly at: Origin
  readonly fixes: readonly string[]
  /** Whether a page explains the rule. */
  readonly documented: boolean
}

/** Host → server, request: the axes of a design, megabytes of a large one, so only while somebody looks at them. Always of the document's present text. */
export const AXES = 'lintel/axes'
export interface AxesParams {
  readonly uri: string
}
export type AxesResult = AxesTable

/** Host → server, request: a picture for a file. Always of the document's present text. */
export const EXPORT = 'lintel/export'
export interface ExportParams {
  readonly uri: string
  readonly theme: 'light' | 'dark' | 'auto'
  readonly view?: string
  readonly collapsed?: readonly string[]
  readonly lens?: Lens
}
export interface ExportResult {
  readonly svg: string
}

/** Host → server, request: the flows of a design, and one of them step by step. Always of the document's present text. */
export const PLAY = 'lintel/play'
export interface PlayParams {
  readonly uri: string
  /** A flow's id. */
  readonly flow?: string
}
export interface PlayResult {
  readonly flows: readonly { readonly id: string; readonly title: string }[]
  /** Its steps by the `data-id`s of what is drawn; unset where there is no such flow. */
  readonly playback?: Playback
}

/** Host → server, request: the sheet of a design. Always of the document's present text. */
export const SHEET = 'lintel/sheet'
export interface SheetParams {
  readonly uri: string
  readonly format: 'md' | 'html' | 'pdf'
  /** Of Markdown, where its picture will lie as seen from it: `shop.svg`. It is inside the page otherwise. */
  readonly picture?: string
}
export interface SheetResult {
  readonly base64: string
  /** The picture, where it is to lie in a file of its own. */
  readonly picture?: string
  /** Letters that a PDF cannot show, for Lintel carries no glyph of them. */
  readonly lacks?: readonly string[]
}

/** Host → server, request: the edits of a finding's fix (by the indices of the last `lintel/picture`), to be applied by the host. */
export const FIX = 'lintel/fix'
export interface FixParams {
  readonly uri: string
  readonly finding: number
  readonly fix: number
}
export interface FixResult {
  /** Document URI → edits. */
  readonly changes: Readonly<Record<string, readonly { readonly range: Range; readonly newText: string }[]>>
}

/** Server → host, request: reads a file that is not open, for imports; the host can reach virtual file systems. */
export const READ = 'lintel/read'
export interface ReadParams {
  readonly uri: string
}
export type ReadResult = { readonly text: string } | { readonly error: 'missing' | 'folder' | 'unreadable' | 'too-large' }

export type HostToView =
  | { readonly type: 'picture'; readonly picture: PictureMessage }
  /** What the cursor stands on; unset when it is on nothing drawn. `follow`: move there if it is out of sight. */
  | { readonly type: 'cursor'; readonly id?: string; readonly follow: boolean }
  /** What the view asked for by `axes`. */
  | { readonly type: 'axes'; readonly table: AxesTable }
  /** What the view asked for by `play`. */
  | { readonly type: 'play'; readonly result: PlayResult }
  /** Opens a table beside the picture. */
  | { readonly type: 'show'; readonly table: 'findings' | 'axes' }
  /** There will be no picture until something is done; unset when that is over. */
  | { readonly type: 'trouble'; readonly text?: string }

export type ViewToHost =
  | { readonly type: 'ready' }
  | { readonly type: 'theme'; readonly theme: 'light' | 'dark' }
  | { readonly type: 'reveal'; readonly id: string }
  | { readonly type: 'revealOrigin'; readonly origin: Origin }
  | { readonly type: 'fix'; readonly finding: number; readonly fix: number }
  | { readonly type: 'rule'; readonly rule: string }
  | { readonly type: 'view'; readonly view?: string }
  | { readonly type: 'collapse'; readonly collapsed: readonly string[] }
  | { readonly type: 'lens'; readonly lens?: Lens }
  /** The axes are open, and are to be those of the present text. */
  | { readonly type: 'axes' }
  /** A flow is to be played; unset: which ones there are. */
  | { readonly type: 'play'; readonly flow?: string }
  | { readonly type: 'export' }
  | { readonly type: 'restart' }

/** What the webview keeps across reloads of the window; the host reads the first four to bring a panel back. */
export interface PreviewState {
  readonly uri: string
  readonly view?: string
  readonly collapsed?: readonly string[]
  readonly lens?: Lens
  readonly viewport?: { readonly x: number; readonly y: number; readonly scale: number; readonly touched: boolean }
  readonly table?: 'findings' | 'axes' | 'lens'
  /** Height of the tables, px. */
  readonly tableHeight?: number
}

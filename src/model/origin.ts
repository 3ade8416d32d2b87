/** Where something stands in the text. Lines and characters are zero-based, characters count UTF-16 units, as in LSP. */
export interface Position {
  readonly line: number
  readonly character: number
}

export interface Range {
  readonly start: Position
  readonly end: Position
}

export interface Origin {
  /** The document's URI, as the opener of the workspace gave it. */
  readonly file: string
  readonly range: Range
}

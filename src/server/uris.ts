/** URIs as several programs spell them: an editor writes `%28` where a resolved import says `(`. */

/** One spelling for all that name the same document: what maps are keyed by. */
export function keyOf(uri: string): string {
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:/.exec(uri)?.[0] ?? ''
  let rest = uri.slice(scheme.length)
  try {
    rest = decodeURIComponent(rest)
  } catch {
    // A stray percent sign: then the spelling stands for itself.
  }
  if (scheme.toLowerCase() === 'file:') rest = rest.replace(/^\/\/(localhost)?\/([A-Za-z]):/, (_, _host, drive: string) => `///${drive.toLowerCase()}:`)
  return scheme.toLowerCase() + rest
}

export function sameUri(a: string, b: string): boolean {
  return a === b || keyOf(a) === keyOf(b)
}

/** The folder's URI, with a slash behind it. */
export function folderOf(uri: string): string {
  return uri.slice(0, uri.lastIndexOf('/') + 1)
}

/** Whether a document lies in a folder, at any depth. */
export function isInside(uri: string, folder: string): boolean {
  const inner = keyOf(uri)
  const outer = keyOf(folder)
  // Steps upwards were taken when the URI was resolved; what still has some is not to be trusted.
  if (/[\\/]\.\.([\\/]|$)/.test(inner)) return false
  return inner.startsWith(outer.endsWith('/') ? outer : `${outer}/`)
}

/** `./parts/payments.lintel`, from the document `from`; unset where they share no root. */
export function relativePath(from: string, to: string): string | undefined {
  const source = keyOf(from).split('/').slice(0, -1)
  const target = keyOf(to).split('/')
  if (source[0] !== target[0] || source[2] !== target[2]) return undefined
  let shared = 0
  while (shared < source.length && shared < target.length - 1 && source[shared] === target[shared]) shared++
  const up = source.length - shared
  return `${up === 0 ? './' : '../'.repeat(up)}${target.slice(shared).join('/')}`
}

/** What may be written into the picture: text that is legal in XML and cannot rearrange its surroundings, and numbers that print alike everywhere. */

/**
 * Drops what XML 1.0 forbids (control characters, lone surrogates, noncharacters) and the bidirectional overrides, by which a name could show
 * as something else. White space becomes single blanks; `\n` stays, since it breaks a label's line.
 */
export function clean(text: string): string {
  return text
    .replace(/\p{Cs}|[\uFFFE\uFFFF]/gu, '')
    .replace(/[\u202A-\u202E\u2066-\u2069\u200E\u200F]/g, '')
    .replace(/[\t\v\f\r\u0085\u00A0\u2028\u2029 ]+/g, ' ')
    .replace(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/g, '')
    .replace(/ *\n */g, '\n')
    .trim()
}

/** For text nodes and for attribute values in double quotes. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ESCAPES[char]!)
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** One decimal at most, no exponent, no negative zero: the same bytes on every platform. */
export function px(value: number): string {
  const rounded = Math.round(value * 10) / 10
  return String(rounded === 0 ? 0 : rounded)
}

/** An id that is safe in XML, CSS and a URL fragment, and different for different ids. */
export function safeId(prefix: string, id: string): string {
  return `${prefix}-${id.replace(/[^A-Za-z0-9-]/g, (char) => `_${char.codePointAt(0)!.toString(16)}_`)}`
}

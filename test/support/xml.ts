/** A small strict XML reader for tests: it throws where a document is not well-formed. No DTDs, which our pictures have none of. */
export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly (XmlElement | string)[]
}

const NAME = '[A-Za-z_][\\w.:-]*'
const ILLEGAL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Cs}/u

export function parseXml(text: string): XmlElement {
  const illegal = ILLEGAL.exec(text)
  if (illegal) fail(`character U+${illegal[0].codePointAt(0)!.toString(16)}`, illegal.index)
  let at = 0
  const skip = (pattern: RegExp): RegExpExecArray | undefined => {
    const sticky = new RegExp(pattern.source, 'ysu')
    sticky.lastIndex = at
    const match = sticky.exec(text)
    if (match) at += match[0].length
    return match ?? undefined
  }
  const element = (): XmlElement => {
    const open = skip(new RegExp(`<(${NAME})`)) ?? fail('no element', at)
    const name = open[1]!
    const attributes: Record<string, string> = {}
    for (let match = skip(new RegExp(`\\s+(${NAME})="([^"<]*)"`)); match; match = skip(new RegExp(`\\s+(${NAME})="([^"<]*)"`))) {
      if (match[1]! in attributes) fail(`${match[1]} twice`, at)
      attributes[match[1]!] = decode(match[2]!)
    }
    if (skip(/\s*\/>/)) return { name, attributes, children: [] }
    if (!skip(/\s*>/)) fail(`<${name}> does not end`, at)
    const children: (XmlElement | string)[] = []
    while (!text.startsWith('</', at)) {
      if (at >= text.length) fail(`<${name}> is not closed`, at)
      const words = skip(/[^<]+/)
      if (words) children.push(decode(words[0]))
      else children.push(element())
    }
    const close = skip(new RegExp(`</(${NAME})\\s*>`))
    if (close?.[1] !== name) fail(`<${name}> closed by </${close?.[1]}>`, at)
    return { name, attributes, children }
  }
  skip(/\s+/)
  const root = element()
  skip(/\s+/)
  if (at < text.length) fail('something behind the end', at)
  return root

  function decode(raw: string): string {
    if (raw.includes(']]>')) fail(']]>', at)
    return raw.replace(/\r\n?/g, '\n').replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));|&/gi, (match, decimal?: string, hex?: string, named?: string) => {
      if (decimal) return String.fromCodePoint(Number(decimal))
      if (hex) return String.fromCodePoint(Number.parseInt(hex, 16))
      return { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }[named ?? ''] ?? fail(match, at)
    })
  }
}

/** All text in it, without what stands between elements only to break lines. */
export function textOf(element: XmlElement): string {
  return element.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('')
}

function fail(what: string, at: number): never {
  throw new Error(`not well-formed XML at ${at}: ${what}`)
}

/** How many columns a text takes in a terminal or an editor: two for what East Asian fonts draw wide and for emoji, none for what combines. */
export function columns(text: string): number {
  if (isPlain(text) && !text.includes('\t')) return text.length
  let count = 0
  for (const character of text) count += character === '\t' ? TAB : WIDE.test(character) ? 2 : NONE.test(character) ? 0 : 1
  return count
}

/** Whether each of its characters takes one column, tabs aside. */
export function isPlain(text: string): boolean {
  return !/[^\x00-\x7f]/.test(text)
}

/** A tab in a source that is laid out by tabs: only asked for whether two lines meet in one column. */
const TAB = 4
/** The blocks that Unicode's East Asian Width calls wide or full-width, and what is an emoji by itself. */
const WIDE = /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u
const NONE = /[\p{Mn}\p{Me}\u200b-\u200f\u2060\ufe00-\ufe0f]/u

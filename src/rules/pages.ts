/** Generated from the rules' pages by `npm run generate`. Do not edit. */

/** Rule id → its page as Markdown. */
export const pages: Readonly<Record<string, string>> = {}

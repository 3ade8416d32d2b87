import manifest from '../../package.json' with { type: 'json' }

export const VERSION: string = manifest.version
export const HOMEPAGE: string = manifest.homepage

/** The rule's page on the web. */
export function ruleUrl(rule: string): string {
  return `${HOMEPAGE}/blob/main/docs/rules/${rule}.md`
}

/** A picture → one page that needs nothing else and asks nobody: no script, no network, fits the window. */
import { dark, light } from '../diagram/theme.ts'
import type { Picture, Theme } from '../diagram/picture.ts'
import { clean, escapeXml } from '../diagram/text.ts'

/** The picture's own styles and fonts are inside it; nothing else may load or run. */
export const POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; base-uri 'none'; form-action 'none'"

export function html({ svg }: Pick<Picture, 'svg'>, title: string, theme: Theme): string {
  const ground = theme === 'dark' ? dark.ground : light.ground
  const css = [
    `:root{color-scheme:${theme === 'auto' ? 'light dark' : theme}}`,
    `html,body{height:100%;margin:0;background:${ground}}`,
    'body{display:grid;place-items:center}',
    'body>svg{display:block;max-width:100vw;max-height:100vh;width:100%;height:100%}',
    ...(theme === 'auto' ? [`@media (prefers-color-scheme:dark){html,body{background:${dark.ground}}}`] : []),
  ]
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8"/>',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}"/>`,
    '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
    '<meta name="generator" content="Lintel"/>',
    `<title>${escapeXml(clean(title))}</title>`,
    `<style>${css.join('')}</style>`,
    '</head>',
    '<body>',
    svg.trimEnd(),
    '</body>',
    '</html>\n',
  ].join('\n')
}

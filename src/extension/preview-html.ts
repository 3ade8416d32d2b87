/** The webview's one page. It is written once: pictures come as messages, so scroll, zoom and focus are never lost. */
import { randomBytes } from 'node:crypto'
import { Uri, type Webview } from 'vscode'

/**
 * Nothing is allowed but the extension's own script and style sheet, and the font that each picture carries in itself: no network, no inline
 * script, no inline style.
 */
export function previewHtml(webview: Webview, extension: Uri, document: Uri): string {
  const nonce = randomBytes(18).toString('base64')
  const style = webview.asWebviewUri(Uri.joinPath(extension, 'media', 'preview.css'))
  const script = webview.asWebviewUri(Uri.joinPath(extension, 'dist', 'webview.js'))
  const policy = ["default-src 'none'", `script-src 'nonce-${nonce}'`, `style-src ${webview.cspSource}`, 'font-src data:'].join('; ')
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${style}">
<title>Lintel</title>
</head>
<body data-uri="${escape(document.toString())}">
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}

/** `lintel lsp --stdio`: the language server for any editor. */
export async function lspCommand(): Promise<number> {
  const { serveStdio } = await import('../server/stdio.ts')
  await serveStdio()
  return 0
}

/** The server on this process's own standard input and output, for `lintel lsp --stdio`. */
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node'
import { startServer } from './server.ts'

/** Ends when the client has said `exit` or has closed the input. */
export function serveStdio(): Promise<void> {
  const connection = createConnection(ProposedFeatures.all, process.stdin, process.stdout)
  // Whatever a library prints would break the protocol.
  console.log = console.info = console.warn = console.debug = (...data: unknown[]) => connection.console.log(data.map(String).join(' '))
  startServer(connection)
  return new Promise((resolve) => {
    connection.onExit(() => resolve())
    process.stdin.once('end', () => resolve())
  })
}

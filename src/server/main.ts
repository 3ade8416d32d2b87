/** The server's process: `--stdio`, `--node-ipc`, `--pipe=…` or `--socket=…` say how its client talks to it. */
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node'
import { startServer } from './server.ts'

const connection = createConnection(ProposedFeatures.all)
// A defect in one piece of work must not take the editor's answers away.
process.on('uncaughtException', (error) => connection.console.error(`uncaught: ${error.stack ?? error.message}`))
process.on('unhandledRejection', (reason) => connection.console.error(`unhandled: ${reason instanceof Error ? reason.stack : String(reason)}`))
startServer(connection)

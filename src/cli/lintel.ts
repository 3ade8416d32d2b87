#!/usr/bin/env node
/**
 * The one executable. Each command is a file of its own that returns an exit code; this is the only place that sets it.
 * 0: nothing at or above the threshold; 1: findings; 2: the command could not do its work.
 */
import { Command, CommanderError, Option } from 'commander'
import { UserError } from './failure.ts'
import { FORMATS } from './formats.ts'
import { REPORT_FORMATS } from './reports.ts'
import { VERSION } from './version.ts'

const program = new Command('lintel')
  .description('Architecture diagrams as code that know what they promise.')
  .version(VERSION)
  .showHelpAfterError('(lintel --help lists the commands)')
  .showSuggestionAfterError(true)
  .exitOverride()
  .configureHelp({ sortSubcommands: false })

program
  .command('check')
  .description('report every problem and finding of all designs under the paths')
  .argument('[paths...]', 'files and folders', ['.'])
  .addOption(new Option('--format <format>', 'text for people; the others for code scanning, annotations, test reports and scripts').choices(REPORT_FORMATS).default('text'))
  .option('--max-warnings <n>', 'fail when there are more warnings than this', wholeNumber)
  .option('--fix', 'apply the fixes that change no meaning, then report what is left')
  .option('--baseline <file>', 'report and count only what this file does not list as known')
  .option('--write-baseline', 'list everything there is now as known, in the file of --baseline or in .lintel-baseline.json')
  .option('--suppressed', 'with --format sarif: what is accepted or known as well, marked as suppressed')
  .action(run(async (paths, options) => (await import('./check.ts')).checkCommand(paths, options)))

program
  .command('render')
  .description('draw one design')
  .argument('<file>', 'the design')
  .option('-o, --output <file>', 'where to write it; without it, standard output')
  .option('--view <title>', 'a view that the design declares')
  .option('--flow <title>', 'only what this flow touches')
  .addOption(new Option('--theme <theme>', 'auto follows the reader’s light or dark mode').choices(['light', 'dark', 'auto']).default('auto'))
  .addOption(new Option('--format <format>', 'follows the output’s extension').choices(FORMATS))
  .action(run(async (file, options) => (await import('./render.ts')).renderCommand(file, options)))

program
  .command('watch')
  .description('draw one design, and again whenever it, what it imports or its lintel.json changes; while the text is broken, the last picture stays')
  .argument('<file>', 'the design')
  .requiredOption('-o, --output <file>', 'where to write it')
  .option('--view <title>', 'a view that the design declares')
  .option('--flow <title>', 'only what this flow touches')
  .addOption(new Option('--theme <theme>', 'auto follows the reader’s light or dark mode').choices(['light', 'dark', 'auto']).default('auto'))
  .addOption(new Option('--format <format>', 'follows the output’s extension').choices(FORMATS))
  .action(run(async (file, options) => (await import('./watch.ts')).watchCommand(file, options)))

program
  .command('axes')
  .description('the seven axes by which systems are compared, each answer with the facts behind it')
  .argument('<file>', 'the design')
  .addOption(new Option('--format <format>').choices(['text', 'md', 'json']).default('text'))
  .action(run(async (file, options) => (await import('./axes.ts')).axesCommand(file, options)))

program
  .command('load')
  .description('each flow’s and component’s load, capacity, utilisation, latency and availability')
  .argument('<file>', 'the design')
  .addOption(new Option('--format <format>').choices(['text', 'json']).default('text'))
  .action(run(async (file, options) => (await import('./load.ts')).loadCommand(file, options)))

program
  .command('fail')
  .description('what each flow does when these are down, where the load goes, and what backs up')
  .argument('<file>', 'the design')
  .argument('<targets...>', 'what is down, all at once; or the title of a scenario')
  .addOption(new Option('--format <format>', 'json: the shape is docs/failure.schema.json').choices(['text', 'json']).default('text'))
  .addHelpText('after', `
Targets:
  ledger               a component, by its name or label; where two have the name, with
                       what it stands in: us-east.ledger
  us-east              a region, zone, cell, host or provider with all that is in it
  "zone(us-east)"      one zone of it, or of a component; or a zone that is only named by
                       what stands in it: "zone(a)", also region, host and provider
  "replica(ledger)"    one of its copies, the leader unless they are drawn one by one;
                       "replica(ledger, 2)" for more; pg-1 for one that is drawn
  redis                everything that uses it; "technology(redis)" where a component
                       has that name
  "The cache dies"     a scenario of the design: what it slows, surges and cuts as well
`)
  .action(run(async (file, targets, options) => (await import('./fail.ts')).failCommand(file, targets, options)))

program
  .command('sheet')
  .description('one page for the interview or the design document: goal, numbers, picture, axes, failure story, trade-offs')
  .argument('<file>', 'the design')
  .requiredOption('-o, --output <file>', 'where to write it; .md, .html or .pdf')
  .option('--picture <file.svg>', 'for .md: write the picture there and link to it, as GitHub needs it, which shows none that is inside the page')
  .action(run(async (file, options) => (await import('./sheet.ts')).sheetCommand(file, options)))

program
  .command('rules')
  .description('list the rules')
  .addOption(new Option('--format <format>').choices(['text', 'json']).default('text'))
  .action(run(async (options) => (await import('./rules.ts')).rulesCommand(options)))

program
  .command('explain')
  .description('one rule: why, examples that fire and that do not, how to fix it, sources')
  .argument('<rule>', 'its id, such as hot-partition')
  .action(run(async (rule) => (await import('./rules.ts')).explainCommand(rule)))

program
  .command('format')
  .description('lay designs out canonically: indentation, blanks, lines that are too long; never a word or its order')
  .argument('[paths...]', 'files and folders', ['.'])
  .option('--check', 'write nothing; list the files that would change, and exit with 1 if there are any')
  .action(run(async (paths, options) => (await import('./format.ts')).formatCommand(paths, options)))

program
  .command('new')
  .description('start a design from the gallery; without an example, list the gallery')
  .argument('[example]', 'its name')
  .option('-o, --output <file>', 'where to write it (default: EXAMPLE.lintel here)')
  .action(run(async (example, options) => (await import('./new.ts')).newCommand(example, options)))

program
  .command('lsp')
  .description('the language server, for any editor')
  .option('--stdio', 'talk over standard input and output (the only transport here)')
  .action(run(async () => (await import('./lsp.ts')).lspCommand()))

// A reader that has seen enough (`lintel check | head`) is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit()
  throw error
})

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = exitCodeOf(error)
}

function run(action: (...args: any[]) => Promise<number>): (...args: unknown[]) => Promise<void> {
  return async (...args) => {
    process.exitCode = await action(...args)
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (error instanceof UserError) {
    process.stderr.write(`lintel: ${error.message}\n`)
    return 2
  }
  process.stderr.write(`lintel: this is a bug in Lintel, please report it with the file that shows it\n${(error as Error)?.stack ?? String(error)}\n`)
  return 2
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new UserError(`--max-warnings takes a whole number, not ‘${text}’`)
  return Number(text)
}

import { parseArgs } from 'node:util'
import { COMMANDS } from './commands.ts'
import { DEMO } from './fleet/record.ts'
import { vmCommand } from './vm/command.ts'

const USAGE = `npm run lab -- COMMAND [--name FLEET]

  build               build LabOS 8 and 9 into the cache (up does it too)
  up [N]              start a fleet: N plain hosts (3) and one of each special kind
  status              the fleets and hosts that are up
  shell HOST [CMD]    log in to a host, or run a command there
  down                end a fleet; nothing of it is left
  clean               remove the cache
  vm ...              the virtual machine; 'vm help' tells more

FLEET is 'demo' unless given; each has its own addresses and files.
`

/** As shells count it: 128 and the number of SIGINT. */
const INTERRUPTED = 130

function parse(argv: readonly string[]): { name: string; command: string; words: string[] } {
  // What follows the host of 'shell' is the host's business, options and all.
  const shell = argv.indexOf('shell')
  const host = argv.findIndex((word, i) => shell >= 0 && i > shell && !word.startsWith('-') && argv[i - 1] !== '--name')
  const own = host < 0 ? argv : argv.slice(0, host + 1)
  const { values, positionals } = parseArgs({
    args: [...own],
    options: { name: { type: 'string', default: DEMO }, help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  })
  const [command = 'help', ...words] = values.help ? ['help'] : positionals
  return { name: values.name, command, words: host < 0 ? words : [...words, ...argv.slice(host + 1)] }
}

async function main(): Promise<number> {
  if (process.argv[2] === 'vm') return vmCommand(process.argv.slice(3))
  const { name, command, words } = parse(process.argv.slice(2))
  const work = COMMANDS[command]
  if (!work) {
    const known = command === 'help'
    ;(known ? process.stdout : process.stderr).write(known ? USAGE : `lab: no command '${command}'\n\n${USAGE}`)
    return known ? 0 : 2
  }
  const abort = new AbortController()
  const stop = () => {
    if (abort.signal.aborted) {
      console.error(`lab: left at once; 'npm run lab -- down --name ${name}' removes what remains`)
      process.exit(INTERRUPTED)
    }
    console.error('lab: taking everything down again')
    abort.abort(new Error('interrupted'))
  }
  process.on('SIGINT', stop).on('SIGTERM', stop)
  try {
    return await work(name, words, abort.signal)
  } catch (error) {
    if (abort.signal.aborted) return INTERRUPTED
    throw error
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(`lab: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}

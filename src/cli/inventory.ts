import { resolve } from 'node:path'
import type { CommandModule, Options } from 'yargs'
import { UserError } from '../diagnostics/diagnostic.ts'
import { visibleLines } from '../events/visible.ts'
import { selectLimit } from '../inventory/limit.ts'
import { loadInventory } from '../inventory/load.ts'
import { type InventoryView, renderInventory } from '../inventory/render.ts'
import { loadVarFiles } from '../inventory/vars-files.ts'
import { SafeOutput } from '../render/safe-output.ts'

interface InventoryArguments {
  readonly inventory?: string[] | undefined
  readonly limit?: string | undefined
  readonly list?: boolean | undefined
  readonly graph?: boolean | undefined
  readonly host?: string | undefined
  readonly 'playbook-dir'?: string | undefined
}

/** The flags of `upgrade-push inventory`. */
export const INVENTORY_FLAGS = {
  inventory: {
    alias: ['i'],
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'Inventory file, directory, executable, or hosts with commas; repeatable',
  },
  limit: { alias: ['l'], type: 'string', nargs: 1, describe: 'Show only the hosts that match this pattern' },
  list: { type: 'boolean', describe: 'Print all groups and variables as JSON' },
  graph: { type: 'boolean', describe: 'Print groups and hosts as a tree' },
  host: { type: 'string', nargs: 1, describe: 'Print the variables of one host as JSON' },
  'playbook-dir': { type: 'string', nargs: 1, describe: 'Also read group_vars/ and host_vars/ of this directory' },
} satisfies Record<string, Options>

/** `upgrade-push inventory`: shows hosts, groups and variables as `ansible-inventory` does. Warnings go to stderr. */
export const inventoryCommand: CommandModule<unknown, InventoryArguments> = {
  command: 'inventory',
  describe: 'Show hosts, groups and variables as ansible-inventory does',
  builder: (yargs) =>
    yargs
      .options(INVENTORY_FLAGS)
      .example('$0 inventory -i hosts.ini --graph', 'the tree of groups')
      .example("$0 inventory -i hosts.ini --list -l 'web:!web3'", 'some hosts with their variables'),
  handler: async (args) => {
    const view = chosenView(args)
    const inventory = await loadInventory(args.inventory ?? [])
    const directory = args['playbook-dir']
    const files = await loadVarFiles(inventory, directory === undefined ? [] : [resolve(directory)])
    const limit = args.limit === undefined ? undefined : await selectLimit(args.limit, inventory)
    const text = renderInventory(inventory, files, view, limit?.hosts)
    const warnings = [...inventory.warnings, ...files.warnings].flatMap((warning) =>
      visibleLines(`warning: ${warning}`),
    )
    if (warnings.length > 0) new SafeOutput(process.stderr).write(`${warnings.join('\n')}\n`)
    new SafeOutput(process.stdout).write(`${text}\n`)
  },
}

function chosenView(args: InventoryArguments): InventoryView {
  const views: InventoryView[] = []
  if (args.list) views.push({ kind: 'list' })
  if (args.graph) views.push({ kind: 'graph' })
  if (args.host !== undefined) views.push({ kind: 'host', name: args.host })
  const [view] = views
  if (view && views.length === 1) return view
  throw new UserError('give exactly one of --list, --graph and --host NAME', 'usage')
}

import { dirname } from 'node:path/posix'
import { mountOf } from '../host/tables.ts'
import { ENTRY_ID } from '../layout.ts'
import { allEntries, asDefault, isOurs, othersEntries, ourEntries, renderBlsEntry, withOurs } from './bls-entries.ts'
import type { BlsEntry } from './bls-entry.ts'
import { blsScripts } from './bls-scripts.ts'
import type { LoaderDriver, Obstacle } from './driver.ts'
import type { BootFacts } from './facts.ts'
import { environmentBlocks, environmentObstacle, environmentVariables, grubPlace } from './grub-environment.ts'
import { grubScripts } from './grub-scripts.ts'
import { ENTRY_FILE } from './paths.ts'
import { grubOrder } from './version-order.ts'

/**
 * GRUB with `blscfg`: entries in /boot, one-shot by `next_entry` in its environment block. The lab's machine boots by a GRUB without the patch
 * that brings `blscfg`, in whose place its configuration has a function.
 */
export const grubBls: LoaderDriver = {
  kind: 'grub-bls',
  label: 'GRUB with BLS entries',
  neverRun: {
    what: 'GRUB as RPM distributions build it, with the command blscfg,',
    instead: 'the lab boots another build of it, whose configuration reads the same entries and the same environment',
  },
  recognises: (facts) => grubPlace(facts)?.config.blscfg === true,

  obstacles(facts) {
    const place = grubPlace(facts)
    if (!place) return []
    const found: Obstacle[] = []
    if (facts.loader.tools.editenv === undefined) {
      found.push({
        key: 'loader_tool',
        title: 'grub2-editenv is missing',
        detail: `${place.config.path} is GRUB’s, which is told to boot an entry once with grub2-editenv`,
        remedy: 'Install grub2-tools-minimal (or grub2-tools).',
      })
    }
    if (!place.config.nextEntry) {
      found.push({
        key: 'grub_next_entry',
        title: 'GRUB’s configuration ignores next_entry',
        detail: `${place.config.path} does not take next_entry as its default and clear it with save_env`,
        remedy: `Make it anew with GRUB_DEFAULT=saved in /etc/default/grub: grub2-mkconfig -o ${place.config.path}`,
      })
    }
    const environment = environmentObstacle(facts, place)
    return [...found, ...(environment ? [environment] : []), ...defaultObstacles(facts)]
  },

  defaultEntry(facts) {
    const entry = chosen(facts, othersEntries(facts))
    const options = entry && resolveOptions(facts, entry)
    return typeof options === 'string' && entry ? asDefault(entry, options) : undefined
  },

  ours: ourEntries,
  render: (facts, wanted) => renderBlsEntry(facts, kernelDirectory(facts), wanted),

  oneShot(facts) {
    const id = environmentVariables(grubPlace(facts)?.environment).get('next_entry')
    if (id === undefined || id === '') return { kind: 'none' }
    return id === ENTRY_ID ? { kind: 'ours' } : { kind: 'other', id }
  },

  kernelFolder: kernelDirectory,
  environmentBlocks,

  scripts(steering) {
    const grub = grubScripts(steering, ENTRY_ID)
    return { ...blsScripts(grub.fingerprint), arm: grub.arm, armed: grub.armed }
  },
}

/** /boot as GRUB sees it: the root of its own partition, or the folder that the installed kernels' entries name. */
function kernelDirectory(facts: BootFacts): string {
  if (mountOf(facts.host.mounts, '/boot')?.point === '/boot') return ''
  const linux = chosen(facts, othersEntries(facts))?.linux
  const directory = linux === undefined ? '/boot' : dirname(linux)
  return directory === '/' ? '' : directory
}

/** `saved_entry` is an entry's id, its title or its place in the list; without one it is the first. */
function chosen(facts: BootFacts, entries: readonly BlsEntry[]): BlsEntry | undefined {
  const sorted = [...entries].sort(grubOrder)
  const saved = environmentVariables(grubPlace(facts)?.environment).get('saved_entry')
  if (saved === undefined || saved === '') return sorted[0]
  return (
    sorted.find((entry) => entry.id === saved || entry.file === saved) ??
    sorted.find((entry) => entry.title === saved) ??
    (/^\d+$/.test(saved) ? sorted[Number(saved)] : undefined) ??
    sorted[0]
  )
}

/** Fills in `$kernelopts` and the like; the name of a variable that nothing sets otherwise. */
function resolveOptions(facts: BootFacts, entry: BlsEntry): string | { unknown: string } {
  const place = grubPlace(facts)
  const environment = environmentVariables(place?.environment)
  let unknown: string | undefined
  const text = entry.options.replace(/\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?/g, (_, name: string) => {
    const value = environment.get(name) ?? place?.config.variables[name]
    // tuned sets its own only where it has something to say.
    if (value === undefined && !name.startsWith('tuned_')) unknown ??= name
    return value ?? ''
  })
  return unknown === undefined ? text.replace(/\s+/g, ' ').trim() : { unknown }
}

function defaultObstacles(facts: BootFacts): Obstacle[] {
  const entry = chosen(facts, othersEntries(facts))
  if (!entry) {
    return [
      {
        key: 'loader_default',
        title: 'no entry of the installed system',
        detail: 'there is no entry in /boot/loader/entries to take root= and the other kernel arguments from',
        remedy: 'Let `kernel-install add` write the entry of the installed kernel.',
      },
    ]
  }
  const now = chosen(facts, allEntries(facts))
  const later = chosen(facts, withOurs(facts))
  if ((now && isOurs(now)) || (later && isOurs(later))) {
    return [
      {
        key: 'loader_default',
        title: 'our entry would be the default',
        detail: `GRUB’s saved_entry does not name one of the installed system's entries, and ${ENTRY_FILE} sorts before them`,
        remedy: `Name the default: grub2-set-default ${entry.id}`,
      },
    ]
  }
  const options = resolveOptions(facts, entry)
  if (typeof options === 'string') return []
  return [
    {
      key: 'loader_options',
      title: 'the default entry’s kernel arguments are unknown',
      detail: `entry ${entry.id} takes $${options.unknown} from GRUB’s environment, where it is not set`,
      remedy: `Set it (grub2-editenv - set ${options.unknown}=...), or let grubby write the arguments into the entry.`,
    },
  ]
}

import { quote } from '../../../remote/quote.ts'
import { ENTRY_TITLE } from '../layout.ts'
import type { LoaderDriver, Obstacle } from './driver.ts'
import { environmentBlocks, environmentObstacle, environmentVariables, grubPlace } from './grub-environment.ts'
import { grubScripts } from './grub-scripts.ts'

/** GRUB without BLS entries, edited by grubby, one-shot by `next_entry` with the entry's title. Seen in case files only. */
export const grubby: LoaderDriver = {
  kind: 'grubby',
  label: 'GRUB, edited by grubby',
  neverRun: { what: 'GRUB with grubby', instead: 'its commands stand in case files, grubby itself never ran' },
  recognises: (facts) => facts.loader.tools.grubby !== undefined && grubPlace(facts) !== undefined,

  obstacles(facts) {
    const place = grubPlace(facts)
    if (!place) return []
    const found: Obstacle[] = []
    if (facts.loader.tools.editenv === undefined) {
      found.push({
        key: 'loader_tool',
        title: 'grub2-editenv is missing',
        detail: 'GRUB is told to boot an entry once with grub2-editenv',
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
    if (environment) found.push(environment)
    if (this.defaultEntry(facts) === undefined) {
      found.push({
        key: 'loader_default',
        title: 'no entry of the installed system',
        detail:
          'grubby names no default kernel to take root= and the other kernel arguments from, or the default is our own',
        remedy: 'Name the default: grubby --set-default /boot/vmlinuz-<version>',
      })
    }
    return found
  },

  defaultEntry({ loader }) {
    const info = grubbyInfo(loader.grubby.default)
    const kernel = info.get('kernel')
    if (kernel === undefined || /vmlinuz-upgrade\./.test(kernel)) return undefined
    const root = info.get('root')
    return {
      id: kernel,
      options: [root === undefined ? undefined : `root=${root}`, info.get('args')].filter(Boolean).join(' '),
    }
  },

  ours({ loader }) {
    const info = grubbyInfo(loader.grubby.ours)
    const kernel = info.get('kernel')
    if (kernel === undefined) return []
    const root = info.get('root')
    const options = [root === undefined ? undefined : `root=${root}`, info.get('args')].filter(Boolean).join(' ')
    return [{ name: kernel, text: format(info.get('title') ?? '', kernel, info.get('initrd') ?? '', options) }]
  },

  render: (_, { title, kernel, initramfs, options }) =>
    format(title ?? ENTRY_TITLE, `/boot/${kernel}`, `/boot/${initramfs}`, options),

  oneShot(facts) {
    const id = environmentVariables(grubPlace(facts)?.environment).get('next_entry')
    if (id === undefined || id === '') return { kind: 'none' }
    return id === ENTRY_TITLE ? { kind: 'ours' } : { kind: 'other', id }
  },

  kernelFolder: () => '/boot',
  environmentBlocks,

  scripts(steering) {
    const tool = quote(steering.grubby)
    const kernel = quote(`/boot/${steering.kernel}`)
    const remove = `! ${tool} --info=${kernel} >/dev/null 2>&1 || ${tool} --remove-kernel=${kernel}`
    return {
      ...grubScripts(steering, ENTRY_TITLE),
      fingerprint: `${tool} --default-kernel && ${tool} --info=DEFAULT`,
      // grubby has no way to replace an entry, and two for one kernel confuse it.
      write: `${remove} || exit 1
{ read -r _ title; read -r _ kernel; read -r _ initrd; read -r _ options; }
root=$(printf '%s\\n' $options | sed -n 's/^root=//p')
rest=$(printf '%s\\n' $options | grep -v '^root=' | tr '\\n' ' ')
${tool} --add-kernel="$kernel" --initrd="$initrd" --title="$title" --args="$rest" || exit 1
${tool} --update-kernel="$kernel" --args="root=$root"`,
      remove,
      readBack: `! ${tool} --info=${kernel} >/dev/null 2>&1 || ${tool} --info=${kernel} | awk '
        { sub(/^[^=]*=/, "&\\t"); split($0, part, "=\\t"); value = part[2]; gsub(/^"|"$/, "", value); seen[part[1]] = value }
        END { printf "title %s\\nlinux %s\\ninitrd %s\\noptions root=%s %s\\n", seen["title"], seen["kernel"], seen["initrd"], seen["root"], seen["args"] }'`,
    }
  },
}

/** `key="value"` lines of `grubby --info`; of several entries the first counts. */
function grubbyInfo(lines: readonly string[]): Map<string, string> {
  const info = new Map<string, string>()
  for (const line of lines) {
    const match = /^([a-z]+)=("?)(.*?)\2\s*$/.exec(line)
    if (match && !info.has(match[1] as string)) info.set(match[1] as string, (match[3] as string).trim())
  }
  return info
}

function format(title: string, linux: string, initrd: string, options: string): string {
  return `title ${title}\nlinux ${linux}\ninitrd ${initrd}\noptions ${rootFirst(options)}\n`
}

/** grubby keeps root= apart from the other arguments, so it can only be compared at a fixed place. */
function rootFirst(options: string): string {
  const words = options.split(/\s+/).filter((word) => word !== '')
  const root = words.filter((word) => word.startsWith('root='))
  return [...root, ...words.filter((word) => !word.startsWith('root='))].join(' ')
}

import { join } from 'node:path'
import { assign } from '../../../remote/quote.ts'
import type { ControllerFiles } from '../../contract.ts'
import { bootNames, ENTRY_ID, ENTRY_TITLE } from '../layout.ts'
import type { LoaderDriver } from './driver.ts'
import type { BootFacts } from './facts.ts'
import { RECOVERY_ID } from './paths.ts'

/** Shell of `assets/steer/` that makes up the script for each loader, in its order. */
const PARTS: { readonly [Kind in LoaderDriver['kind']]: readonly string[] } = {
  'systemd-boot': ['efi', 'systemd-boot', 'entries', 'bls', 'order'],
  'grub-bls': ['grubenv', 'grub-bls', 'entries', 'bls', 'order'],
  grubby: ['grubenv', 'grubby'],
}
const BEFORE = ['files', 'options']
const AFTER = ['recovery', 'finish', 'main']

/** The script's parts by loader, read from the controller's disk. */
export interface SteerSources {
  readonly start: string
  readonly body: { readonly [Kind in LoaderDriver['kind']]: string }
}

export async function loadSteer(files: ControllerFiles): Promise<SteerSources> {
  const text = (name: string) => files.text(join(files.assetsDir, 'steer', `${name}.sh`))
  const body = async (kind: LoaderDriver['kind']) =>
    (await Promise.all([...BEFORE, ...PARTS[kind], ...AFTER].map(text))).join('\n')
  return {
    start: await text('start'),
    body: {
      'systemd-boot': await body('systemd-boot'),
      'grub-bls': await body('grub-bls'),
      grubby: await body('grubby'),
    },
  }
}

/** What was armed, as far as the script must know it. */
export interface Armed {
  /** sha256 of our kernel and image in /boot. */
  readonly kernel: string
  readonly image: string
  /** Kernel arguments of the recovery entry; undefined when no packages are to change. */
  readonly recovery: string | undefined
}

/**
 * `steer` for one host: the only thing that touches the boot loader while the offline upgrade runs. It runs in the initramfs, chrooted into
 * the old root and later into what has become the new one, and knows everything that could only be asked before.
 */
export function steerScript(sources: SteerSources, driver: LoaderDriver, facts: BootFacts, armed: Armed): string {
  const names = bootNames(facts.host.arch)
  const before = driver.defaultEntry(facts)
  const recovery =
    armed.recovery === undefined
      ? ''
      : driver.render(facts, {
          title: 'System upgrade: recovery (upgrade-push)',
          kernel: names.kernel,
          initramfs: names.initramfs,
          options: armed.recovery,
        })
  const known = {
    LOADER: driver.kind,
    ENTRY_ID,
    ENTRY_TITLE,
    RECOVERY_ID,
    RECOVERY_TEXT: recovery.trimEnd(),
    OUR_KERNEL: names.kernel,
    OUR_IMAGE: names.initramfs,
    OUR_HMAC: names.hmac,
    OUR_KERNEL_DIGEST: armed.kernel,
    OUR_IMAGE_DIGEST: armed.image,
    DEFAULT_ID: before?.id ?? '',
    DEFAULT_OPTIONS: before?.options ?? '',
    DEFAULT_MACHINE_ID: before?.machineId ?? '',
    DEFAULT_SORT_KEY: before?.sortKey ?? '',
    ENTRY_PREFIX: prefixOf(before?.id ?? '', before?.version ?? ''),
    KERNEL_FOLDER: driver.kernelFolder(facts),
    BLOCKS: driver.environmentBlocks(facts).join('\n'),
  }
  return `${sources.start}\n${assign(known)}\n${sources.body[driver.kind]}`
}

/** What stands before the version in the name of an entry: the machine's id, or a token in its place. */
function prefixOf(id: string, version: string): string {
  if (version !== '' && id.endsWith(version)) return id.slice(0, -version.length)
  return /^([0-9a-f]{32}-)/.exec(id)?.[1] ?? 'linux-'
}

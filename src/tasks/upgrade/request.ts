import { posix } from 'node:path'
import { z } from 'zod'

const path = z.string().regex(/^\/[^\0\n]*$/, 'must be an absolute path')
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._+-]*$/, 'letters, digits and . _ + - only')
/** An RPM as dnf takes it: a name, name.arch or NEVRA. Nothing that dnf could read as an option or a path. */
const rpm = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._+:~^()-]*$/, 'must be a package name')
const kernelModule = z
  .string()
  .regex(
    /^(=[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*|[A-Za-z0-9][A-Za-z0-9_-]*)$/,
    'a module name, or =subdir[/subdir] of the kernel tree',
  )
/** On the controller it may be relative to the playbook. */
const modulePath = z.string().regex(/^[^\0\n]+$/, 'must be a path')
const kernelArg = z.string().regex(/^[^\s"'\\$`]+$/, 'one kernel argument, no spaces or quotes')

const driver = {
  name: kernelModule.describe('Name of a module, or =subdir: all below that folder of the kernel tree'),
  path: modulePath.optional().describe('File or directory built for the target kernel'),
}

const imageParts = {
  dracut_modules: z
    .array(
      z.strictObject({
        name: name.describe('Name of the module, without its number'),
        path: modulePath
          .optional()
          .describe('Directory of the module; without it the module is in the container already'),
      }),
    )
    .optional()
    .describe('Dracut modules for the image'),
  kernel_modules: z.array(z.strictObject(driver)).optional().describe('Drivers for the image'),
  include_files: z.array(path).optional().describe('Files to put into the image, as seen in the container'),
  kernel_args: z
    .strictObject({
      add: z.array(kernelArg).optional().describe('Arguments to add'),
      remove: z.array(kernelArg).optional().describe('Arguments to take out, whoever adds them'),
    })
    .optional()
    .describe('Arguments on the kernel command line'),
}

const unit = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9:_.@\\-]*$/, 'a unit, such as httpd or backup.timer')
/** The name decides about the order, and becomes part of file names in the new system. */
const scriptPath = modulePath.refine(
  (path) => /^[A-Za-z0-9][A-Za-z0-9._+-]*$/.test(posix.basename(path)),
  'the file’s name must be made of letters, digits and . _ + - only',
)

/** Seconds that a script may take when its request does not say. */
export const SCRIPT_TIMEOUT = 600

const scripts = z.array(
  z.strictObject({
    path: scriptPath.describe('The script; an executable file is started as it is, any other by /bin/sh'),
    timeout: z
      .number()
      .int()
      .min(1)
      .max(86_400)
      .optional()
      .describe(`Seconds after which it is stopped and counts as failed. Default: ${SCRIPT_TIMEOUT}`),
  }),
)

const newSystem = {
  services: z
    .strictObject({
      enable: z.array(unit).optional().describe('Units to enable'),
      disable: z.array(unit).optional().describe('Units to disable'),
    })
    .optional()
    .describe('Services of the new system; without a suffix a name is that of a .service'),
  scripts: z
    .strictObject({
      after_transaction: scripts
        .optional()
        .describe('Run in the new system’s root by the upgrade image, after the packages were replaced'),
      first_boot: scripts.optional().describe('Run when the new system has booted'),
    })
    .optional()
    .describe(
      'Scripts that are run in the order of their names, each until it has succeeded once: one that failed runs again on a resume',
    ),
}

/** One request, as a file in `requests.d/` says it. `path`s of files beside the playbook are on the controller, of files on the host on the host. */
export const requestFile = z.strictObject({
  when: z.string().optional().describe('Expression; the request counts only where it is true'),
  install_rpms: z.array(rpm).optional().describe('Packages for the container'),
  copy_files: z
    .array(
      z.strictObject({
        src: path.describe('Path on the host'),
        dst: path.optional().describe('Path in the container. Default: the same'),
      }),
    )
    .optional()
    .describe('From the host into the container, after its packages'),
  ...imageParts,
  kernel_modules: z
    .array(
      z.strictObject({
        ...driver,
        optional: z
          .boolean()
          .optional()
          .describe('Take it along where the target kernel has it, and do without where not. Default: false'),
      }),
    )
    .optional()
    .describe('Drivers for the image'),
  target: z.strictObject(imageParts).optional().describe('The same for the initramfs of the installed new system'),
  ...newSystem,
})
export type RequestFile = z.infer<typeof requestFile>

/** Who asked: `built-in:lvm`, `requests.d/nic.yml`, `host:/etc/upgrade-push/requests.d/10-raid.yml`, `play`. */
export type Provenance = string

/** Where a module's files come from. `container`: it is installed there already. */
export type ModuleSource =
  | { readonly kind: 'container' }
  | { readonly kind: 'host'; readonly path: string }
  | { readonly kind: 'controller'; readonly path: string }

export interface Asked<T> {
  readonly value: T
  readonly by: readonly Provenance[]
}

/** A script of a request. */
export interface RequestedScript {
  /** Name of its file: scripts run in the order of their names. */
  readonly name: string
  readonly source: Exclude<ModuleSource, { readonly kind: 'container' }>
  /** Seconds. */
  readonly timeout: number
}

export interface RequestedDriver {
  readonly name: string
  readonly source: ModuleSource
  /** The image may do without where the target kernel lacks it. */
  readonly optional?: true | undefined
}

export interface ImageRequest {
  readonly dracutModules: readonly Asked<{ readonly name: string; readonly source: ModuleSource }>[]
  readonly kernelModules: readonly Asked<RequestedDriver>[]
  readonly includeFiles: readonly Asked<string>[]
  readonly kernelArgs: { readonly add: readonly Asked<string>[]; readonly remove: readonly Asked<string>[] }
}

/** Network and log-in of the upgrade image. */
export interface ImageNetwork {
  /** In words: `eth0 by DHCP`. */
  readonly setup: string
  /** Configuration for systemd-networkd, by file name; empty where kernel arguments tell something else. */
  readonly files: readonly { readonly name: string; readonly text: string }[]
  /** Where the image's sshd listens: where the host's own did. */
  readonly port: number
  /** The one public key that may log in as root, `ssh-ed25519 AAAA…`; null in a check before the controller has one. */
  readonly authorizedKey: string | null
}

/**
 * The merged request of all producers for one host: `request.json` on the host, `provides.request` within a run.
 * Lists are sorted and free of duplicates, so that equal requests have equal digests.
 */
export interface MergedRequest {
  readonly version: 1
  readonly arch: string
  readonly sourceRelease: string
  readonly targetRelease: string
  readonly installRpms: readonly Asked<string>[]
  readonly copyFiles: readonly Asked<{ readonly src: string; readonly dst: string }>[]
  readonly upgrade: ImageRequest
  readonly target: ImageRequest
  /** Names of units, with their suffix. */
  readonly services: { readonly enable: readonly Asked<string>[]; readonly disable: readonly Asked<string>[] }
  /** In the order in which they run: by name, equal names by who asked and the place in the request. */
  readonly scripts: {
    readonly afterTransaction: readonly Asked<RequestedScript>[]
    readonly firstBoot: readonly Asked<RequestedScript>[]
  }
  /** Build with --lvmconf / --mdadmconf. */
  readonly lvmconf: boolean
  readonly mdadmconf: boolean
  /** null: the upgrade image has neither a network nor anything to log in to. */
  readonly network: ImageNetwork | null
  /** sha256 of the canonical JSON of everything above without provenance. */
  readonly digest: string
}

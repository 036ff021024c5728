import { z } from 'zod'

// Nothing that dnf could read as an option.
const packageSpec = z.string().regex(/^[A-Za-z0-9_@][^\s'"]*$/, 'must be a package name')
const moduleName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.+-]*$/, 'must be the name of a module')
const moduleStream = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.+-]*:[A-Za-z0-9_.+-]+$/, 'must be name:stream')
const rpmPath = z.string().regex(/^\/[^\0\n'"]+\.rpm$/, 'must be the absolute path of an .rpm file on the host')

export const stageTransactionArgs = z.strictObject({
  to_install: z.array(packageSpec).default([]).describe('Packages to install'),
  to_remove: z.array(packageSpec).default([]).describe('Packages to remove'),
  to_keep: z
    .array(packageSpec)
    .default([])
    .describe('Packages that must not go: the step refuses when they would be removed or replaced by others'),
  to_upgrade: z
    .array(packageSpec)
    .default([])
    .describe('Packages to upgrade before the rest is brought to what the repositories have'),
  modules_to_enable: z.array(moduleStream).default([]).describe('Module streams to enable, as name:stream'),
  modules_to_reset: z.array(moduleName).default([]).describe('Modules to reset before that'),
  local_rpms: z
    .array(rpmPath)
    .default([])
    .describe(
      'Packages that lie on the host as files. They must be signed like all others, with a key of the host, of a repository or of ' +
        '`gpgkeys`, unless `gpgcheck` is off in `install_rpms`',
    ),
  local_rpms_unchecked: z
    .boolean()
    .default(false)
    .describe('Take the files of `local_rpms` without a look at their signatures'),
  exclude: z.array(packageSpec).default([]).describe('Packages of the repositories that are left out'),
  refresh: z
    .boolean()
    .default(false)
    .describe('Make the plan anew when the repositories have changed since it was made'),
  timeout: z
    .number()
    .int()
    .positive()
    .default(7200)
    .describe('Seconds that planning, downloading and testing may take'),
})

export type StageTransactionArgs = z.infer<typeof stageTransactionArgs>

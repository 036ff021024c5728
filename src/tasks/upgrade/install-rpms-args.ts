import { z } from 'zod'

const repositoryId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.:-]*$/, 'must be a repository id')
// No user:password@ part: it would end up in files and logs.
const url = z
  .string()
  .regex(
    /^(https?|file|ftp):\/\/[^\s'"@]+$/,
    'must be an http, https, ftp or file URL without spaces, quotes or a password',
  )
const key = z.string().regex(/^(\/|https?:\/\/|file:\/\/)[^\s'"@]+$/, 'must be an absolute path on the host, or a URL')

export const installRpmsArgs = z
  .strictObject({
    release: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be a release such as 9.4')
      .describe('Release of the container: what dnf puts for $releasever'),
    repositories: z
      .array(
        z.union([
          repositoryId,
          z.strictObject({
            id: repositoryId,
            baseurl: url.describe(
              'Where the repository is, as the host reaches it; $releasever and $basearch are known',
            ),
            gpgkey: key.optional().describe('Key that signs its packages: a path on the host or a URL'),
          }),
        ]),
      )
      .min(1)
      .describe('The only repositories that packages come from: ids that the host knows, or definitions of its own'),
    gpgcheck: z.boolean().default(true).describe('Check the signature of every package'),
    gpgkeys: z.array(key).default([]).describe("Keys to trust beside the repositories' own: paths on the host or URLs"),
    refresh: z
      .boolean()
      .default(false)
      .describe('Make the container anew when the repositories have changed since it was made'),
    timeout: z.number().int().positive().default(3600).describe('Seconds that downloading and installing may take'),
  })
  .superRefine((args, context) => {
    const seen = new Set<string>()
    args.repositories.forEach((repository, i) => {
      const id = typeof repository === 'string' ? repository : repository.id
      if (seen.has(id)) context.addIssue({ code: 'custom', path: ['repositories', i], message: `${id} is named twice` })
      seen.add(id)
      if (typeof repository !== 'string' && args.gpgcheck && !repository.gpgkey && args.gpgkeys.length === 0) {
        const message = `${id} needs a gpgkey, or gpgcheck: false for packages without a signature`
        context.addIssue({ code: 'custom', path: ['repositories', i], message })
      }
    })
  })

export type InstallRpmsArgs = z.infer<typeof installRpmsArgs>

import { z } from 'zod'
import { type Content, defineTask, type Probe } from '../contract.ts'
import { givenKey } from './access/given-key.ts'
import { PUBLISH } from './container/shell.ts'
import { canonicalJson } from './digest.ts'
import { type GatherLocal, loadRequests } from './gather-modules-local.ts'
import { type HostRequests, hostRequestsProbe } from './gather-modules-probe.ts'
import { gatherWishes, hostPathsOf } from './gather-modules-wishes.ts'
import { type RequestFact, requestProbe } from './given-request.ts'
import type { HostFacts } from './host/facts.ts'
import { hostProbe } from './host/host-probe.ts'
import { HOST, STATE } from './layout.ts'
import type { NetworkFacts } from './network/facts.ts'
import { networkProbe, noNetworkProbe } from './network/network-probe.ts'
import { chooseNetwork, NETWORKING, type NetworkWish } from './networking.ts'
import { type ImageNetwork, type MergedRequest, requestFile } from './request.ts'
import { conflictsOf } from './request-conflicts.ts'
import { requestDiff } from './request-diff.ts'
import { mergeRequests } from './request-merge.ts'
import { majorOf } from './rules/distributions.ts'
import { RULE_NAMES } from './rules/table.ts'

const args = requestFile.omit({ when: true }).extend({
  target_release: z.string().min(1).describe('Release to upgrade to, such as "9"'),
  requests_dir: z
    .string()
    .optional()
    .describe(
      'Folder of request files on the controller; by default `requests.d` beside the playbook, where it exists',
    ),
  networking: z
    .enum(NETWORKING)
    .default('auto')
    .describe(
      'What brings up the network in the image, and with it sshd. `auto` gives it the host’s own addresses where the host has a plain set-up, ' +
        'else none; the others ask for DHCP on every interface, whatever the host has',
    ),
  ssh_key: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The one public key that may log in to the image as root: its text, or the path on the controller of a public key, or of a private key. ' +
        'By default the controller’s own, which it makes on first use',
    ),
  leave_out: z
    .array(z.enum(RULE_NAMES))
    .default([])
    .describe('Built-in rules that shall not count, such as storage-drivers where a driver got another name'),
})
type Args = z.infer<typeof args>

interface Facts {
  host: HostFacts
  network: NetworkFacts
  hostRequests: HostRequests
  previous: RequestFact
}

interface Spec {
  readonly digest: string
  readonly request: Content
}

/** Unlike later steps, this one must see its own change. */
const previousProbe: Probe<RequestFact> = {
  ...requestProbe,
  id: 'upgrade-push/previous-request',
  reads: [`path:${HOST.request}`],
}

export const gatherModulesTask = defineTask<Args, Facts, Spec, GatherLocal>({
  name: 'gather_modules',
  summary:
    'Merges what the built-in rules, the requests beside the playbook, the host’s own requests, the play and plugins want in the image ' +
    'into one request, with provenance, and writes it to the host.',
  args,
  exclusive: true,
  needsRoot: true,
  controllerPaths: ['requests_dir', 'ssh_key'],
  example: '- name: What goes into the image\n  gather_modules:\n    target_release: "9"\n',

  async preload({ plain, templated }, files) {
    if (!templated.includes('requests_dir')) await loadRequests(files, plain.requests_dir as string | undefined)
    if (typeof plain.ssh_key === 'string') await givenKey(plain.ssh_key, files)
  },

  async load({ requests_dir, networking, ssh_key }, files) {
    const requests = await loadRequests(files, requests_dir)
    if (networking === 'none') return requests
    return { ...requests, authorizedKey: ssh_key === undefined ? files.upgradeKey() : await givenKey(ssh_key, files) }
  },

  probes: (wanted, local) => ({
    host: hostProbe,
    network: wanted.networking === 'auto' ? networkProbe : noNetworkProbe,
    hostRequests: hostRequestsProbe(hostPathsOf([wanted, ...local.requests.map(({ request }) => request)])),
    previous: previousProbe,
  }),

  mayTouch: () => [`path:${HOST.request}`],

  check({
    args: { target_release, requests_dir: _, ssh_key: __, networking, leave_out: leaveOut, ...play },
    facts,
    local,
    given,
    evaluate,
  }) {
    const { host, hostRequests, previous } = facts
    const { wish: network, findings, refusal } = chooseNetwork(networking, host, facts.network)
    if (refusal !== undefined) {
      return { kind: 'refuse', reason: refusal, remedy: 'Leave `networking` at auto, which goes without one there.' }
    }
    const { wishes, faults } = gatherWishes({
      host,
      hostRequests,
      local,
      targetRelease: target_release,
      network,
      leaveOut,
      play,
      given,
      evaluate,
    })
    if (faults.length > 0) {
      return { kind: 'refuse', reason: faults.join('\n'), remedy: 'Mend the requests, or take them away.' }
    }
    const request = mergeRequests(
      {
        arch: host.arch,
        sourceRelease: majorOf(host.os.versionId),
        targetRelease: target_release,
        network: imageNetwork(network, facts.network, local),
      },
      wishes,
    )
    const conflicts = conflictsOf(request)
    if (conflicts.length > 0) {
      return {
        kind: 'refuse',
        reason: `${conflicts.length === 1 ? 'a conflict between requests' : `${conflicts.length} conflicts between requests`}: ${conflicts.join('; ')}`,
        remedy: 'Leave one wish for each name.',
      }
    }
    const counts =
      `${request.installRpms.length} packages, ${request.upgrade.dracutModules.length} dracut modules, ` +
      `${request.upgrade.kernelModules.length} kernel modules`
    const told = { findings, provides: { request }, result: { digest: request.digest, path: HOST.request } }
    const before = previous.kind === 'present' ? previous.request : undefined
    if (before && comparable(before) === comparable(request)) return { kind: 'ok', summary: counts, ...told }
    const state = previous.kind === 'unreadable' ? `replaces an unreadable request (${previous.why}): ` : ''
    return {
      kind: 'change',
      summary: `${state}${before ? 'the request changed' : 'a new request'}: ${counts}`,
      diff: requestDiff(before, request),
      touches: [`path:${HOST.request}`],
      spec: { digest: request.digest, request: local.bytes(`${JSON.stringify(request, null, 1)}\n`) },
      ...told,
    }
  },

  compile: ({ request }, files) => ({
    script: `${PUBLISH}
umask 077
mkdir -p ${STATE} && publish ${HOST.request}`,
    payload: files.read(request),
    timeoutMs: 60_000,
  }),
})

function imageNetwork(
  wish: NetworkWish | undefined,
  { port = 22 }: NetworkFacts,
  { authorizedKey }: GatherLocal,
): ImageNetwork | null {
  return wish ? { setup: wish.setup, files: wish.files, port, authorizedKey: authorizedKey ?? null } : null
}

/** Another checkout of the same modules is no change; another asker is. */
function comparable(request: MergedRequest): string {
  return canonicalJson(request).replace(
    /"kind":"controller","path":"[^"]*\/([^"/]+)"/g,
    '"kind":"controller","name":"$1"',
  )
}

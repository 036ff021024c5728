import type { Finding } from '../contract.ts'
import type { HostFacts } from './host/facts.ts'
import { planNetwork } from './network/decide.ts'
import type { NetworkFacts } from './network/facts.ts'
import { renderDracut } from './network/render-dracut.ts'
import { type NetworkFile, renderNetworkd } from './network/render-networkd.ts'
import { describe } from './network/setup.ts'
import type { RequestFile } from './request.ts'
import { distributionOf } from './rules/distributions.ts'

export const NETWORKING = ['auto', 'none', 'network-manager', 'systemd-networkd', 'scripts'] as const
export type Networking = (typeof NETWORKING)[number]

type Parts = Omit<RequestFile, 'when'>

/** What gives the image a network and sshd. */
export interface NetworkWish {
  /** The rule that asks. */
  readonly by: string
  readonly request: Parts
  /** In words. */
  readonly setup: string
  /** For systemd-networkd. */
  readonly files: readonly NetworkFile[]
}

export interface NetworkChoice {
  readonly wish?: NetworkWish | undefined
  readonly findings: readonly Finding[]
  /** Why what the operator asked for can't be had. */
  readonly refusal?: string | undefined
}

const SSHD = ['openssh-server']
const DHCP_EVERYWHERE = ['ip=dhcp', 'rd.neednet=1']
const FIPS = 'FIPS mode is on, where the kind of host key that the image gets (ed25519) is not allowed'

/** Decides what brings up the network in a host's image. */
export function chooseNetwork(networking: Networking, host: HostFacts, facts: NetworkFacts): NetworkChoice {
  if (networking === 'none') return { findings: [] }
  if (networking === 'auto') return ownNetwork(host, facts)
  if (host.fips) return { findings: [], refusal: `networking: ${FIPS}` }
  const request = asked(networking, host, DHCP_EVERYWHERE)
  return {
    wish: { by: networking, request, setup: `by ${networking}, DHCP on every interface`, files: [] },
    findings: [],
  }
}

function ownNetwork(host: HostFacts, facts: NetworkFacts): NetworkChoice {
  if (host.container !== undefined) return without(`the host has no devices of its own: ${host.container}`)
  if (host.fips) return without(FIPS)
  const manager = distributionOf(host.os.id)?.networking
  if (manager === undefined) return without(`nothing is known about networks in images of ${host.os.name}`)
  const plan = planNetwork(facts)
  if (plan.kind === 'none') return without(plan.why)
  const setup = [describe(plan.wanted), ...plan.notes].join('; ')
  if (manager === 'systemd-networkd') {
    const request = { install_rpms: [...SSHD] }
    return { wish: { by: 'network', request, setup, files: renderNetworkd(plan.wanted) }, findings: [] }
  }
  return {
    wish: { by: 'network', request: asked(manager, host, renderDracut(plan.wanted)), setup, files: [] },
    findings: [],
  }
}

function without(why: string): NetworkChoice {
  return {
    findings: [
      {
        key: 'no_image_network',
        severity: 'low',
        title: 'the upgrade image has no network',
        detail: `networking: none in the image, because ${why}`,
        remedy:
          'Nothing has to be done: the result is read after the boot. Have a console at hand, or choose `networking` by hand.',
      },
    ],
  }
}

function asked(networking: Exclude<Networking, 'auto' | 'none'>, host: HostFacts, args: readonly string[]): Parts {
  const kernel_args = { add: [...args] }
  switch (networking) {
    case 'network-manager':
      return {
        install_rpms: ['NetworkManager', ...SSHD],
        dracut_modules: [{ name: 'network-manager' }],
        kernel_args,
      }
    case 'systemd-networkd':
      return {
        // LabOS has networkd in its systemd.
        install_rpms: [...(host.os.id === 'labos' ? [] : ['systemd-networkd']), ...SSHD],
        // dracut leaves networkd out without a bus.
        dracut_modules: ['dbus', 'dbus-daemon', 'systemd-networkd', 'network'].map((name) => ({ name })),
        kernel_args,
      }
    case 'scripts':
      return { install_rpms: [...SSHD], dracut_modules: [{ name: 'network' }], kernel_args }
  }
}

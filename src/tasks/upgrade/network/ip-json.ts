import { z } from 'zod'
import type { Link, Route } from './facts.ts'

const mac = z.string().regex(/^[0-9a-f]{2}(:[0-9a-f]{2})*$/)
/** The kernel takes almost anything; a name that stands in a file name and on a kernel command line must be plain. */
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$/)

const link = z.object({
  ifindex: z.number().int(),
  ifname: name,
  link_type: z.string().default(''),
  address: mac.optional().catch(undefined),
  permaddr: mac.optional().catch(undefined),
  mtu: z.number().int().default(1500),
  master: z.string().optional(),
  link: z.string().nullish(),
  linkinfo: z
    .object({
      info_kind: z.string().optional(),
      info_data: z.record(z.string(), z.unknown()).optional().catch(undefined),
      info_slave_data: z.object({ perm_hwaddr: mac }).partial().optional().catch(undefined),
    })
    .optional(),
  addr_info: z
    .array(
      z.object({
        family: z.string(),
        local: z.string().regex(/^[0-9a-f.:]+$/),
        address: z.string().optional(),
        prefixlen: z.number().int(),
        scope: z.string().default('global'),
        dynamic: z.boolean().default(false),
        temporary: z.boolean().default(false),
      }),
    )
    .default([]),
})

const route = z.object({
  type: z.string().default('unicast'),
  dst: z.string(),
  gateway: z.string().optional(),
  via: z.object({ host: z.string() }).optional(),
  dev: z.string().optional(),
  protocol: z.string().default('boot'),
  metric: z.number().int().default(0),
  nexthops: z.array(z.object({ dev: z.string() })).default([]),
})

const rule = z.object({ priority: z.number().int(), table: z.string().optional() })

/** What `ip` does not say about interfaces. */
interface Beside {
  readonly hardware: ReadonlySet<string>
  readonly wireless: ReadonlySet<string>
  /** Those whose hardware address is the device's own. */
  readonly fixed: ReadonlySet<string>
}

/** `ip -j -d address`: every interface; undefined when it is something else. One that can't be made sense of is left out. */
export function parseLinks(text: string, { hardware, wireless, fixed }: Beside): Link[] | undefined {
  return items(text)?.flatMap((item): Link[] => {
    const parsed = link.safeParse(item)
    if (!parsed.success) return []
    const { ifname, linkinfo, address = '', permaddr, addr_info } = parsed.data
    return [
      {
        index: parsed.data.ifindex,
        name: ifname,
        type: parsed.data.link_type,
        kind: linkinfo?.info_kind,
        hardware: hardware.has(ifname),
        wireless: wireless.has(ifname),
        mac: address,
        permanentMac: linkinfo?.info_slave_data?.perm_hwaddr ?? permaddr ?? (fixed.has(ifname) ? address : undefined),
        mtu: parsed.data.mtu,
        master: parsed.data.master,
        parent: parsed.data.link ?? undefined,
        details: linkinfo?.info_data ?? {},
        addresses: addr_info.flatMap((one) => {
          if (one.family !== 'inet' && one.family !== 'inet6') return []
          const { local, prefixlen: prefix, scope, dynamic, temporary } = one
          return [{ family: one.family, local, prefix, scope, dynamic, temporary, peer: one.address }]
        }),
      },
    ]
  })
}

/** `ip -j -4 route show`, or `-6`: the main table without what leads nowhere. */
export function parseRoutes(text: string, family: Route['family']): Route[] {
  return (items(text) ?? []).flatMap((item): Route[] => {
    const parsed = route.safeParse(item)
    if (!parsed.success || parsed.data.type !== 'unicast') return []
    const { dst: to, gateway, via, dev, protocol, metric, nexthops } = parsed.data
    return [{ family, to, via: gateway ?? via?.host, dev, protocol, metric, ways: nexthops.map((way) => way.dev) }]
  })
}

/** `ip -j rule`: how many there are beyond the kernel's own (local, main, default). */
export function parseRules(text: string): number {
  const own: Readonly<Record<number, string>> = { 0: 'local', 32766: 'main', 32767: 'default' }
  return (items(text) ?? []).filter((item) => {
    const parsed = rule.safeParse(item)
    return !parsed.success || parsed.data.table === undefined || own[parsed.data.priority] !== parsed.data.table
  }).length
}

/** An older `ip` leaves empty objects among the others where a filter passed something over. */
function items(text: string): readonly object[] | undefined {
  try {
    const json: unknown = JSON.parse(text)
    if (!Array.isArray(json)) return undefined
    return json.filter((item) => typeof item === 'object' && item !== null && Object.keys(item).length > 0)
  } catch {
    return undefined
  }
}

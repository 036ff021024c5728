import { addressingOf, keeps } from './addressing.ts'
import type { Link, NetworkFacts } from './facts.ts'
import { NotPlain, plainLink } from './plain.ts'
import type { NetworkPlan, Wanted } from './setup.ts'

/**
 * Finds the interface by which the controller came and the one of the default route, and says how the image does the same. A plan is
 * made only when the host will be where it was found: an image that listens at another address is a risk and of no use.
 */
export function planNetwork(facts: NetworkFacts): NetworkPlan {
  if (facts.unknown !== undefined) return none(facts.unknown)
  if (facts.rules > 0) return none(`it has policy routing (${facts.rules} rules beyond the kernel's own)`)
  const reached = facts.links.find(({ addresses }) => addresses.some(({ local }) => local === facts.reached))
  const byReach = reached?.type === 'loopback' ? undefined : reached
  const byRoute = defaultLink(facts)
  const first = byReach ?? byRoute
  if (first === undefined)
    return none('no interface of it has a default route, and none is known to lead to the controller')

  let wanted: Wanted[]
  try {
    wanted = [wantedOf(first, facts)]
  } catch (error) {
    if (!(error instanceof NotPlain)) throw error
    return none(error.message)
  }
  const notes: string[] = []
  if (byRoute !== undefined && byRoute !== first) {
    try {
      wanted.push(wantedOf(byRoute, facts))
    } catch (error) {
      if (!(error instanceof NotPlain)) throw error
      notes.push(`without the default route, because ${error.message}`)
    }
  }
  return { kind: 'own', wanted, notes }
}

function none(why: string): NetworkPlan {
  return { kind: 'none', why }
}

function wantedOf(link: Link, facts: NetworkFacts): Wanted {
  const made = plainLink(link, facts.links)
  const addressing = addressingOf(link, facts)
  const came = link.addresses.find(({ local }) => local === facts.reached)
  if (came && !keeps(addressing, came, link.mac)) {
    throw new NotPlain(
      `the controller came to ${came.local}, an automatic address that ${link.name} would not get again`,
    )
  }
  return { link: made, addressing }
}

/** IPv4 first; the smaller metric wins, as for the kernel. */
function defaultLink({ routes, links }: NetworkFacts): Link | undefined {
  const candidates = routes
    .filter(({ to, dev }) => to === 'default' && dev !== undefined)
    .sort((a, b) => (a.family === b.family ? a.metric - b.metric : a.family === 'inet' ? -1 : 1))
  return links.find(({ name }) => name === candidates[0]?.dev)
}

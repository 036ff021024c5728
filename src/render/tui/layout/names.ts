import type { RunModel } from '../model/run-model.ts'
import { cut, cutMiddle, widthOf } from './width.ts'

/** Columns that the last text of a row keeps, however long the names are: the first words of a cause. */
const TEXT_KEEPS = 10
const WIDEST = 40
const NARROWEST = 6

/** As wide as the widest of these names, as far as a row with `room` for name and last text allows: the name comes first. */
export function nameWidth(names: readonly string[], room: number): number {
  const most = Math.max(NARROWEST, Math.min(WIDEST, room - TEXT_KEEPS))
  return names.reduce((widest, name) => Math.max(widest, Math.min(most, widthOf(name))), NARROWEST)
}

/** A host's name in so many columns: the domain that all hosts share goes first, then the middle. Names often differ only at the end. */
export function shortName(model: RunModel, name: string, width: number): string {
  if (widthOf(name) <= width) return name
  const domain = sharedDomain(model)
  const own = domain === '' ? name : name.slice(0, -domain.length)
  // One column stays for the sign that something is left out.
  return domain !== '' && widthOf(own) < width ? cut(name, widthOf(own) + 1) : cutMiddle(own, width)
}

const known = new WeakMap<RunModel, { readonly hosts: number; readonly domain: string }>()

/** `.eu.example.com` where every host's name ends with it; kept until more hosts are known, as every row of every frame asks. */
function sharedDomain(model: RunModel): string {
  const hosts = model.hosts.size
  const before = known.get(model)
  if (before?.hosts === hosts) return before.domain
  let domain: string | undefined
  for (const name of model.hosts.keys()) {
    domain = domain === undefined ? afterDot(name, 1) : shared(domain, name)
    if (domain === '') break
  }
  const now = { hosts, domain: domain ?? '' }
  known.set(model, now)
  return now.domain
}

/** The longest end of the domain that the name has too, from a dot on. */
function shared(domain: string, name: string): string {
  let rest = domain
  while (rest !== '' && !(name.endsWith(rest) && name.length > rest.length)) rest = afterDot(rest, 1)
  return rest
}

function afterDot(text: string, from: number): string {
  const dot = text.indexOf('.', from)
  return dot < 0 ? '' : text.slice(dot)
}

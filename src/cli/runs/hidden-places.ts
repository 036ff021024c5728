import { MASK } from '../../events/redactor.ts'
import { visible } from '../../events/visible.ts'

/**
 * A recorded value with something in each place that was hidden. `give` hears of each place as a person writes it (`v.api_token`,
 * `v.servers[0].token`), in order. A map of which a name was hidden can only be given whole.
 */
export async function filled(
  recorded: unknown,
  place: string,
  give: (place: string) => Promise<unknown>,
): Promise<unknown> {
  if (typeof recorded === 'string') return recorded.includes(MASK) ? give(place) : recorded
  if (typeof recorded !== 'object' || recorded === null) return recorded
  if (Array.isArray(recorded)) {
    const items: unknown[] = []
    for (const [index, item] of recorded.entries()) items.push(await filled(item, `${place}[${index}]`, give))
    return items
  }
  const entries = Object.entries(recorded)
  if (entries.some(([name]) => name.includes(MASK))) return give(place)
  const whole: [string, unknown][] = []
  for (const [name, item] of entries) whole.push([name, await filled(item, `${place}.${visible(name)}`, give)])
  return Object.fromEntries(whole)
}

import type { ValueMap } from '../../../expression/values.ts'
import { clean } from './clean.ts'

/** `AlmaLinux 8.10, kernel 4.18.0, 3780 MB memory`: what of the gathered facts helps to judge a host. */
export function factsLine(result: ValueMap | undefined): string {
  const facts = result?.ansible_facts
  if (typeof facts !== 'object' || facts === null || Array.isArray(facts)) return ''
  const fact = (name: string) => (facts as ValueMap)[`ansible_${name}`]
  const text = (name: string) => String(fact(name) ?? '')
  const parts = [
    [text('distribution'), text('distribution_version')].join(' ').trim(),
    fact('kernel') === undefined ? '' : `kernel ${text('kernel')}`,
    fact('architecture') === undefined ? '' : text('architecture'),
    fact('memtotal_mb') === undefined ? '' : `${text('memtotal_mb')} MB memory`,
  ]
  return clean(parts.filter((part) => part !== '').join(', '), 200)
}

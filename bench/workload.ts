/** One piece of work that every tool does. */
export interface Workload {
  readonly name: string
  /** As it is called in tables. */
  readonly title: string
  readonly kind: 'prepare' | 'true'
  /** With the file of 40 MiB. */
  readonly big: boolean
  /** Hosts are emptied before. */
  readonly fresh: boolean
}

export const FRESH: Workload = { name: 'W1s', title: 'fresh hosts', kind: 'prepare', big: false, fresh: true }
export const AGAIN: Workload = { name: 'W2s', title: 'second run', kind: 'prepare', big: false, fresh: false }
export const TRUE: Workload = { name: 'W3', title: 'one command', kind: 'true', big: false, fresh: false }
export const FRESH_BIG: Workload = {
  name: 'W1',
  title: 'fresh hosts, with 40 MiB',
  kind: 'prepare',
  big: true,
  fresh: true,
}
export const AGAIN_BIG: Workload = {
  name: 'W2',
  title: 'second run, with 40 MiB',
  kind: 'prepare',
  big: true,
  fresh: false,
}

import type { BootFacts } from './facts.ts'

/** Why a loader can't be steered on this host. `key` is also the finding's. */
export interface Obstacle {
  readonly key: string
  readonly title: string
  readonly detail: string
  readonly remedy: string
}

/** The entry that the loader boots by itself: what ours is made after. */
export interface DefaultEntry {
  readonly id: string
  /** Kernel arguments, with the loader's variables filled in. */
  readonly options: string
  /** Fields of its file, where it has one. */
  readonly version?: string | undefined
  readonly sortKey?: string | undefined
  readonly machineId?: string | undefined
}

export interface WantedEntry {
  /** Ours by default. */
  readonly title?: string | undefined
  /** File names in /boot. */
  readonly kernel: string
  readonly initramfs: string
  readonly options: string
}

/** Who boots next, once: nobody in particular, our entry, or an entry that somebody else chose. */
type OneShot = { readonly kind: 'none' } | { readonly kind: 'ours' } | { readonly kind: 'other'; readonly id: string }

/** Pieces of sh for one host. Each stops with a line on standard error and a non-zero code when it did not work. */
export interface LoaderScripts {
  /** Prints what must not change: one line for each entry of others and for the default's settings. */
  readonly fingerprint: string
  /** Makes the entry from standard input, the text of `render`. */
  readonly write: string
  /** Removes every entry of ours. */
  readonly remove: string
  /** Prints our entry in the form of `render`; nothing when there is none. */
  readonly readBack: string
  readonly arm: string
  /** Prints `yes` when the next boot is ours. */
  readonly armed: string
}

/** What scripts need to know of a host; JSON-safe, part of a journalled intent. */
export interface Steering {
  /** Path of GRUB's environment tool, and of the block that it writes. */
  readonly editenv: string
  readonly block: string
  readonly grubby: string
  /** File name of our kernel in /boot. */
  readonly kernel: string
}

/** One boot loader. Nothing here acts: facts are read, and scripts are text. Disarming is the same for all, see `DISARM`. */
export interface LoaderDriver {
  readonly kind: 'grub-bls' | 'systemd-boot' | 'grubby'
  readonly label: string
  /** What no machine of the lab has booted, and what was tested in its place; undefined for a loader that one has. */
  readonly neverRun: { readonly what: string; readonly instead: string } | undefined
  /** Whether this is the host's loader. */
  recognises(facts: BootFacts): boolean
  obstacles(facts: BootFacts): readonly Obstacle[]
  /** Undefined only where `obstacles` says why. */
  defaultEntry(facts: BootFacts): DefaultEntry | undefined
  /** Our entries as they are, each in the form of `render`. More than one is wrong. */
  ours(facts: BootFacts): readonly { readonly name: string; readonly text: string }[]
  /** The entry's one and only text. */
  render(facts: BootFacts, wanted: WantedEntry): string
  oneShot(facts: BootFacts): OneShot
  scripts(steering: Steering): LoaderScripts
  /** Folder of /boot's files as the loader sees it, without a slash at its end. */
  kernelFolder(facts: BootFacts): string
  /** Paths of GRUB's environment block: where it is, and where updates of GRUB move it. */
  environmentBlocks(facts: BootFacts): readonly string[]
}

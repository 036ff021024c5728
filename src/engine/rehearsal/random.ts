/** Numbers from 0 up to 1 that depend on the seed and the name alone: whoever else draws, and when, changes nothing. */
export type Draw = () => number

/** A generator of its own for each name, such as a host in a step. Not for secrets. */
export function drawFor(seed: number, name: string): Draw {
  let state = hash(`${seed}/${name}`)
  // mulberry32: 32 bits of state, each of its numbers well mixed, which is enough for a practice run.
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** FNV-1a, and a final mix that lets names which differ in their last letter begin far apart. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) | 0
}

/** Log-normal: half of all values lie below the median, two thirds between median / spread and median * spread. */
export function spreadAround(median: number, spread: number, draw: Draw): number {
  // Box-Muller; 1 - u is never 0. Three deviations are as far as it goes: one host must not stretch a practice run without end.
  const normal = Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw())
  return median * spread ** Math.max(-3, Math.min(3, normal))
}

/** One of the list, each as likely; undefined for an empty one. */
export function oneOf<T>(list: readonly T[], draw: Draw): T | undefined {
  return list[Math.floor(draw() * list.length)]
}

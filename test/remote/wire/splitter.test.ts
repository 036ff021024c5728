import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Splitter, type StreamPart } from '../../../src/remote/wire/splitter.ts'

const NONCE = 'a'.repeat(32)

it('cuts at the same places however the stream is chopped (property)', () => {
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.nat(40).map((n) => Buffer.from('a'.repeat(n % 32))),
    fc.constant(Buffer.from(`${'a'.repeat(31)}b:0:0\n`)),
  )
  fc.assert(
    fc.property(
      fc.array(body, { minLength: 1, maxLength: 5 }),
      fc.array(fc.nat(60), { minLength: 1 }),
      (bodies, cuts) => {
        // A body that ends in the nonce's first letter runs into the marker: the nonce is random in reality, so keep them apart.
        const clean = bodies.map((b) => Buffer.concat([b, Buffer.from('|')]))
        const stream = Buffer.concat(clean.flatMap((b, i) => [b, Buffer.from(`${NONCE}:${i}:${i * 3}\n`)]))
        const parts: StreamPart[] = []
        const heard = clean.map((): Buffer[] => [])
        const splitter = new Splitter()
        splitter.expect(
          NONCE,
          clean.map((_, i) => String(i)),
          10_000,
          (part) => parts.push(part),
          (label, bytes) => heard[Number(label)]?.push(Buffer.from(bytes)),
        )
        for (let at = 0, n = 0; at < stream.length; n++) {
          const step = 1 + (cuts[n % cuts.length] as number)
          splitter.push(stream.subarray(at, at + step))
          at += step
        }
        expect(parts.map((p) => [p.label, p.status, p.bytes.toString('hex')])).toEqual(
          clean.map((b, i) => [String(i), String(i * 3), b.toString('hex')]),
        )
        expect(heard.map((pieces) => Buffer.concat(pieces).toString('hex'))).toEqual(
          clean.map((b) => b.toString('hex')),
        )
      },
    ),
  )
})

it('keeps no more than the cap, and says so', () => {
  const splitter = new Splitter()
  const parts: StreamPart[] = []
  splitter.expect(NONCE, ['0', '1'], 10, (part) => parts.push(part))
  for (let i = 0; i < 1000; i++) splitter.push(Buffer.alloc(1000, 'x'))
  splitter.push(Buffer.from(`${NONCE}:0:0\nok${NONCE}:1:1\n`))
  expect(parts.map((p) => [p.bytes.toString(), p.truncated])).toEqual([
    ['xxxxxxxxxx', true],
    ['ok', false],
  ])
})

it('lets bytes be heard as they come: the end of a line need not wait for the next one', () => {
  const splitter = new Splitter()
  const heard: string[] = []
  splitter.expect(
    NONCE,
    ['0'],
    10,
    () => {},
    (_label, bytes) => heard.push(bytes.toString()),
  )
  splitter.push(Buffer.from('working 1\n'))
  expect(heard).toEqual(['working 1\n'])
  // Over the cap, and with what could be the beginning of a marker at its end.
  splitter.push(Buffer.from('working 2 aaa'))
  splitter.push(Buffer.from('b\n'))
  expect(heard).toEqual(['working 1\n', 'working 2 ', 'aaab\n'])
})

it('refuses a marker out of order and one without an end', () => {
  const splitter = new Splitter()
  splitter.expect(NONCE, ['0', '1'], 10, () => {})
  expect(() => splitter.push(Buffer.from(`${NONCE}:1:0\n`))).toThrow('out of order')
  const other = new Splitter()
  other.expect(NONCE, ['0'], 10, () => {})
  expect(() => other.push(Buffer.from(`${NONCE}:${'0'.repeat(200)}`))).toThrow('no end')
})

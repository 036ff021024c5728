import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rehearsalOutput } from '../../src/render/rehearsal-output.ts'

function marked(...chunks: string[]): string {
  let all = ''
  const add = (text: string) => {
    all += text
  }
  const out = rehearsalOutput({ isTTY: false, columns: undefined, write: (text) => add(text) })
  for (const chunk of chunks) out.write(chunk)
  return all
}

test('every line is marked, empty ones and those that come in pieces too', () => {
  expect(marked('\nTASK [x]\n', 'a', 'b\nc\n', '', '\n')).toBe(
    'REHEARSAL \nREHEARSAL TASK [x]\nREHEARSAL ab\nREHEARSAL c\nREHEARSAL \n',
  )
})

test('nothing of the text is lost, however it is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[ab\n]*$/)), (chunks) => {
      const lines = marked(...chunks, 'end\n').split('\n')
      expect(lines.pop()).toBe('')
      expect(lines.every((line) => line.startsWith('REHEARSAL '))).toBe(true)
      expect(lines.map((line) => line.slice(10)).join('\n')).toBe(`${chunks.join('')}end`)
    }),
  )
})

test('a banner has the room that the mark leaves', () => {
  expect(rehearsalOutput({ isTTY: true, columns: 80, write: () => {} }).columns).toBe(70)
})

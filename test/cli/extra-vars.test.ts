import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { extraVars } from '../../src/cli/extra-vars.ts'
import { UserError } from '../../src/diagnostics/diagnostic.ts'
import { TemplateText } from '../../src/expression/values.ts'

const noFile = async () => {
  throw new Error('no file expected')
}

describe('--extra-vars', () => {
  it.each([
    ['a=1', { a: '1' }],
    [`a=1 b='two words' c="x \\"y\\""`, { a: '1', b: 'two words', c: 'x "y"' }],
    ['arm=true', { arm: 'true' }],
    ['{"a": 1, "b": [true, null]}', { a: 1, b: [true, null] }],
    ['{a: 1, b: yes}', { a: 1, b: true }],
    ['empty=', { empty: '' }],
    ['', {}],
  ])('%s', async (text, expected) => expect(await extraVars([text], noFile)).toEqual(expected))

  it('takes files, and lets later ones win', async () => {
    const read = async (path: string) => ({ from: path, a: 1 })
    expect(await extraVars(['a=0', '@vars.yml', 'from=here'], read)).toEqual({ a: 1, from: 'here' })
  })

  it('keeps a template as one', async () => {
    const { a } = await extraVars(['a={{ b + 1 }}'], noFile)
    expect(a).toBeInstanceOf(TemplateText)
    expect((a as TemplateText).text).toBe('{{ b + 1 }}')
  })

  it('points at what is no variable', async () => {
    await expect(extraVars(['a=1 nonsense'], noFile)).rejects.toThrow(
      '--extra-vars:1:5: not a variable\n 1 | a=1 nonsense\n   |     ^^^^^^^^',
    )
  })

  it.each(['db_password=********', '{"v": {"token": "********"}}', '********'])(
    'does not take the stars of a recorded command for a value: %s',
    async (text) => {
      await expect(extraVars([text], noFile)).rejects.toThrow(
        '--extra-vars: ******** stands for a value that was hidden',
      )
    },
  )

  it('says who named a file that can not be read', async () => {
    const missing = async (path: string) => {
      throw new UserError(`${path}: can't be read: no such file`)
    }
    await expect(extraVars(['@nope.yml'], missing)).rejects.toThrow(
      "nope.yml: can't be read: no such file\n  the file was named by --extra-vars @nope.yml",
    )
  })

  it('throws nothing but UserError', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        if (text.startsWith('@')) return
        await extraVars([text], noFile).catch((error) => expect(error).toBeInstanceOf(UserError))
      }),
    )
  })
})

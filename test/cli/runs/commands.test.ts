import { expect, test } from 'vitest'
import yargs from 'yargs'
import { runsCommands } from '../../../src/cli/runs/commands.ts'

/** Parses words that the parser does not want: it says so before any command is run. */
async function parse(...words: string[]) {
  return yargs(words)
    .command(runsCommands(() => {}))
    .strict()
    .exitProcess(false)
    .fail((text) => {
      throw new Error(text)
    })
    .parseAsync()
}

test('flags of the list are none of `runs show`', async () => {
  await expect(parse('runs', 'show', 'last', '--all')).rejects.toThrow('Unknown argument: all')
  await expect(parse('runs', 'show', 'last', '-n', '3')).rejects.toThrow('Unknown argument: n')
  await expect(parse('runs', 'show', 'last', '--output', 'xml')).rejects.toThrow(
    /Choices: "auto", "screen", "plain", "json"$/,
  )
})

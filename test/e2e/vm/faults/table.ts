import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { test } from 'vitest'

const TABLE = fileURLToPath(new URL('../../../../docs/faults.md', import.meta.url))

const HEAD = `# Faults that were tried

\`npm run test:vm:faults\` breaks an upgrade in a virtual machine in each of these ways and asserts what comes of it; one alone:
\`npm run test:vm:faults -- -t 'power cut before'\`. The suite writes this table itself: what it shows was seen, on the day that it names.

| fault | what came of it | tried | minutes |
|---|---|---|---|
`

interface Row {
  fault: string
  outcome: string
  day: string
  minutes: number
}

const cells = (row: string) =>
  row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())

async function rows(): Promise<Row[]> {
  const text = await readFile(TABLE, 'utf8').catch(() => '')
  const lines = text.split('\n').filter((line) => /^\| .*\|.*\| \d{4}-/.test(line))
  return lines.map((line) => {
    const [fault = '', outcome = '', day = '', minutes = '0'] = cells(line)
    return { fault, outcome, day, minutes: Number(minutes) }
  })
}

/** Puts a row in the place of the fault's last one; the others stay. Only where the suite was asked to keep its table. */
async function keep(row: Row): Promise<void> {
  if (process.env.UPGRADE_PUSH_FAULTS_TABLE !== '1') return
  const others = (await rows()).filter(({ fault }) => fault !== row.fault)
  const all = [...others, row].sort((a, b) => a.fault.localeCompare(b.fault))
  const lines = all.map(({ fault, outcome, day, minutes }) => `| ${fault} | ${outcome} | ${day} | ${minutes} |\n`)
  await writeFile(TABLE, HEAD + lines.join(''))
}

/**
 * A test of one fault, with its row in docs/faults.md.
 *
 * @param outcome what `body` asserts, in words.
 */
export function fault(name: string, outcome: string, body: () => Promise<void>): void {
  test(name, async () => {
    const begun = Date.now()
    const row = (text: string): Row => ({
      fault: name,
      outcome: text,
      day: new Date(begun).toISOString().slice(0, 10),
      minutes: Math.round((Date.now() - begun) / 60_000),
    })
    try {
      await body()
    } catch (error) {
      await keep(row('**FAILED**: it did not come out as it must'))
      throw error
    }
    await keep(row(outcome))
  })
}

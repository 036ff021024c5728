import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const PROJECT = fileURLToPath(new URL('../..', import.meta.url))
const pages = ['README.md', 'CHANGELOG.md', ...markdownBelow('docs')]

function markdownBelow(directory: string): string[] {
  return readdirSync(join(PROJECT, directory), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(directory, name))
}

const read = (page: string) => readFileSync(join(PROJECT, page), 'utf8')

/** The page without its blocks of code, which hold no links. */
const prose = (page: string) => read(page).replace(/^```[\s\S]*?^```/gm, '')

/** What GitHub makes of the headings of a page. */
function anchors(page: string): string[] {
  return [...prose(page).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- _]/gu, '')
      .replaceAll(' ', '-'),
  )
}

test.each(pages)('every link of %s leads somewhere', (page) => {
  const wrong = [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
    if (/^https?:/.test(link)) return []
    const [path = '', anchor] = link.split('#')
    const target = path === '' ? page : join(dirname(page), path)
    if (!existsSync(join(PROJECT, target))) return [link]
    return anchor === undefined || anchors(target).includes(anchor) ? [] : [link]
  })
  expect(wrong).toEqual([])
})

test('every page of docs/ is named by the index, or by the index of tasks', () => {
  const index = read('docs/README.md') + read('docs/tasks/README.md')
  const names = markdownBelow('docs').map((page) => page.replace(/^docs\/(tasks\/)?/, ''))
  expect(names.filter((name) => name !== 'README.md' && !index.includes(`(${name})`))).toEqual([])
})

test('every npm script that a page names exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const named = pages.flatMap((page) =>
    [...read(page).matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, name = '']) => name),
  )
  expect(named.length).toBeGreaterThan(5)
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([])
})

import { quote } from '../../remote/quote.ts'
import type { ApplyFrame } from '../contract.ts'
import { type AttributeChange, attributeLines } from './attributes.ts'
import { showMode } from './mode.ts'
import { tempName } from './temp-name.ts'

/** One change of the `file` task: JSON-safe data. */
export type FileSpec =
  | { readonly do: 'attributes'; readonly path: string; readonly change: AttributeChange; readonly onLink: boolean }
  /** Directories to make, from the top; each gets the attributes. */
  | { readonly do: 'directory'; readonly make: readonly string[]; readonly change: AttributeChange }
  | {
      readonly do: 'recurse'
      readonly path: string
      readonly top: AttributeChange
      /** Text for chmod: octal or symbolic. */
      readonly mode?: string | undefined
      readonly uid?: number | undefined
      readonly gid?: number | undefined
    }
  | { readonly do: 'absent'; readonly path: string }
  | {
      readonly do: 'link' | 'hard'
      readonly path: string
      readonly src: string
      readonly change: AttributeChange
    }
  /** `options`: for touch, such as `-c -a`; undefined when the file is only made. */
  | {
      readonly do: 'touch'
      readonly path: string
      readonly create: boolean
      readonly options?: string | undefined
      readonly change: AttributeChange
    }

/** The section that makes a change. Everything that gets a name gets it in one step (rename or link), never half-made. */
export function compileFile(spec: FileSpec): ApplyFrame {
  return { script: `set -eu\n${body(spec)}` }
}

function body(spec: FileSpec): string {
  switch (spec.do) {
    case 'attributes':
      return attributeLines(spec.change, quote(spec.path), spec.onLink)
    case 'directory':
      return spec.make.map((dir) => makeDirectory(dir, spec.change)).join('')
    case 'recurse':
      return attributeLines(spec.top, quote(spec.path)) + recurse(spec)
    case 'absent':
      return `rm -rf --one-file-system -- ${quote(spec.path)}\n`
    case 'link':
    case 'hard': {
      const temp = quote(tempName(spec.path))
      const how = spec.do === 'link' ? '-s' : '-P'
      return `rm -f -- ${temp}
trap 'rm -f -- ${temp.replaceAll("'", "'\\''")}' EXIT
ln ${how} -- ${quote(spec.src)} ${temp}
${attributeLines(spec.change, temp, spec.do === 'link')}mv -fT -- ${temp} ${quote(spec.path)}
`
    }
    case 'touch': {
      const path = quote(spec.path)
      // noclobber: never empties a file that appeared in between.
      const create = spec.create ? `(umask 022; set -C; : >${path})\n` : ''
      const touch = spec.options === undefined ? '' : `touch ${spec.options} -- ${path}\n`
      return create + touch + attributeLines(spec.change, path)
    }
  }
}

/** Made under its final name at once, but closed until its owner and mode are right. */
function makeDirectory(dir: string, change: AttributeChange): string {
  const path = quote(dir)
  return `mkdir -m 0700 -- ${path}\n${attributeLines({ ...change, bits: change.bits ?? 0o755 }, path)}${relabel(path)}`
}

function recurse(spec: Extract<FileSpec, { do: 'recurse' }>): string {
  const find = `find ${quote(spec.path)}/ -mindepth 1`
  const { uid, gid, mode } = spec
  const differs = [...(uid === undefined ? [] : [`! -uid ${uid}`]), ...(gid === undefined ? [] : [`! -gid ${gid}`])]
  const owner = `${uid ?? ''}${gid === undefined ? '' : `:${gid}`}`
  const chown = owner === '' ? '' : `${find} \\( ${differs.join(' -o ')} \\) -exec chown -h -- ${owner} {} +\n`
  const octal = mode !== undefined && /^[0-7]+$/.test(mode)
  const chmod =
    mode === undefined
      ? ''
      : octal
        ? `${find} ! -type l ! -perm ${mode} -exec chmod -- 0${showMode(Number.parseInt(mode, 8))} {} +\n`
        : `${find} ! -type l -exec chmod -- ${quote(mode)} {} +\n`
  return chown + chmod
}

/** The SELinux label that belongs to a path, where there is SELinux. */
export function relabel(path: string): string {
  return `if [ -e /sys/fs/selinux/enforce ]; then restorecon -- ${path} 2>/dev/null || :; fi\n`
}

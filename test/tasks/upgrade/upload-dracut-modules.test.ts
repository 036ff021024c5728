import { fileURLToPath } from 'node:url'
import { uploadDracutModulesTask } from '../../../src/tasks/upgrade/upload-dracut-modules.ts'
import type { LocalFile, LocalModule, LocalModules } from '../../../src/tasks/upgrade/upload-dracut-modules-local.ts'
import { runCases } from '../../cases/runner.ts'

type ShortFile = { name: string; sha256: string; executable?: boolean; text?: string }
type ShortModule = { kind: string; files?: ShortFile[]; file?: ShortFile; why?: string }

const file = ({ sha256, executable = false, ...rest }: ShortFile): LocalFile => ({
  ...rest,
  executable,
  content: { sha256, size: 1 },
})

runCases(
  fileURLToPath(new URL('../../cases/upgrade/upload_dracut_modules', import.meta.url)),
  uploadDracutModulesTask,
  {
    local(data): LocalModules {
      const { ours, modules } = data as { ours: Record<string, ShortFile[]>; modules: Record<string, ShortModule> }
      return {
        ours: Object.fromEntries(Object.entries(ours).map(([name, files]) => [name, files.map(file)])),
        module(path) {
          const module = modules[path]
          if (!module) throw new Error(`the case has no module ${path}`)
          const { files, file: one } = module
          return {
            ...module,
            ...(files ? { files: files.map(file) } : {}),
            ...(one ? { file: file(one) } : {}),
          } as LocalModule
        },
        // The list of mount units stands for the text that holds them.
        bytes(text) {
          const units = [...text.matchAll(/^### .*\/(sysroot-.*\.mount)$/gm)].map(([, name]) => name)
          return { sha256: `mounts:${units.join(',')}`, size: text.length }
        },
      }
    },
  },
)

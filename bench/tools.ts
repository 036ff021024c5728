import { ansible } from './tools/ansible.ts'
import { plainSsh } from './tools/plain-ssh.ts'
import { pyinfra } from './tools/pyinfra.ts'
import type { Tool } from './tools/tool.ts'
import { upgradePush } from './tools/upgrade-push.ts'

/** In the order in which they run. */
export const TOOLS: readonly Tool[] = [upgradePush, plainSsh, ansible, pyinfra]
export const TOOL_NAMES: readonly string[] = TOOLS.map(({ name }) => name)

import { z } from 'zod'

/** Names of a task's arguments; empty when it takes any (`set_fact`). */
export function argNames(schema: z.ZodType): readonly string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape)
  if (schema instanceof z.ZodPipe) return argNames(schema.in as z.ZodType)
  return []
}

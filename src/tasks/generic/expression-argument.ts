import { z } from 'zod'
import type { Value } from '../../expression/values.ts'
import type { ExpressionArgument } from '../contract.ts'

/** An argument that is a bare expression: the engine evaluates it and hands in both its text and its value. */
export const expressionArgument: z.ZodType<ExpressionArgument> = z.strictObject({
  expression: z.string(),
  value: z.any() as z.ZodType<Value>,
})

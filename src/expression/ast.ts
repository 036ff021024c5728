/** Offsets are UTF-16 units into the text that was parsed. */
interface Span {
  readonly start: number
  readonly end: number
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**' | '~'
export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in'

export interface Arguments {
  readonly positional: readonly Expression[]
  readonly named: readonly { readonly name: string; readonly value: Expression }[]
}

export type Expression = Span &
  (
    | { readonly kind: 'literal'; readonly value: null | boolean | number | string }
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'list'; readonly elements: readonly Expression[] }
    | { readonly kind: 'map'; readonly entries: readonly { readonly key: Expression; readonly value: Expression }[] }
    | { readonly kind: 'attribute'; readonly object: Expression; readonly name: string }
    | { readonly kind: 'subscript'; readonly object: Expression; readonly index: Expression }
    | {
        readonly kind: 'slice'
        readonly object: Expression
        readonly from: Expression | undefined
        readonly to: Expression | undefined
        readonly step: Expression | undefined
      }
    | { readonly kind: 'call'; readonly callee: Expression; readonly args: Arguments }
    | { readonly kind: 'filter'; readonly name: string; readonly input: Expression; readonly args: Arguments }
    | {
        readonly kind: 'test'
        readonly name: string
        readonly input: Expression
        readonly args: Arguments
        readonly negated: boolean
      }
    | { readonly kind: 'not'; readonly operand: Expression }
    | { readonly kind: 'sign'; readonly operator: '+' | '-'; readonly operand: Expression }
    | {
        readonly kind: 'binary'
        readonly operator: BinaryOperator
        readonly left: Expression
        readonly right: Expression
      }
    | {
        readonly kind: 'compare'
        readonly first: Expression
        readonly rest: readonly { readonly operator: Comparison; readonly right: Expression }[]
      }
    | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
    | {
        readonly kind: 'if'
        readonly condition: Expression
        readonly value: Expression
        readonly otherwise: Expression | undefined
      }
  )

export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly expression: Expression }
  | {
      readonly kind: 'branches'
      readonly branches: readonly { readonly condition: Expression; readonly body: readonly TemplateNode[] }[]
      readonly otherwise: readonly TemplateNode[]
    }
  | {
      readonly kind: 'for'
      readonly targets: readonly string[]
      readonly list: Expression
      readonly condition: Expression | undefined
      readonly body: readonly TemplateNode[]
      readonly otherwise: readonly TemplateNode[]
    }
  | { readonly kind: 'set'; readonly targets: readonly string[]; readonly value: Expression }

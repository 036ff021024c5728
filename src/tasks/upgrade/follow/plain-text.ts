/** Text that a host sent, for one line of ours: no character that could drive a terminal, and at most `cap` of them. */
export function plainText(text: string, cap = 300): string {
  const clean = text.replace(/[\s\p{C}]+/gu, ' ').trim()
  return clean.length > cap ? `${clean.slice(0, cap)}…` : clean
}

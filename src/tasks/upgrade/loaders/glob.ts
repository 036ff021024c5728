/** Whether a shell pattern (`*`, `?`, `[...]`) names a text, without regard to case, as systemd-boot compares entry names. */
export function globMatches(pattern: string, text: string): boolean {
  const source = pattern.replace(/\[!|\*|\?|[\\^$.|+(){}]/g, (mark) => {
    if (mark === '*') return '.*'
    if (mark === '?') return '.'
    return mark === '[!' ? '[^' : `\\${mark}`
  })
  try {
    return new RegExp(`^${source}$`, 'is').test(text)
  } catch {
    return pattern === text
  }
}

/**
 * The hmac file for the kernel under its name in /boot: `<hmac>  <name>` and a newline.
 *
 * @param text the kernel package's own `.vmlinuz.hmac`: exactly one line that is not empty, with two fields.
 * @returns undefined when it is anything else.
 */
export function bootHmac(text: string, kernelName: string): string | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const fields = lines[0]?.trim().split(/\s+/) ?? []
  const [hmac] = fields
  if (lines.length !== 1 || fields.length !== 2 || !hmac || !/^[0-9a-fA-F]{64,128}$/.test(hmac)) return undefined
  return `${hmac}  ${kernelName}\n`
}

/**
 * What two failures have in common: the message without the host's own name and without its figures (numbers, addresses, digests).
 * Paths stay: a full /boot and a full /var are two causes.
 */
export function fingerprint(step: string, message: string, host: string): string {
  return `${step}\0${withoutFigures(message.replaceAll(host, '<host>'))}`
}

function withoutFigures(message: string): string {
  return message
    .slice(0, 500)
    .replace(/0x[0-9a-f]+|\b(?=[a-f]*\d)[0-9a-f]{7,}\b/gi, '#')
    .replace(/\d+(?:[.,:]\d+)*/g, '#')
    .trim()
}

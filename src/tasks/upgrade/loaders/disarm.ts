import { ENTRY_ID, ENTRY_TITLE } from '../layout.ts'
import { ENTRY_FILE } from './paths.ts'

const ONE_SHOT = '/sys/firmware/efi/efivars/LoaderEntryOneShot-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f'

/**
 * `disarm_upgrade`: takes back our one-shot choice of whatever loader the host has, and nobody else's. Silent when there is none.
 * For whatever replaces boot files or the plan: it does so before it touches the first of them.
 */
export const DISARM = `disarm_upgrade() {
  for editenv in grub2-editenv grub-editenv; do
    command -v "$editenv" >/dev/null || continue
    for block in /boot/grub2/grubenv /boot/grub/grubenv /boot/efi/EFI/*/grubenv; do
      [ -f "$block" ] || continue
      "$editenv" "$block" list 2>/dev/null | grep -q -x -e 'next_entry=${ENTRY_ID}' -e 'next_entry=${ENTRY_TITLE}' || continue
      "$editenv" "$block" unset next_entry && sync "$block" || return 1
    done
    break
  done
  if [ -e ${ONE_SHOT} ] && [ "$(cat ${ONE_SHOT} | tail -c +5 | tr -d '\\000')" = ${ENTRY_FILE} ]; then
    bootctl set-oneshot '' || return 1
  fi
}`

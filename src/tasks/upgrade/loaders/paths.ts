import { ENTRY_ID } from '../layout.ts'

/** Where BLS entries live. */
export const ENTRIES = '/boot/loader/entries'
/** File name of our entry. */
export const ENTRY_FILE = `${ENTRY_ID}.conf`
export const ENTRY_PATH = `${ENTRIES}/${ENTRY_FILE}`
/** Stem of the recovery entry's file. */
export const RECOVERY_ID = `${ENTRY_ID}-recovery`
/** Sorts behind every distribution's key, so that the entry is the last of the menu and never its default. */
export const SORT_KEY = `zz-${ENTRY_ID}`

/** Where the tool keeps its state on a host: root's alone. */
export const STATE_DIR = '/var/lib/upgrade-push'

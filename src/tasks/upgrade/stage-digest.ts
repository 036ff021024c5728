import { STATE } from './layout.ts'

/** `stage_digest`: digest of everything staged, as it lies on the host. Needs `tree_digest`. */
export const STAGE_DIGEST = `stage_digest() {
  echo "$(tree_digest ${STATE}/stage/dracut) $(tree_digest ${STATE}/stage/kernel)" | sha256sum | cut -c1-64
}`

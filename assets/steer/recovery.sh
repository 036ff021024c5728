# shellcheck shell=sh disable=SC2015 # `A && B || C`: C is for either's failure
# The durable default while packages are replaced: our kernel and image, which start no transaction by themselves.

recovery() {
  [ -n "$RECOVERY_TEXT" ] || fail 'no recovery entry was made: the upgrade was armed without a plan'
  intact "$OUR_KERNEL" "$OUR_KERNEL_DIGEST"
  intact "$OUR_IMAGE" "$OUR_IMAGE_DIGEST"
  if ! loader_is_default "$RECOVERY_ID"; then
    loader_remember || fail "the default entry can not be written down in $own"
  fi
  write_recovery || fail "the recovery entry can not be written"
  settle || fail '/boot can not be synced'
  loader_guard || fail "the recovery entry can not be kept the default while kernels are installed"
  loader_set_default "$RECOVERY_ID" && loader_is_default "$RECOVERY_ID" || fail 'the recovery entry can not be made the default'
}

# Called while kernel packages are installed: only when `recovery` is in force.
guard() {
  [ -e "$own/before" ] || return 0
  loader_set_default "$RECOVERY_ID" || fail 'the recovery entry is no longer the default'
}

# The default as it was found by `recovery`; where that never came so far, nothing but leftovers.
restore() {
  loader_unguard || fail 'the hooks in /etc/kernel/install.d can not be removed'
  if [ -e "$own/before" ]; then
    # What can not be read is no proof that the recovery entry is not the default.
    loader_readable
    loader_put_back || fail 'the old default entry can not be restored'
  elif loader_is_default "$RECOVERY_ID"; then
    loader_set_default "$DEFAULT_ID" || fail 'the old default entry can not be restored'
  fi
  ! loader_is_default "$RECOVERY_ID" || fail 'the recovery entry is still the default'
  remove_recovery || fail 'the recovery entry can not be removed'
  settle || fail '/boot can not be synced'
  discard "$own/before" "$own/before.efi" || fail "$own can not be cleaned up"
}

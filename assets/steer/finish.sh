# shellcheck shell=sh disable=SC2015 # `A && B || C`: C is for either's failure
# finish VERSION ADDED REMOVED: the installed new system boots by default, and nothing of ours is left in /boot. The recovery entry stays the
# default until the new one is complete: a power cut at any moment boots one of the two. Where the loader chose by itself before, it does so
# again, as far as it then chooses the new system: otherwise no later kernel would ever boot by default.
finish() {
  [ -r "$2" ] && [ -r "$3" ] || fail "the lists of kernel arguments can not be read: $2, $3"
  if loader_chose; then chose=yes; else chose=no; fi
  options=$(target_options "$2" "$3") && [ -n "$options" ] || fail 'the kernel arguments of the new system can not be put together'
  id=$(boots "$1" "$options") || exit 1
  mkdir -p "$root/etc/kernel" && put_text "$root/etc/kernel/cmdline" "$options" || fail '/etc/kernel/cmdline can not be written'
  settle || fail '/boot can not be synced'
  loader_unguard || fail 'the hooks in /etc/kernel/install.d can not be removed'
  loader_set_default "$id" && loader_is_default "$id" || fail "the entry $id can not be made the default"
  take_back_choice
  remove_ours || fail 'our boot entries can not be removed'
  discard "$boot/$OUR_KERNEL" "$boot/$OUR_IMAGE" "$boot/$OUR_HMAC" "$boot"/.upgrade-push.*.tmp || fail 'our files in /boot can not be removed'
  [ $chose = no ] || ! first_by_itself "$id" || loader_unname || fail 'the choice of the default can not be left to the loader'
  settle || fail '/boot can not be synced'
  discard "$own/before" "$own/before.efi" || fail "$own can not be cleaned up"
}

# The upgrade's boot was for once: the one-shot choice does not stand any more, and neither does the entry that it chose. A crash boots the default.
consumed() {
  take_back_choice
  retire_ours || fail 'the boot entry of the upgrade can not be removed'
}

# Where nothing can be read, nothing is proved.
take_back_choice() {
  loader_readable
  next=$(loader_oneshot)
  case $next in
    '') return ;;
    "$ENTRY_ID" | "$ENTRY_ID.conf" | "$ENTRY_TITLE") ;;
    *) fail "somebody else chose the next boot: $next" ;;
  esac
  loader_clear_oneshot || fail 'the one-shot choice of the upgrade can not be taken back'
}

# shellcheck shell=sh
# Sourced by what takes a time limit of a unit away, into $out, a folder of unit files: the generator at boot, and the step that makes the
# recovery entry the default.

# lift UNIT SECTION SETTING...
lift() {
  dir=$out/$1.d section=$2
  shift 2
  mkdir -p "$dir" && {
    printf '[%s]\n' "$section" && printf '%s\n' "$@"
  } >"$dir/zz-upgrade.conf"
}

# bar_emergency: neither a unit's failure nor a command leads to the emergency any more. Its coming would stop what the steps of the upgrade
# require, and with that the transaction.
bar_emergency() {
  mkdir -p "$out" && for target in emergency.target rescue.target; do
    ln -sf /dev/null "$out/$target" || return 1
  done
}

# lift_reports TIME: the way to a report, and the report, may take so long.
lift_reports() {
  lift emergency.target Unit "JobTimeoutSec=$1" &&
    lift rescue.target Unit "JobTimeoutSec=$1" &&
    for unit in emergency rescue dracut-emergency; do
      lift "$unit.service" Service "TimeoutStartSec=$1" || return 1
    done
}

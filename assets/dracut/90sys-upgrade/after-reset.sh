# shellcheck shell=sh
# Sourced by 30-armed: how far the upgrade had come when the machine was reset.

# after_reset: why the recovery entry was booted, out of our marker and the transaction's own journal.
after_reset() (
  failed='' started='' ended=''
  if [ -r "$STATE_DIR/changed" ]; then
    while read -r key value; do
      [ "$key" = failed ] && failed=$value
    done <"$STATE_DIR/changed"
  fi
  if [ -n "$failed" ]; then
    printf 'the machine was restarted after a failure: %s\n' "$failed"
    exit
  fi
  if [ -r "$STATE_DIR/progress.jsonl" ]; then
    # The last line may be cut.
    while IFS= read -r line; do
      json_get event "$line" || continue
      case $json_value in
        started) started=$line ended='' ;;
        complete) ended=1 ;;
      esac
    done <"$STATE_DIR/progress.jsonl"
  fi
  if [ -n "$ended" ]; then
    printf 'the machine was reset after the transaction, before the final steps were done\n'
  elif [ -n "$started" ]; then
    printf 'the machine was reset in the middle of the transaction, at package %s of %s (%s %s)\n' "$(json_field n "$started")" \
      "$(json_field of "$started")" "$(json_field action "$started")" "$(json_field package "$started")"
  else
    printf 'the machine was reset in the middle of the transaction, before its first package was done\n'
  fi
)

#!/bin/sh
# A target that counts its effects and notices overlapping writers.
#   effects: one line each, KEY FENCE RUN OP NAME NANOSECONDS
set -u
dir=$(dirname "$0") op=$1 name=$2
version=$(cat "$dir/state-$name" 2>/dev/null || echo 1)
case $op in
state) echo "{\"version\": \"$version\"}" ;;
health) cat "$dir/errors-$name" 2>/dev/null || echo 1 ;;
probe) grep -q "^$OPSBOT_IDEMPOTENCY_KEY " "$dir/effects" 2>/dev/null || exit 1 ;;
run | undo)
  fence=$(cat "$dir/fence-$name" 2>/dev/null || echo 0)
  if [ "$OPSBOT_FENCE" -lt "$fence" ]; then echo "stale: $OPSBOT_FENCE < $fence"; exit 9; fi
  mkdir "$dir/busy-$name" 2>/dev/null || echo "$name $OPSBOT_RUN $op" >>"$dir/overlaps"
  echo "$OPSBOT_FENCE" >"$dir/fence-$name"
  echo "$op of $name begins"
  echo "$OPSBOT_IDEMPOTENCY_KEY $OPSBOT_FENCE $OPSBOT_RUN $op $name $(date +%s%N)" >>"$dir/effects"
  status=0
  if [ "$op" = undo ]; then
    sleep 0.05
    echo "$3" >"$dir/state-$name"
    rm -f "$dir/errors-$name"
  else
    case $3 in slow) sleep 3 ;; *) sleep 0.05 ;; esac
    echo $((version + 1)) >"$dir/state-$name"
    case $3 in worse) echo 50 >"$dir/errors-$name" ;; fails) status=3 ;; esac
  fi
  echo "$op of $name ends"
  rmdir "$dir/busy-$name"
  exit $status
  ;;
esac

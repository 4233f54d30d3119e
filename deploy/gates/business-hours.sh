#!/bin/sh
# Passes on working days between FROM and UNTIL o'clock of ZONE. The clock is this machine's own, never one from the question:
# that holds texts of alerts, which come from outside.
FROM=9
UNTIL=17
ZONE=UTC

day=$(TZ=$ZONE date +%u) && hour=$(TZ=$ZONE date +%H) || exit 2
hour=${hour#0}
if [ "$day" -le 5 ] && [ "$hour" -ge "$FROM" ] && [ "$hour" -lt "$UNTIL" ]; then
  echo "within working hours ($ZONE)"
else
  echo "outside working hours: Monday to Friday, $FROM to $UNTIL o'clock $ZONE"
  exit 1
fi

#!/bin/sh
# Makes the secrets of docker-compose.yml in deploy/compose/secrets, or in the folder that is named. What is there already stays as it is:
# PostgreSQL and RabbitMQ take their password at their first start and keep it.
set -eu
umask 077

folder=${1:-$(dirname "$0")/secrets}
mkdir -p "$folder"
# compose mounts the files as they are, into containers of several accounts: they may read them there, and nobody gets to them through this folder
chmod 700 "$folder"

made() {
  [ -s "$folder/$1" ] && { cat >/dev/null; return; }
  cat >"$folder/$1.new"
  chmod 444 "$folder/$1.new"
  mv "$folder/$1.new" "$folder/$1"
  echo "made $folder/$1" >&2
}
random() { head -c 24 /dev/urandom | od -An -v -tx1 | tr -d ' \n' | made "$1"; }

random postgres-password
printf 'Host=postgres;Database=opsbot;Username=opsbot;Password=%s\n' "$(cat "$folder/postgres-password")" | made opsbot-store
random rabbitmq-password
printf 'default_user = opsbot\ndefault_pass = %s\n' "$(cat "$folder/rabbitmq-password")" | made rabbitmq.conf
printf 'amqp://opsbot:%s@rabbitmq:5672/\n' "$(cat "$folder/rabbitmq-password")" | made opsbot-broker
random opsbot-audit-key
random opsbot-console-token
random sender-alertmanager
random sender-cloudevents

#!/bin/sh
# Tells OpsBot that a job ended, at once and whatever way it ended: a CloudEvents event of type opsbot.training.v1.
#
#   slurm.conf:  EpilogSlurmctld=/etc/slurm/opsbot-epilog.sh     runs once a job, on the controller, and knows how the job ended
#                PrologSlurmctld=/etc/slurm/opsbot-epilog.sh     the same file: then it tells that the job begins
#   The account that slurmctld runs as reads /etc/slurm/opsbot.env (mode 0600):
#                OPSBOT_URL=https://ops.example.com/webhooks/cloudevents
#                OPSBOT_TOKEN=the bearer token under senders.cloudevents
#
# It never fails a job: it always exits 0, and waits seven seconds at most. What could not be told is lost here: a poll (docs/training.md) sees it still.
# Names come from users: they are written as JSON strings and nothing else is made of them.

config=${OPSBOT_SLURM_CONFIG:-/etc/slurm/opsbot.env}
if [ -r "$config" ]; then
    # shellcheck source=/dev/null
    . "$config"
fi
if [ -z "${OPSBOT_URL:-}" ] || [ -z "${SLURM_JOB_ID:-}" ] || ! command -v curl >/dev/null 2>&1; then
    exit 0
fi

# a text as the inside of a JSON string: control characters out, backslashes and quotes escaped, 300 bytes at most
json() {
    printf '%s' "$1" | LC_ALL=C tr -d '\000-\037\177' | head -c 300 | iconv -c -f UTF-8 -t UTF-8 2>/dev/null | sed -e 's/\\/\\\\/g' -e 's/"/\\"/g'
}

now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
cluster=$(json "${SLURM_CLUSTER_NAME:-slurm}")
job=$(json "$SLURM_JOB_ID")
ended=
exit_code=
reason=

case "${SLURM_SCRIPT_CONTEXT:-}" in
prolog_*)
    status=running
    ;;
*)
    ended=$now
    # what wait(2) gives: the exit status in the higher byte, the signal in the lower
    wait_status=${SLURM_JOB_EXIT_CODE:-0}
    case "$wait_status" in
    *[!0-9]* | '') wait_status=0 ;;
    esac
    exit_code=$((wait_status / 256 % 256))
    signal=$((wait_status % 128))
    case "$wait_status" in
    0) status=succeeded ;;
    2 | 15) status=cancelled reason="ended by signal $signal" ;;
    *) status=failed ;;
    esac
    [ "$status" != failed ] || [ "$signal" -eq 0 ] || reason="ended by signal $signal"
    # the controller knows better: a time limit, memory, a cancellation. While a job completes, its state says only that, and its reason tells
    if command -v scontrol >/dev/null 2>&1; then
        told=$(timeout 2 scontrol show job "$SLURM_JOB_ID" 2>/dev/null)
        state=$(printf '%s\n' "$told" | sed -n 's/.*JobState=\([A-Z_]*\).*/\1/p' | head -n 1)
        why=$(printf '%s\n' "$told" | sed -n 's/.* Reason=\([A-Za-z_]*\).*/\1/p' | head -n 1)
        case "$state" in
        COMPLETED) status=succeeded reason= ;;
        CANCELLED | PREEMPTED | REVOKED) status=cancelled reason=$state ;;
        FAILED | TIMEOUT | OUT_OF_MEMORY | NODE_FAIL | BOOT_FAIL | DEADLINE) status=failed reason=$state${reason:+, $reason} ;;
        *)
            case "$why" in
            TimeLimit) status=failed reason=TIMEOUT ;;
            OutOfMemory) status=failed reason=OUT_OF_MEMORY ;;
            NodeDown | NodeFail* | JobLaunchFailure | BootFail*) status=failed reason=$why ;;
            esac
            ;;
        esac
    fi
    ;;
esac

body=$(
    printf '{"specversion":"1.0","type":"opsbot.training.v1","source":"/slurm/%s","id":"%s-%s-%s-%s","time":"%s","datacontenttype":"application/json","data":{' \
        "$cluster" "$job" "$status" "$(json "${SLURM_RESTART_COUNT:-${SLURM_JOB_RESTART_COUNT:-0}}")" "$now" "$now"
    printf '"key":"%s","status":"%s","name":"%s","user":"%s"' "$job" "$status" "$(json "${SLURM_JOB_NAME:-$SLURM_JOB_ID}")" "$(json "${SLURM_JOB_USER:-}")"
    [ -z "$reason" ] || printf ',"reason":"%s"' "$(json "$reason")"
    [ -z "$exit_code" ] || printf ',"exitCode":%d' "$exit_code"
    [ -z "$ended" ] || printf ',"endedAt":"%s"' "$ended"
    printf ',"facts":{"cluster":"%s","partition":"%s","nodes":"%s","account":"%s"}}}' \
        "$cluster" "$(json "${SLURM_JOB_PARTITION:-}")" "$(json "${SLURM_JOB_NODELIST:-}")" "$(json "${SLURM_JOB_ACCOUNT:-}")"
)

# the token goes in by standard input: what stands on a command line can be seen by everybody on the host
printf 'header = "Authorization: Bearer %s"\n' "${OPSBOT_TOKEN:-}" |
    curl --silent --show-error --config - --connect-timeout 2 --max-time 5 --header 'Content-Type: application/cloudevents+json' \
        --data-binary "$body" --output /dev/null "$OPSBOT_URL" || :
exit 0

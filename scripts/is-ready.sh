#!/usr/bin/env bash
# Succeeds when the service on a local port is ready. Needs nothing but bash, so that it also works inside the containers.
#
# Usage: is-ready.sh PORT
set -euo pipefail

exec 3<>"/dev/tcp/127.0.0.1/$1"
printf 'GET /health/ready HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
read -r -t 5 _ status _ <&3
[[ $status == 200 ]]

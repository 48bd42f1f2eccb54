#!/usr/bin/env bash
# Runs every test: unit, integration on real servers, end-to-end with real processes and a real browser. As root on Debian or
# Ubuntu it installs what is missing; elsewhere it says what to install. Ends with "N passed, N failed".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

say() { printf '\n== %s\n' "$*"; }

missing_packages() {
  [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || [ -n "${RABBITMQ_URI:-}" ] || echo rabbitmq-server
  compgen -G '/usr/lib/postgresql/*/bin/postgres' > /dev/null || [ -n "${POSTGRES_CONNECTION:-}" ] || echo postgresql
  [ -x "${CHROMIUM:-/usr/bin/chromium}" ] || echo chromium
  [ -d /usr/share/zoneinfo/Asia ] || echo tzdata
  docker compose version > /dev/null 2>&1 || command -v docker-compose > /dev/null || echo docker-compose
}

install_packages() {
  local missing
  missing=$(missing_packages)
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get > /dev/null; then
    echo "The tests need these Debian packages or their like: $(echo $missing)" >&2
    echo "Install them, or run this as root on Debian or Ubuntu." >&2
    exit 1
  fi

  say "Installing $(echo $missing)"
  # the tests start servers of their own; the packages' services are not wanted
  local policy=/usr/sbin/policy-rc.d made=
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod +x "$policy"
    made=1
  fi

  local log
  log=$(mktemp)
  if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } > "$log" 2>&1; then
    cat "$log" >&2
    exit 1
  fi

  rm -f "$log"
  [ -z "$made" ] || rm -f "$policy"
}

command -v dotnet > /dev/null || { echo "The .NET 10 SDK is needed: https://dotnet.microsoft.com/download" >&2; exit 1; }
install_packages

say "Building"
dotnet build StreamChat.sln --configuration Release -v quiet

say "Checking the style"
dotnet format StreamChat.sln --verify-no-changes --no-restore

passed=0 failed=0 skipped=0 broken=0
for project in tests/unit tests/integration tests/end-to-end; do
  say "Testing $project"
  log=$(mktemp)
  status=0
  dotnet test "$project" --configuration Release --no-build --blame-hang-timeout 5m --blame-hang-dump-type none 2>&1 | tee "$log" || status=$?
  summary=$(grep -E '^(Passed|Failed)! ' "$log" | tail -n 1 || true)
  count() { sed -nE "s/.*$1: +([0-9]+).*/\1/p" <<< "$summary"; }
  ran=$(count Total)
  if [ -z "$summary" ] || [ "${ran:-0}" -eq 0 ]; then
    echo "$project ran no test." >&2
    broken=1
  else
    passed=$((passed + $(count Passed))) failed=$((failed + $(count Failed))) skipped=$((skipped + $(count Skipped)))
    [ "$status" -eq 0 ] || [ "$(count Failed)" -gt 0 ] || broken=1
  fi

  rm -f "$log"
done

say "All tests"
[ "$broken" -eq 0 ] || failed=$((failed + 1))
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]

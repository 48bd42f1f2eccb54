#!/usr/bin/env bash
# Builds everything and runs every test. Installs what the tests need where it may (root on Debian or Ubuntu).
#
# RABBITMQ_URI         a broker to use instead of one of our own
# POSTGRES_CONNECTION  a database server to use instead of one of our own
set -euo pipefail
cd "$(dirname "$0")"

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
readonly configuration=Release
readonly results=artifacts/test-results
readonly hang_timeout=10m

# A step, and the minutes and seconds since the start.
say() { printf '\n== %s  [%d:%02d]\n' "$*" $((SECONDS / 60)) $((SECONDS % 60)); }

die() {
    printf 'test.sh: %s\n' "$*" >&2
    exit 1
}

has_rabbitmq() { [[ -n ${RABBITMQ_URI:-} || -x /usr/lib/rabbitmq/bin/rabbitmq-server ]]; }
has_postgresql() { [[ -n ${POSTGRES_CONNECTION:-} ]] || compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null; }
has_chromium() { command -v chromium >/dev/null; }
has_docker_compose() { command -v docker-compose >/dev/null || docker compose version >/dev/null 2>&1; }
has_python_websockets() { /usr/bin/python3 -c 'import websockets' 2>/dev/null || python3 -c 'import websockets' 2>/dev/null; }
has_npm() { command -v node >/dev/null && command -v npm >/dev/null; }
has_tzdata() { [[ -e /usr/share/zoneinfo/Europe/Berlin ]]; }

list_missing() {
    has_rabbitmq || echo rabbitmq-server
    has_postgresql || echo postgresql
    has_chromium || echo chromium
    has_docker_compose || echo docker-compose
    has_python_websockets || echo python3-websockets
    has_tzdata || echo tzdata
    has_npm || printf '%s\n' nodejs npm
}

install_packages() {
    # The tests start servers of their own: the package's need not run, and often cannot.
    local policy=/usr/sbin/policy-rc.d ours=''
    if [[ ! -e $policy ]]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod +x "$policy"
        ours=yes
    fi
    local status=0
    {
        DEBIAN_FRONTEND=noninteractive apt-get -qq update &&
            DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends "$@" >/dev/null
    } || status=$?
    [[ -z $ours ]] || rm -f "$policy"
    return "$status"
}

provide_tools() {
    command -v dotnet >/dev/null || die 'the .NET SDK is missing: https://dotnet.microsoft.com/download (version: global.json)'
    dotnet --version >/dev/null || die 'the .NET SDK installed is not the one that global.json asks for'

    local missing
    mapfile -t missing < <(list_missing)
    if ((${#missing[@]} > 0)) && [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
        say "Installing ${missing[*]}"
        install_packages "${missing[@]}" || echo 'Not everything could be installed.'
        mapfile -t missing < <(list_missing)
    fi
    if ((${#missing[@]} > 0)); then
        echo "Missing, and tests that need it will fail: ${missing[*]}"
    fi
}

# The MCP server that tool-workers are tried against, at the version that its lock file pins. Fetched once.
readonly mcp_servers=tests/mcp-servers
provide_mcp_servers() {
    if [[ $mcp_servers/node_modules/.package-lock.json -nt $mcp_servers/package-lock.json ]]; then
        return
    fi
    say 'Fetching the MCP server of the tests'
    if ! has_npm || ! npm ci --prefix "$mcp_servers" --no-audit --no-fund --loglevel error; then
        echo 'It could not be fetched (npm, or the network, is missing): McpTests will fail.'
    fi
}

# One attribute of the summary in a result file.
count() { sed -n "s/.*<Counters[^>]* $2=\"\([0-9]*\)\".*/\1/p" "$1"; }

passed=0 failed=0 skipped=0 broken=0

run_project() {
    local project=$1 name status=0
    name=$(basename "$project" .csproj)
    local file=$results/$name.trx
    say "$name"
    dotnet test "$project" --configuration "$configuration" --no-build --verbosity quiet \
        --logger 'console;verbosity=minimal' --logger "trx;LogFileName=$name.trx" --results-directory "$results" \
        --blame-hang-timeout "$hang_timeout" --blame-hang-dump-type none || status=$?

    local total='' executed='' good='' bad=''
    if [[ -f $file ]]; then
        total=$(count "$file" total) executed=$(count "$file" executed)
        good=$(count "$file" passed) bad=$(count "$file" failed)
    fi
    if ((${executed:-0} == 0)); then
        echo "$name ran no test."
        broken=1
        return
    fi
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + total - executed))
    if ((status != 0 && bad == 0)); then
        echo "$name broke off."
        broken=1
    fi
}

# The tests of the client in JavaScript: Node's own runner, its counts added to the others.
run_javascript() {
    local output status=0 good bad left_out
    say 'clients/javascript'
    output=$(cd clients/javascript && node --test --test-reporter tap tests/*.test.js) || status=$?
    good=$(node_count pass) bad=$(($(node_count fail) + $(node_count cancelled))) left_out=$(node_count skipped)
    if ((status != 0)); then
        printf '%s\n' "$output"
    fi
    echo "$good passed, $bad failed, $left_out skipped"
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + left_out))
    if ((good == 0 || (status != 0 && bad == 0))); then
        echo 'The tests of clients/javascript broke off.'
        broken=1
    fi
}

# One number of the summary in the output of Node's runner.
node_count() {
    local number
    number=$(sed -n "s/^# $1 //p" <<<"$output")
    echo "${number:-0}"
}

provide_tools
provide_mcp_servers
rm -rf "$results"

say 'Restoring'
dotnet restore --verbosity quiet

say 'Building'
dotnet build --configuration "$configuration" --no-restore --verbosity quiet -warnaserror

# The build has enforced the rules for style and for analyzers: only whitespace is left for the formatter.
say 'Checking the format'
dotnet format whitespace --no-restore --verify-no-changes

run_javascript
for project in tests/*/*Tests.csproj; do
    run_project "$project"
done

say 'Done'
if ((skipped > 0)); then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
((failed == 0 && broken == 0))

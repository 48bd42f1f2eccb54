#!/usr/bin/env bash
# Runs the distributed system as local processes: an edge, two gateways, two agent-workers and a tool-worker.
#
# Usage: run-distributed.sh [--dashboard]
#
#   --dashboard       runs the Aspire dashboard too, and exports traces, metrics and logs of all processes to it
#
#   RABBITMQ_URI      the broker (amqp://guest:guest@localhost:5672)
#   STORE_CONNECTION  a PostgreSQL connection string; without it the workers share a SQLite file in DATA_DIR
#   EDGE_PORT         where clients connect (8080); the other processes take the five ports after it, the dashboard two more
#   DATA_DIR          the SQLite file and the logs (a folder for this run in TMPDIR)
#
# Other settings in the environment (Model__Provider, OTEL_EXPORTER_OTLP_ENDPOINT, ...) reach every process. Ctrl+C stops all.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
rabbitmq_uri=${RABBITMQ_URI:-amqp://guest:guest@localhost:5672}
edge_port=${EDGE_PORT:-8080}
data_dir=${DATA_DIR:-$(mktemp -d "${TMPDIR:-/tmp}/streamchat.XXXXXX")}
ready_seconds=60
dashboard_seconds=300 # the first time its package is downloaded
last_port=$((edge_port + 5))
dashboard_port='' # none

declare -A name_of=() # by process id
ports=()

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

read_arguments() {
    while (($# > 0)); do
        case $1 in
            --dashboard)
                dashboard_port=$((edge_port + 6))
                last_port=$((edge_port + 7))
                ;;
            *) fail "Unknown argument: $1. Usage: run-distributed.sh [--dashboard]" ;;
        esac
        shift
    done
}

is_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

require_broker() {
    # amqp://user:password@host:port/vhost, of which only scheme and host are certain to be there
    local scheme=${rabbitmq_uri%%://*} address=${rabbitmq_uri#*://}
    address=${address%%/*}
    address=${address##*@}
    local host=${address%:*} port=5672
    [[ $scheme == amqps ]] && port=5671
    [[ $address =~ :([0-9]+)$ ]] && port=${BASH_REMATCH[1]}
    timeout 5 bash -c 'exec 3<>"/dev/tcp/$1/$2"' _ "$host" "$port" 2>/dev/null \
        || fail "No RabbitMQ at $host:$port. Start one, or set RABBITMQ_URI. (Without a broker: dotnet run --project services/standalone)"
}

require_free_ports() {
    local port
    for ((port = edge_port; port <= last_port; port++)); do
        if is_open "$port"; then
            fail "Port $port is taken. Set EDGE_PORT so that it and the $((last_port - edge_port)) ports after it are free."
        fi
    done
}

build() {
    local service output
    echo "Building ..."
    for service in edge gateway agent-worker tool-worker; do
        output=$(dotnet build "$root/services/$service" --configuration Release --nologo) || fail "$output"
    done
}

# start NAME SERVICE ASSEMBLY PORT [KEY=VALUE...]
start() {
    local name=$1 service=$2 assembly=$3 port=$4
    shift 4
    (
        cd "$root/services/$service/bin/Release/net10.0"
        exec env HOST=localhost PORT="$port" "$@" dotnet "$assembly"
    ) >"$data_dir/$name.log" 2>&1 &
    name_of[$!]=$name
    ports+=("$port")
}

start_dashboard() {
    local deadline=$((SECONDS + dashboard_seconds)) otlp_port=$((dashboard_port + 1))
    echo "Starting the dashboard ..."
    "$root/scripts/dashboard/run.sh" "$dashboard_port" "$otlp_port" >"$data_dir/dashboard.log" 2>&1 &
    name_of[$!]=dashboard
    until is_open "$dashboard_port" && is_open "$otlp_port"; do
        require_all_alive
        ((SECONDS < deadline)) || fail "The dashboard is not ready after $dashboard_seconds s; its log is $data_dir/dashboard.log"
        sleep 0.2
    done
    export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:$otlp_port OTEL_EXPORTER_OTLP_PROTOCOL=grpc
}

stop_all() {
    trap - EXIT
    trap '' INT TERM # a second Ctrl+C does not leave half of them behind
    if ((${#name_of[@]} > 0)); then
        echo "Stopping ..."
        kill -TERM "${!name_of[@]}" 2>/dev/null || true
        wait "${!name_of[@]}" 2>/dev/null || true
    fi
}

require_all_alive() {
    local pid
    for pid in "${!name_of[@]}"; do
        if ! kill -0 "$pid" 2>/dev/null; then
            tail -n 20 "$data_dir/${name_of[$pid]}.log" >&2
            fail "${name_of[$pid]} has ended; its log is $data_dir/${name_of[$pid]}.log"
        fi
    done
}

wait_until_ready() {
    local port deadline=$((SECONDS + ready_seconds))
    for port in "${ports[@]}"; do
        until "$root/scripts/is-ready.sh" "$port" 2>/dev/null; do
            require_all_alive
            ((SECONDS < deadline)) || fail "Not ready after $ready_seconds s: http://localhost:$port/health/ready. Logs: $data_dir"
            sleep 0.2
        done
    done
}

read_arguments "$@"
mkdir -p "$data_dir"
data_dir=$(cd "$data_dir" && pwd)
require_broker
require_free_ports
build

bus=(Bus__Transport=RabbitMq "Bus__Uri=$rabbitmq_uri")
if [[ -n ${STORE_CONNECTION:-} ]]; then
    store=(Store__Provider=Postgres "Store__ConnectionString=$STORE_CONNECTION")
else
    store=(Store__Provider=Sqlite "Store__ConnectionString=Data Source=$data_dir/streamchat.db")
fi

trap stop_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
[[ -z $dashboard_port ]] || start_dashboard
start gateway-1 gateway StreamChat.Gateway.dll $((edge_port + 1)) "${bus[@]}"
start gateway-2 gateway StreamChat.Gateway.dll $((edge_port + 2)) "${bus[@]}"
start agent-worker-1 agent-worker StreamChat.AgentWorker.dll $((edge_port + 3)) "${bus[@]}" "${store[@]}"
start agent-worker-2 agent-worker StreamChat.AgentWorker.dll $((edge_port + 4)) "${bus[@]}" "${store[@]}"
start tool-worker-1 tool-worker StreamChat.ToolWorker.dll $((edge_port + 5)) "${bus[@]}" "${store[@]}"
start edge edge StreamChat.Edge.dll "$edge_port" \
    "Edge__Gateways__0=http://localhost:$((edge_port + 1))" "Edge__Gateways__1=http://localhost:$((edge_port + 2))"

wait_until_ready
echo "StreamChat is ready: http://localhost:$edge_port"
[[ -z $dashboard_port ]] || echo "Traces, metrics and logs: http://localhost:$dashboard_port"
echo "Logs and data: $data_dir. Ctrl+C stops it."

# pull any plug: kill one of them and see the rest go on. It ends when the last one has.
while ((${#name_of[@]} > 0)); do
    wait -n || true
    for pid in "${!name_of[@]}"; do
        if ! kill -0 "$pid" 2>/dev/null; then
            echo "${name_of[$pid]} has ended; the rest goes on. Its log: $data_dir/${name_of[$pid]}.log"
            unset "name_of[$pid]"
        fi
    done
done

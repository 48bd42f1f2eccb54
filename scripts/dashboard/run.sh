#!/usr/bin/env bash
# Runs the Aspire dashboard: a page with the traces, metrics and logs that processes export to it. NuGet ships it as a native program.
# Both ports are open on loopback only, since the page asks for no password.
#
# Usage: run.sh PAGE_PORT OTLP_PORT    (OTLP over gRPC)
#
# Exit code 69: the package could not be restored.
set -euo pipefail

(($# == 2)) || { printf 'Usage: %s PAGE_PORT OTLP_PORT\n' "$0" >&2; exit 64; }
project=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/dashboard.proj

if ! output=$(dotnet restore "$project" --verbosity quiet 2>&1); then
    printf '%s\nCould not restore the NuGet package of the Aspire dashboard.\n' "$output" >&2
    exit 69
fi
cd "$(dotnet msbuild "$project" -getProperty:DashboardFolder)"

# NuGet extracts files without the right to execute them
[[ -x Aspire.Dashboard ]] || chmod +x Aspire.Dashboard
exec env --unset=ASPNETCORE_ENVIRONMENT --unset=DOTNET_ENVIRONMENT \
    ASPNETCORE_URLS="http://127.0.0.1:$1" \
    ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL="http://127.0.0.1:$2" \
    ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS=true \
    ./Aspire.Dashboard

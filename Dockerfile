# One file for every service: docker build --build-arg SERVICE=gateway .
# SERVICE is a folder below services/: edge, gateway, agent-worker, tool-worker or standalone.

FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
WORKDIR /src

# what decides about packages comes first, so that a change of code does not fetch them again
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY shared/contracts/*.csproj shared/contracts/
COPY shared/hosting/*.csproj shared/hosting/
COPY shared/storage/*.csproj shared/storage/
COPY services/edge/*.csproj services/edge/
COPY services/gateway/*.csproj services/gateway/
COPY services/agent-worker/*.csproj services/agent-worker/
COPY services/tool-worker/*.csproj services/tool-worker/
COPY services/standalone/*.csproj services/standalone/
ARG SERVICE
RUN dotnet restore services/$SERVICE --use-current-runtime -p:PublishReadyToRun=true

COPY .editorconfig BannedSymbols.txt ./
COPY shared shared
COPY clients/javascript/src clients/javascript/src
COPY services services
# Compiled ahead, so that the first requests after a start do not wait for the compiler. The executable is found by the project's name, and
# renamed so that the entry point is the same for all.
RUN dotnet publish services/$SERVICE --no-restore --configuration Release --use-current-runtime --self-contained false -p:PublishReadyToRun=true --output /app \
    && mv "/app/$(basename services/$SERVICE/*.csproj .csproj)" /app/service

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble
ARG SERVICE
LABEL org.opencontainers.image.title="streamchat-$SERVICE" \
      org.opencontainers.image.description="StreamChat: streams AI agents to many users over RabbitMQ"
# tools answer questions about local time: fail here rather than then
RUN test -e /usr/share/zoneinfo/Asia/Shanghai
WORKDIR /app
COPY --from=build /app .
COPY scripts/is-ready.sh .

# a volume mounted there takes over its owner: the keys that gateways share are for them alone
RUN install --directory --owner $APP_UID --mode 700 /keys

# the base image sets ASPNETCORE_HTTP_PORTS, which would go before HOST and PORT
ENV HOST=0.0.0.0 PORT=8080 ASPNETCORE_HTTP_PORTS=
USER $APP_UID
HEALTHCHECK --interval=2s --timeout=6s --start-period=60s --retries=3 CMD ["bash", "-c", "./is-ready.sh $PORT"]
ENTRYPOINT ["./service"]

using StreamChat.AgentWorker;
using StreamChat.Gateway;
using StreamChat.Gateway.Auth;
using StreamChat.Hosting;
using StreamChat.Hosting.Bus;
using StreamChat.Standalone;
using StreamChat.ToolWorker;

return await StreamChatHost.RunAsync(args, () =>
{
    var builder = StreamChatHost.CreateBuilder(args, "streamchat-standalone", defaultPort: 8080);
    builder.Configuration.UseStandaloneDefaults();
    builder.Services.AddGateway();
    builder.Services.AddAgentWorker(builder.Configuration);
    builder.Services.AddToolWorker(builder.Configuration);
    builder.Services.AddStreamChatBus(builder.Configuration, new GatewayBus(), new AgentWorkerBus(), new ToolWorkerBus());

    var app = builder.Build();
    app.MapGateway();
    return app;
}, ApiKeyCommand.Command);

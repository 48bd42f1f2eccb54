using StreamChat.AgentWorker;
using StreamChat.Hosting;
using StreamChat.Hosting.Bus;
using StreamChat.Hosting.Health;

return await StreamChatHost.RunAsync(args, () =>
{
    var builder = StreamChatHost.CreateBuilder(args, "streamchat-agent-worker", defaultPort: 8082);
    builder.Services.AddAgentWorker(builder.Configuration);
    builder.Services.AddStreamChatBus(builder.Configuration, new AgentWorkerBus());

    var app = builder.Build();
    app.MapStreamChatHealth();
    return app;
});

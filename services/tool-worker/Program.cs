using StreamChat.Hosting;
using StreamChat.Hosting.Bus;
using StreamChat.Hosting.Health;
using StreamChat.ToolWorker;

return await StreamChatHost.RunAsync(args, () =>
{
    var builder = StreamChatHost.CreateBuilder(args, "streamchat-tool-worker", defaultPort: 8083);
    builder.Services.AddToolWorker(builder.Configuration);
    builder.Services.AddStreamChatBus(builder.Configuration, new ToolWorkerBus());

    var app = builder.Build();
    app.MapStreamChatHealth();
    return app;
});

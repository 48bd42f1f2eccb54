using StreamChat.Gateway;
using StreamChat.Gateway.Auth;
using StreamChat.Hosting;
using StreamChat.Hosting.Bus;

return await StreamChatHost.RunAsync(args, () =>
{
    var builder = StreamChatHost.CreateBuilder(args, "streamchat-gateway", defaultPort: 8081);
    builder.Services.AddGateway();
    builder.Services.AddStreamChatBus(builder.Configuration, new GatewayBus());

    var app = builder.Build();
    app.MapGateway();
    return app;
}, ApiKeyCommand.Command);

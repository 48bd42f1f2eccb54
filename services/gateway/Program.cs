using StreamChat.Gateway;
using StreamChat.Gateway.Auth;
using StreamChat.Hosting;
using StreamChat.Hosting.Bus;

if (args is [ApiKeyCommand.Name])
{
    return ApiKeyCommand.Run(Console.Out);
}

return await StreamChatHost.RunAsync(() =>
{
    var builder = StreamChatHost.CreateBuilder(args, "streamchat-gateway", defaultPort: 8081);
    builder.Services.AddGateway();
    builder.Services.AddStreamChatBus(builder.Configuration, new GatewayBus());

    var app = builder.Build();
    app.MapGateway();
    return app;
});

using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StreamChat.Gateway;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Requests;
using StreamChat.Hosting;
using StreamChat.Hosting.Bus;
using StreamChat.TestSupport.Sockets;

namespace StreamChat.IntegrationTests.Dialects;

/// <summary>A kind of message is added by one class and one registration, and no line of the dialect changes.</summary>
public sealed class AddedMessageKindTests
{
    [Fact]
    public async Task One_class_and_one_registration_add_a_kind_of_message_to_YYChat()
    {
        var builder = StreamChatHost.CreateBuilder([], "test", defaultPort: 0);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["URLS"] = "http://127.0.0.1:0", ["Bus:Transport"] = "InMemory" });
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddGateway();
        builder.Services.AddStreamChatBus(builder.Configuration, new GatewayBus());

        builder.Services.AddMessageHandler<RepeatHandler>();

        await using var app = builder.Build();
        app.MapGateway();
        await app.StartAsync(TestContext.Current.CancellationToken);
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

        await using var client = await JsonSocket.ConnectAsync(address, "/ws/chat");
        await client.SendAsync("""{"type":"repeat","what":"你好"}""");
        Assert.Equal("你好", (await client.ReceiveUntilAsync("repeated"))[^1].GetProperty("what").GetString());

        using var http = new HttpClient();
        var handlers = await http.GetFromJsonAsync<JsonElement>(new Uri(address, "/ws/handlers"), TestContext.Current.CancellationToken);
        Assert.Equal(nameof(RepeatHandler), handlers.GetProperty("data").GetProperty("handlers").GetProperty("repeat").GetString());
    }

    private sealed class RepeatHandler : IMessageHandler
    {
        public string Dialect => "yychat";

        public string Type => "repeat";

        public ValueTask HandleAsync(RequestContext context, JsonElement message)
        {
            context.Connection.Send(new VerbatimFrame(JsonSerializer.SerializeToElement(new { type = "repeated", what = message.GetProperty("what").GetString() })));
            return ValueTask.CompletedTask;
        }
    }
}

using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Rooms;
using StreamChat.IntegrationTests.Runs;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Cleanup;
using StreamChat.TestSupport.Sockets;

namespace StreamChat.IntegrationTests.Rooms;

/// <summary>Two gateways and two workers that share a broker and a store, and the clients that a test connects to them.</summary>
internal sealed class TwoGateways : IAsyncDisposable
{
    private readonly DisposableStack _open = new();

    private TwoGateways(WholeService one, WholeService two)
    {
        One = one;
        Two = two;
    }

    public WholeService One { get; }

    public WholeService Two { get; }

    public IRoomStore Rooms => One.Services.GetRequiredService<IRoomStore>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<TwoGateways> StartAsync(
        RabbitMqServer broker,
        Func<IReadOnlyList<ChatMessage>, CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> script,
        params (string Key, string Value)[] settings)
    {
        var virtualHost = await broker.CreateVirtualHostAsync();
        var one = await WholeService.StartAsync(virtualHost, script, settings: settings);
        try
        {
            return new TwoGateways(one, await WholeService.StartAsync(virtualHost, script, settings: [one.Store, .. settings]));
        }
        catch
        {
            await one.DisposeAsync();
            throw;
        }
    }

    public static string Frame(object frame) => JsonSerializer.Serialize(frame);

    public static async Task JoinAsync(NativeClient client, string threadId)
    {
        await client.SendAsync(Frame(new { type = "join", threadId }));
        Assert.Equal(threadId, (await client.ReceiveAsync("joined")).GetProperty("threadId").GetString());
    }

    /// <summary>Asks for something that is refused.</summary>
    /// <returns>The code.</returns>
    public static async Task<string> ErrorAsync(NativeClient client, object frame)
    {
        await client.SendAsync(Frame(frame));
        return (await client.ReceiveAsync("error")).GetProperty("code").GetString()!;
    }

    /// <summary>Whatever is on its way to it comes before the answer to a ping. Who is there may be told at any time.</summary>
    public static async Task AssertSilentAsync(NativeClient client, bool presenceToo = false)
    {
        await client.SendAsync(Frame(new { type = "ping" }));
        string? type;
        do
        {
            type = (await client.ReceiveAsync()).GetProperty("type").GetString();
        }
        while (type == "presence" && !presenceToo);
        Assert.Equal("pong", type);
    }

    public async Task<NativeClient> ConnectAsync(WholeService service, string userId) => _open.Add(await service.ConnectAsync(userId));

    /// <summary>A client of the assistant's protocol that has read its greeting.</summary>
    public async Task<JsonSocket> ConnectAssistantAsync(WholeService service, string userId)
    {
        var socket = _open.Add(await JsonSocket.ConnectAsync(service.Address, $"/ws?user_id={userId}"));
        await socket.ReceiveUntilAsync("connect");
        return socket;
    }

    /// <summary>A room whose creator, <c>maker</c> unless named, has left again.</summary>
    public async Task CreateRoomAsync(CreateRoom room)
    {
        var answer = await Rooms.CreateAsync(room, Token);
        Assert.Equal(RoomStatus.Ok, answer.Status);
        await Rooms.LeaveAsync(new LeaveRoom { RoomId = room.RoomId, ConnectionId = room.Member.ConnectionId }, Token);
    }

    /// <inheritdoc cref="CreateRoomAsync(CreateRoom)"/>
    public Task CreateRoomAsync(string roomId) =>
        CreateRoomAsync(new CreateRoom { RoomId = roomId, Member = new RoomMember { ConnectionId = "maker.1", UserId = "maker" } });

    public async ValueTask DisposeAsync()
    {
        await _open.DisposeAsync();
        await Two.DisposeAsync();
        await One.DisposeAsync();
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.ToolWorker.Mcp;

/// <summary>The calls that a connection waits for, and who hears of their progress.</summary>
internal sealed class McpCalls
{
    private readonly ConcurrentDictionary<string, Call> _calls = new(StringComparer.Ordinal);
    private long _last;
    private long _answered;

    public int Count => _calls.Count;

    /// <summary>How many calls the server has answered on this connection.</summary>
    public long Answered => Interlocked.Read(ref _answered);

    /// <summary>The server has answered a call, be it with an error.</summary>
    public void CountAnswer() => Interlocked.Increment(ref _answered);

    /// <summary>A call with an id that no other has on this connection, the SDK's own numbers included. It ends when it is disposed.</summary>
    public Call Begin(ToolCallContext context)
    {
        var call = new Call(this, string.Create(CultureInfo.InvariantCulture, $"call-{Interlocked.Increment(ref _last)}"), context);
        _calls[call.Id] = call;
        return call;
    }

    /// <summary>The server tells how far a call has come.</summary>
    public void Hear(JsonRpcNotification notification)
    {
        ProgressNotificationParams? told;
        try
        {
            told = notification.Params.Deserialize<ProgressNotificationParams>(McpJsonUtilities.DefaultOptions);
        }
        catch (JsonException)
        {
            return;
        }

        if (told?.ProgressToken.Token is string id && _calls.TryGetValue(id, out var call))
        {
            call.Context.Report(told.Progress.Progress, told.Progress.Total, told.Progress.Message);
        }
    }

    internal sealed class Call(McpCalls calls, string id, ToolCallContext context) : IDisposable
    {
        public string Id => id;

        public ToolCallContext Context => context;

        public void Dispose() => calls._calls.TryRemove(id, out _);
    }
}

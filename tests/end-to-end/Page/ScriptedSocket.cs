using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Playwright;

namespace StreamChat.EndToEndTests.Page;

/// <summary>Plays the server's part on the chat page's socket, for what no model says at will.</summary>
internal sealed class ScriptedSocket
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Channel<JsonElement> _frames = Channel.CreateUnbounded<JsonElement>();
    private IWebSocketRoute _socket = null!;
    private string _runId = "";
    private int _seq;

    /// <summary>Takes the place of the server for every socket that the page opens.</summary>
    public async Task PlayAsync(IPage page) => await page.RouteWebSocketAsync(
        "**/ws/v1*",
        socket =>
        {
            _socket = socket;
            socket.OnMessage(message => Receive(JsonElement.Parse(message.Text!)));
            Send(new { type = "welcome", connectionId = "a.1", userId = "ada", heartbeatSeconds = 30 });
        });

    /// <summary>The next frame of a type that the page sends.</summary>
    public async Task<JsonElement> ReceiveAsync(string type)
    {
        using var deadline = new CancellationTokenSource(Patience);
        await foreach (var frame in _frames.Reader.ReadAllAsync(deadline.Token))
        {
            if (frame.GetProperty("type").GetString() == type)
            {
                return frame;
            }
        }

        throw new InvalidOperationException("The page sends no more.");
    }

    /// <summary>Waits for a request and begins to answer it; returns its frame.</summary>
    public async Task<JsonElement> AcceptAsync()
    {
        var frame = await ReceiveAsync("run");
        _runId = frame.GetProperty("runId").GetString()!;
        _seq = 0;
        var threadId = frame.GetProperty("threadId").GetString();
        Send(new { type = "accepted", runId = _runId, threadId, traceId = new string('a', 32) });
        Say("RUN_STARTED", new { threadId });
        return frame;
    }

    /// <summary>Says the next event of the run.</summary>
    public void Say(string type, object fields)
    {
        var run = JsonSerializer.SerializeToNode(new { type, runId = _runId, seq = ++_seq })!.AsObject();
        foreach (var (name, value) in JsonSerializer.SerializeToNode(fields)!.AsObject())
        {
            run[name] = value?.DeepClone();
        }

        _socket.Send(run.ToJsonString());
    }

    /// <summary>A text, whole, and the end of the run.</summary>
    public void Finish(string text)
    {
        Say("TEXT_MESSAGE_START", new { messageId = "answer", role = "assistant" });
        Say("TEXT_MESSAGE_CONTENT", new { messageId = "answer", delta = text });
        Say("TEXT_MESSAGE_END", new { messageId = "answer" });
        Say("RUN_FINISHED", new { threadId = "any", result = new { provider = "openai", model = "large", inputTokens = 120, outputTokens = 7 } });
    }

    /// <summary>A tool call up to where its result is awaited.</summary>
    public void Call(string id, string name, object arguments)
    {
        Say("TOOL_CALL_START", new { toolCallId = id, toolCallName = name });
        Say("TOOL_CALL_ARGS", new { toolCallId = id, delta = JsonSerializer.Serialize(arguments) });
        Say("TOOL_CALL_END", new { toolCallId = id });
    }

    private void Receive(JsonElement frame)
    {
        if (frame.GetProperty("type").GetString() == "ping")
        {
            Send(new { type = "pong", timestamp = 0 });
        }
        else
        {
            _frames.Writer.TryWrite(frame);
        }
    }

    private void Send(object frame) => _socket.Send(JsonSerializer.Serialize(frame));
}

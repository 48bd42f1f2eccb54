using System.Text.Json;
using StreamChat.Contracts.Events;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Dialects.AgentEngine;

/// <summary>The agent engine's protocol on one connection, which is one conversation: the frames have no name for any other.</summary>
internal sealed class AgentEngineSession(SessionStart start, AgentEngineFrameParser parser) : IDialectSession
{
    private readonly string _threadId = ThreadIds.Of(AgentEngineDialect.DialectName, start.UserId, start.ConnectionId);
    private Answer? _answer;

    // from reading a cancel to the word that all has stopped, nothing is said of what is being stopped
    private bool _cancelling;

    public Fault BinaryFault { get; } = new(FaultCodes.InvalidFrame, "Binary messages are not supported");

    public ClientFrame Parse(ReadOnlyMemory<byte> frame) => parser.Parse(frame, _threadId);

    public void Encode(ServerEvent serverEvent, DateTimeOffset now, IFrameOutput output)
    {
        var frames = new AgentEngineFrameWriter(output, now);
        switch (serverEvent)
        {
            case Welcome welcome:
                frames.Connected(welcome.ConnectionId);
                break;
            case Pong:
                frames.Mark("pong"u8);
                break;
            case Received { Frame: CancelAllRequest }:
                _cancelling = true;
                break;
            case AllCancelled:
                _cancelling = false;
                _answer = null;
                frames.Mark("cancelled"u8);
                break;
            case RunOpened { Request: AgentEngineQuery query } opened when !_cancelling:
                Open(opened.RunId, query, frames);
                break;
            case RunOutput run when run.RunId == _answer?.RunId && !_cancelling:
                Tell(_answer, run.Event, frames);
                break;
            case ToolCalled called when !_cancelling:
                Tell(called, frames);
                break;
            case Fault fault:
                Refuse(fault, frames);
                break;
            case VerbatimFrame verbatim:
                FrameJson.Write(verbatim.Message, output);
                break;
        }
    }

    public void EncodeText(in RunText text, DateTimeOffset now, IFrameOutput output)
    {
        if (text.RunId == _answer?.RunId && !_cancelling)
        {
            Show(_answer, _answer.Text.Add(text), new AgentEngineFrameWriter(output, now));
        }
    }

    private void Open(Guid runId, AgentEngineQuery query, AgentEngineFrameWriter frames)
    {
        _answer = new Answer(runId, query);
        if (query.IsStreaming)
        {
            frames.Mark("stream_start"u8);
        }
        else
        {
            frames.Processing();
        }
    }

    private void Tell(Answer answer, RunEvent runEvent, AgentEngineFrameWriter frames)
    {
        if (runEvent is RunError error)
        {
            _answer = null;
            frames.Error($"{answer.Query.Failed}: {error.Message}");
            return;
        }

        Show(answer, answer.Text.Add(runEvent), frames);
        if (runEvent is RunFinished finished)
        {
            _answer = null;
            if (answer.Query.IsStreaming)
            {
                frames.Mark("stream_end"u8);
            }
            else
            {
                frames.Response(answer.Text.Whole, Vendor(finished));
            }
        }
    }

    private static void Show(Answer answer, TextToShow next, AgentEngineFrameWriter frames)
    {
        if (!answer.Query.IsStreaming)
        {
            return;
        }

        if (next.Diverged)
        {
            // the stream begins anew: another attempt says something else than the one that was shown
            frames.Mark("stream_start"u8);
        }

        if (next.Text.Length > 0)
        {
            frames.Chunk(next.Text);
        }
    }

    private static void Tell(ToolCalled called, AgentEngineFrameWriter frames)
    {
        if (called.Error is not { } error)
        {
            frames.ToolResult(called.Name, called.Result);
            return;
        }

        // what the tool-workers say of a tool that none of them has
        frames.Error(error == $"Tool not found: {called.Name}" ? error : $"Tool call failed: {error}");
    }

    private void Refuse(Fault fault, AgentEngineFrameWriter frames)
    {
        if (fault.RunId is { } runId && runId == _answer?.RunId)
        {
            _answer = null;
        }

        frames.Error(fault switch
        {
            { Code: FaultCodes.TooManyRequests or FaultCodes.RateLimited } => "Too many requests",
            { Request: AgentEngineQuery query } => $"{query.Failed}: {fault.Message}",
            { Request: ToolCallRequest } => $"Tool call failed: {fault.Message}",
            _ => fault.Message,
        });
    }

    private static string Vendor(RunFinished finished) =>
        finished.Result is { ValueKind: JsonValueKind.Object } result && result.TryGetProperty("provider", out var provider)
        && JsonStrings.Text(provider) is { Length: > 0 } name
            ? name
            : "unknown";

    private sealed record Answer(Guid RunId, AgentEngineQuery Query)
    {
        public ShownText Text { get; } = new();
    }
}

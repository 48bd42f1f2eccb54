using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using StreamChat.Contracts.Events;
using StreamChat.Contracts.Runs;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Runs;

namespace StreamChat.UnitTests.Gateway.Dialects.Adding;

/// <summary>
/// For terminals and small devices: a frame of the client is a question as it stands, and each frame of the server begins with one
/// character: <c>+</c> more text, <c>~</c> forget the text so far, <c>=</c> the end, <c>!</c> an error.
/// </summary>
internal sealed class LineDialect : IDialect
{
    public string Name => "line";

    // no types: whatever comes is a question
    public IReadOnlyDictionary<string, Type> MessageTypes => FrozenDictionary<string, Type>.Empty;

    public IDialectSession NewSession(SessionStart start) => new LineSession(ThreadIds.Of(Name, start.UserId, start.ConnectionId));
}

/// <summary>One connection; its conversation is as long as it is.</summary>
internal sealed class LineSession(string threadId) : IDialectSession
{
    private ShownText _shown = new();

    public Fault BinaryFault { get; } = new(FaultCodes.InvalidFrame, "A question is text.");

    public ClientFrame Parse(ReadOnlyMemory<byte> frame)
    {
        var question = Encoding.UTF8.GetString(frame.Span).Trim();
        return question.Length == 0
            ? new InvalidFrame(new Fault(FaultCodes.InvalidFrame, "The question is empty."))
            : new RunRequest { ThreadId = threadId, Messages = [new InputMessage { Role = "user", Content = question }] };
    }

    public void Encode(ServerEvent serverEvent, DateTimeOffset now, IFrameOutput output)
    {
        switch (serverEvent)
        {
            case RunOpened:
                _shown = new ShownText();
                break;
            case RunOutput { Event: RunError error }:
                Write(output, '!', error.Message);
                break;
            case RunOutput run:
                Show(_shown.Add(run.Event), output);
                if (run.Event is RunFinished)
                {
                    Write(output, '=', "");
                }

                break;
            case Fault fault:
                Write(output, '!', fault.Message);
                break;
        }
    }

    private static void Show(TextToShow next, IFrameOutput output)
    {
        if (next.Diverged)
        {
            Write(output, '~', "");
        }

        if (next.Text.Length > 0)
        {
            Write(output, '+', next.Text);
        }
    }

    private static void Write(IFrameOutput output, char kind, string text)
    {
        output.Write(Encoding.UTF8.GetBytes(kind + text));
        output.EndFrame();
    }
}

using System.Text;
using System.Text.Json;
using StreamChat.Contracts.Events;
using StreamChat.Gateway.Connections;
using StreamChat.Gateway.Dialects;
using StreamChat.Hosting.Identity;

namespace StreamChat.UnitTests.Gateway.Dialects;

/// <summary>One session of a dialect, driven by hand: frames in as text, events in, frames out as JSON.</summary>
internal sealed class SessionProbe(IDialect dialect, string userId = "ada", params (string Name, string Value)[] parameters)
{
    private readonly IDialectSession _session = dialect.NewSession(
        new SessionStart("g.1", userId, parameters.ToDictionary(p => p.Name, p => p.Value), new SystemIdGenerator(TimeProvider.System))
        {
            OpenedAt = new(2025, 7, 13, 12, 33, 40, TimeSpan.Zero),
        });

    private long _seq;

    public DateTimeOffset Now { get; set; } = new(2025, 7, 13, 12, 33, 41, 123, TimeSpan.Zero);

    /// <summary>The run that is spoken of.</summary>
    public Guid RunId { get; private set; } = Guid.CreateVersion7();

    public ClientFrame Parse(string frame) => _session.Parse(Encoding.UTF8.GetBytes(frame));

    public Fault BinaryFault => _session.BinaryFault;

    public ClientFrame? Opening => _session.Opening;

    /// <summary>What a client sees of an event.</summary>
    public IReadOnlyList<JsonElement> Encode(ServerEvent serverEvent)
    {
        using var output = new OutboundFrames();
        _session.Encode(serverEvent, Now, output);
        return [.. Enumerable.Range(0, output.Count).Select(i => JsonElement.Parse(output[i].Span))];
    }

    /// <summary>A frame comes, is read, and the first that a client sees of it; a run it asks for is opened.</summary>
    public (ClientFrame Frame, IReadOnlyList<JsonElement> Answer) Send(string frame)
    {
        var parsed = Parse(frame);
        List<JsonElement> answer = [.. Encode(new Received(parsed))];
        switch (parsed)
        {
            case InvalidFrame invalid:
                answer.AddRange(Encode(invalid.Fault));
                break;
            case RunRequest run:
                answer.AddRange(Open(run));
                break;
        }

        return (parsed, answer);
    }

    /// <summary>A new run begins for this session.</summary>
    public IReadOnlyList<JsonElement> Open(RunRequest? request, string threadId = "t", string? roomId = null)
    {
        _seq = 0;
        RunId = Guid.CreateVersion7();
        return Encode(new RunOpened(RunId, request?.ThreadId ?? threadId, request?.RoomId ?? roomId, request));
    }

    /// <summary>The run says something; its position is counted here.</summary>
    public IReadOnlyList<JsonElement> Say(RunEvent runEvent, int attempt = 1) => Encode(new RunOutput(RunId, attempt, runEvent with { Seq = ++_seq }));

    /// <summary>Several in a row.</summary>
    public IReadOnlyList<JsonElement> SayAll(params RunEvent[] events) => [.. events.SelectMany(e => Say(e))];
}

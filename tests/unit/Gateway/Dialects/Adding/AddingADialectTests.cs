using System.Text;
using StreamChat.Contracts.Events;
using StreamChat.Gateway.Connections;
using StreamChat.Gateway.Dialects;
using StreamChat.Hosting.Identity;
using StreamChat.TestSupport.Processes;

namespace StreamChat.UnitTests.Gateway.Dialects.Adding;

/// <summary>The example of docs/protocols/adding-a-dialect.md: that it works, and that the page shows just it.</summary>
public sealed class AddingADialectTests
{
    private static readonly Guid Run = Guid.Parse("0192f0c1-7b1e-7c3a-9a55-0123456789ab");

    private readonly IDialectSession _session =
        new LineDialect().NewSession(new SessionStart("g.1", "ada", new Dictionary<string, string>(), new SystemIdGenerator(TimeProvider.System)));

    [Fact]
    public void The_page_shows_the_code_that_is_tested()
    {
        var folder = Path.Combine(RepositoryLayout.Root, "tests", "unit", "Gateway", "Dialects", "Adding");
        var code = File.ReadAllText(Path.Combine(folder, "LineDialect.cs"));
        Assert.Contains(code, File.ReadAllText(Path.Combine(RepositoryLayout.Root, "docs", "protocols", "adding-a-dialect.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_question_is_a_run_in_the_connections_own_thread()
    {
        var run = Assert.IsType<RunRequest>(_session.Parse(" How far is the moon? "u8.ToArray()));
        Assert.Equal("~line/ada/g.1", run.ThreadId);
        Assert.Equal("How far is the moon?", Assert.Single(run.Messages).Content);
        Assert.IsType<InvalidFrame>(_session.Parse("  "u8.ToArray()));
    }

    [Fact]
    public void An_answer_streams_and_a_new_attempt_says_no_word_twice()
    {
        Assert.Equal(
            ["+384,", "+400 km", "="],
            Encode(
                new RunOpened(Run, "t", null, null),
                Said(1, new RunStarted { Seq = 1, ThreadId = "t" }),
                Said(1, new TextMessageStart { Seq = 2, MessageId = "m", Role = "assistant" }),
                Said(1, new TextMessageContent { Seq = 3, MessageId = "m", Delta = "384," }),
                Said(2, new RunStarted { Seq = 1, ThreadId = "t", KeepMessages = 0 }),
                Said(2, new TextMessageStart { Seq = 2, MessageId = "m", Role = "assistant" }),
                Said(2, new TextMessageContent { Seq = 3, MessageId = "m", Delta = "384,400 km" }),
                Said(2, new RunFinished { Seq = 4, ThreadId = "t" })));
    }

    [Fact]
    public void Errors_have_their_character() => Assert.Equal(
        ["!Too fast.", "!No model."],
        Encode(new Fault("rate_limited", "Too fast."), Said(1, new RunError { Seq = 1, Code = "model_error", Message = "No model." })));

    private static RunOutput Said(int attempt, RunEvent runEvent) => new(Run, attempt, runEvent);

    private List<string> Encode(params ServerEvent[] events)
    {
        using var output = new OutboundFrames();
        foreach (var serverEvent in events)
        {
            _session.Encode(serverEvent, DateTimeOffset.UnixEpoch, output);
        }

        return [.. Enumerable.Range(0, output.Count).Select(i => Encoding.UTF8.GetString(output[i].Span))];
    }
}

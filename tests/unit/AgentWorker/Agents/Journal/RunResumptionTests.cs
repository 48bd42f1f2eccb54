using StreamChat.AgentWorker.Agents.Journal;
using StreamChat.AgentWorker.Storage;

namespace StreamChat.UnitTests.AgentWorker.Agents.Journal;

public sealed class RunResumptionTests
{
    private static readonly JournalMessage Earlier = new() { Id = "m1", Content = "earlier", Agent = "a" };

    [Theory]
    [InlineData("said so far  \n", "said so far")]
    [InlineData("said", "said")]
    public void A_model_goes_on_without_the_white_space_at_the_end(string said, string expected)
    {
        var resume = RunResumption.Of(Journal(), [new SaidText("m2", said), new SaidText("m3", " \n")]);
        Assert.Equal([new SaidText("m2", expected)], resume.Said);
        Assert.Equal("text", resume.From);
    }

    [Fact]
    public void What_stands_in_the_journal_is_not_said_twice()
    {
        var resume = RunResumption.Of(Journal(Earlier), [new SaidText("m1", "earl")]);
        Assert.Empty(resume.Said);
        Assert.Equal("step", resume.From);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("no JSON")]
    [InlineData("{}")]
    [InlineData("null")]
    public void Without_a_state_that_can_be_read_the_run_begins_anew(string? journal)
    {
        var resume = RunResumption.Of(journal, [new SaidText("m1", "text")]);
        Assert.Equal(("start", 0), (resume.From, resume.Said.Count));
        Assert.Empty(resume.Messages(Guid.Empty));
    }

    [Fact]
    public void A_run_that_does_not_go_on_leaves_what_it_had_said()
    {
        var runId = Guid.CreateVersion7();
        var result = new JournalMessage { Id = "t1", Content = "42", ToolCallId = "c1" };
        var messages = RunResumption.Of(Journal(Earlier with { ToolCalls = "[]" }, result), [new SaidText("m2", "So it")]).Messages(runId).ToList();
        Assert.Equal([("m1", "assistant", false), ("t1", "tool", false), ("m2", "assistant", true)], messages.Select(m => (m.MessageId, m.Role, m.Partial)));
        Assert.All(messages, m => Assert.Equal(runId, m.RunId));
        Assert.Equal("a", messages[2].Agent);
    }

    private static string Journal(params JournalMessage[] messages) =>
        new JournalState { Agent = "a", Replies = 1, ToolRounds = 0, HandOffs = 0, Checked = [], Messages = messages }.ToJson();
}

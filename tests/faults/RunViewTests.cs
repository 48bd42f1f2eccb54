using System.Text.Json;
using StreamChat.FaultEngine.Checks;
using StreamChat.FaultEngine.Clients;
using StreamChat.FaultEngine.Schedules;

namespace StreamChat.FaultTests;

/// <summary>What is wrong is seen to be wrong: a checker that finds nothing proves nothing.</summary>
public sealed class RunViewTests
{
    private readonly RunView _view = new(
        new PlannedClient(0, "ada", Entrance.Edge, []),
        new PlannedRun { Index = 0, RunId = Guid.Empty, UserId = "ada", ThreadId = "t", Prompt = "/load 3 10", Tokens = 3 });

    [Fact]
    public void What_comes_in_order_and_once_is_right()
    {
        Add("RUN_STARTED", 1);
        Add("TEXT_MESSAGE_START", 2);
        Add("TEXT_MESSAGE_CONTENT", 3, "a");
        Add("TEXT_MESSAGE_CONTENT", 5, "bc", from: 4);
        Add("RUN_FINISHED", 6);
        Assert.Empty(_view.Violations);
        Assert.Equal(("abc", "RUN_FINISHED"), (_view.Text, _view.End));
    }

    [Fact]
    public void A_gap_is_seen()
    {
        Add("RUN_STARTED", 1);
        Add("TEXT_MESSAGE_START", 2);
        Add("TEXT_MESSAGE_CONTENT", 6, "c");
        var violation = Assert.Single(_view.Violations);
        Assert.Equal((ViolationKind.Lost, 3), (violation.Kind, violation.Count));
    }

    [Fact]
    public void What_comes_twice_is_seen_and_shown_once()
    {
        Add("RUN_STARTED", 1);
        Add("TEXT_MESSAGE_START", 2);
        Add("TEXT_MESSAGE_CONTENT", 3, "a");
        Add("TEXT_MESSAGE_CONTENT", 3, "a");
        Assert.Equal(ViolationKind.Duplicated, Assert.Single(_view.Violations).Kind);
        Assert.Equal("a", _view.Text);
    }

    [Fact]
    public void A_merged_event_that_begins_in_what_was_shown_is_seen()
    {
        Add("RUN_STARTED", 1);
        Add("TEXT_MESSAGE_START", 2);
        Add("TEXT_MESSAGE_CONTENT", 3, "a");
        Add("TEXT_MESSAGE_CONTENT", 4, "ab", from: 3);
        Assert.Equal(ViolationKind.Duplicated, Assert.Single(_view.Violations).Kind);
    }

    [Fact]
    public void A_second_end_is_seen()
    {
        Add("RUN_STARTED", 1);
        Add("RUN_FINISHED", 2);
        Add("RUN_FINISHED", 2);
        Assert.Equal(ViolationKind.WrongEnd, Assert.Single(_view.Violations).Kind);
    }

    [Fact]
    public void A_new_attempt_drops_what_it_says_and_an_old_one_is_seen()
    {
        Add("RUN_STARTED", 1);
        Add("TEXT_MESSAGE_START", 2);
        Add("TEXT_MESSAGE_CONTENT", 3, "a");
        Add("RUN_STARTED", 1, attempt: 2);
        Add("TEXT_MESSAGE_START", 2, attempt: 2);
        Add("TEXT_MESSAGE_CONTENT", 3, "b", attempt: 2);
        Assert.Empty(_view.Violations);
        Assert.Equal("b", _view.Text);
        Add("TEXT_MESSAGE_CONTENT", 4, "c");
        Assert.Equal(ViolationKind.Duplicated, Assert.Single(_view.Violations).Kind);
    }

    [Fact]
    public void An_attempt_that_does_not_begin_at_its_beginning_is_seen()
    {
        Add("RUN_STARTED", 1);
        Add("TEXT_MESSAGE_START", 2, attempt: 2);
        Assert.Contains(_view.Violations, v => v.Kind == ViolationKind.Protocol);
    }

    private void Add(string type, long seq, string? delta = null, long? from = null, int attempt = 1)
    {
        var fields = new Dictionary<string, object?> { ["seq"] = seq, ["messageId"] = "m" };
        if (delta is not null)
        {
            fields["delta"] = delta;
        }

        if (from is not null)
        {
            fields["fromSeq"] = from;
        }

        if (attempt > 1)
        {
            fields["attempt"] = attempt;
            fields["keepMessages"] = 0;
        }

        _view.Add(type, JsonElement.Parse(JsonSerializer.Serialize(fields)), TimeSpan.FromSeconds(seq));
    }
}

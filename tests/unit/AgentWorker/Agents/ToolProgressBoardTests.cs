using StreamChat.AgentWorker.Agents.Progress;
using StreamChat.Contracts.Tools;

namespace StreamChat.UnitTests.AgentWorker.Agents;

public sealed class ToolProgressBoardTests
{
    private readonly ToolProgressBoard _board = new();
    private readonly List<double> _said = [];

    [Fact]
    public void Progress_is_heard_while_the_call_is_open_and_never_falls()
    {
        Hear(0);
        using (_board.Open(Guid.Empty, "c1", p => _said.Add(p.Progress)))
        {
            Hear(1);
            Hear(3);
            Hear(2);
            Hear(9, "c2");
            _board.Hear(new ToolProgressed { RunId = Guid.CreateVersion7(), ToolCallId = "c1", Progress = 9 });
        }

        Hear(4);
        Assert.Equal([1, 3], _said);
    }

    [Fact]
    public void A_call_with_the_id_of_another_that_is_open_does_not_close_it()
    {
        using var first = _board.Open(Guid.Empty, "c1", p => _said.Add(p.Progress));
        _board.Open(Guid.Empty, "c1", _ => Assert.Fail("not its own")).Dispose();
        Hear(1);

        Assert.Equal([1], _said);
    }

    [Fact]
    public async Task Nothing_is_under_way_any_more_once_it_is_closed()
    {
        using ManualResetEventSlim inside = new(), go = new();
        var call = _board.Open(Guid.Empty, "c1", p =>
        {
            inside.Set();
            go.Wait(TestContext.Current.CancellationToken);
            _said.Add(p.Progress);
        });
        var hearing = Task.Run(() => Hear(1), TestContext.Current.CancellationToken);
        inside.Wait(TestContext.Current.CancellationToken);
        var closing = Task.Run(call.Dispose, TestContext.Current.CancellationToken);
        Assert.False(closing.IsCompleted);
        go.Set();
        await closing;

        Assert.Equal([1], _said);
        await hearing;
    }

    private void Hear(double progress, string call = "c1") => _board.Hear(new ToolProgressed { RunId = Guid.Empty, ToolCallId = call, Progress = progress });
}

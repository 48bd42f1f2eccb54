using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Tools;
using StreamChat.Hosting.Bus;
using StreamChat.TestSupport.Time;
using StreamChat.TestSupport.Waiting;
using StreamChat.ToolWorker;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.UnitTests.ToolWorker;

public sealed class ProgressSenderTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly FakeTimeProvider _time = new();
    private readonly ListTransport _transport = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task The_first_goes_at_once_and_of_the_others_the_newest_at_every_interval()
    {
        using var reports = Begin();
        reports.Report(At(1));
        await RestsAsync(sent: 1);
        reports.Report(At(2));
        reports.Report(At(3));
        _time.Advance(Interval);
        await RestsAsync(sent: 2);
        _time.Advance(Interval);
        await Eventually.TrueAsync(() => _time.ActiveTimers == 0);
        reports.Report(At(4));
        await RestsAsync(sent: 3);

        Assert.Equal([1, 3, 4], _transport.Sent.Select(p => p.Progress));
    }

    [Fact]
    public async Task What_tells_less_or_no_number_is_not_sent_and_a_long_message_is_cut()
    {
        using var reports = Begin();
        reports.Report(At(double.NaN));
        reports.Report(At(double.PositiveInfinity));
        reports.Report(At(5) with { Total = double.NaN, Message = new string('x', 10_000) });
        await RestsAsync(sent: 1);
        reports.Report(At(4));
        _time.Advance(Interval);
        await Eventually.TrueAsync(() => _time.ActiveTimers == 0);

        var sent = Assert.Single(_transport.Sent);
        Assert.Equal((5, null, 500), (sent.Progress, sent.Total, sent.Message!.Length));
    }

    [Fact]
    public async Task A_transport_that_hangs_holds_nobody_up_and_nothing_is_sent_after_the_call()
    {
        TaskCompletionSource stuck = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _transport.Next = () => stuck.Task;
        var reports = Begin();
        reports.Report(At(1));
        await Eventually.TrueAsync(() => _transport.Sent.Count == 1);
        reports.Report(At(2));
        reports.Dispose();
        reports.Report(At(3));
        stuck.SetResult();
        await Eventually.TrueAsync(() => _time.ActiveTimers == 0);

        Assert.Equal(1, Assert.Single(_transport.Sent).Progress);
    }

    [Fact]
    public async Task A_report_that_cannot_be_sent_is_given_up_and_the_next_is_tried_unless_the_worker_is_gone()
    {
        using var reports = Begin();
        _transport.Next = () => throw new TimeoutException();
        reports.Report(At(1));
        await RestsAsync(sent: 1);
        _transport.Next = () => throw new InstanceGoneException("agent-worker-w", null);
        reports.Report(At(2));
        _time.Advance(Interval);
        await Eventually.TrueAsync(() => _transport.Sent.Count == 2 && _time.ActiveTimers == 0);
        reports.Report(At(3));

        Assert.Equal(2, _transport.Sent.Count);
    }

    [Fact]
    public void Nobody_waits_nothing_is_sent()
    {
        using var reports = Begin(workerId: null);
        reports.Report(At(1));

        Assert.Empty(_transport.Sent);
    }

    private static ToolProgressed At(double progress) => new() { RunId = Guid.Empty, ToolCallId = "call-1", Progress = progress };

    private Task RestsAsync(int sent) => Eventually.TrueAsync(() => _transport.Sent.Count == sent && _time.ActiveTimers == 1);

    private ProgressSender.Reports Begin(string? workerId = "w")
    {
        var metrics = new ToolMetrics(_services.GetRequiredService<IMeterFactory>());
        var sender = new ProgressSender(_transport, Options.Create(new ToolWorkerOptions()), metrics, _time, NullLogger<ProgressSender>.Instance);
        return sender.Begin(new CallTool
        {
            RunId = Guid.Empty,
            ToolCallId = "call-1",
            Name = "test",
            Arguments = JsonElement.Parse("{}"),
            UserId = "user",
            ThreadId = "thread",
            WorkerId = workerId,
            Timeout = TimeSpan.FromSeconds(5),
        });
    }
}

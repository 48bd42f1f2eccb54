using System.Text.Json;
using Microsoft.Extensions.Options;
using StreamChat.Gateway;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Dialects.AgentEngine;
using StreamChat.Gateway.Requests;
using StreamChat.Gateway.Requests.Middleware;
using StreamChat.Gateway.Runs;

namespace StreamChat.UnitTests.Gateway.Requests;

public sealed class TurnMiddlewareTests
{
    private static readonly ToolCallRequest Request = new("calculator", JsonElement.Parse("{}"));

    private readonly FakeConnection _connection = new(new AgentEngineDialect(Options.Create(new LimitsOptions()), new MessageExtensions([])));
    private readonly TurnMiddleware _turns = new();

    [Fact]
    public async Task A_turn_that_comes_at_the_moment_of_a_cancel_is_not_taken()
    {
        _ = _connection.Turns.TryEnter(out _);
        using var posted = new Postponed();
        var context = new RequestContext(_connection, Request, CancellationToken.None);
        var served = false;
        var invoked = posted.Run(() => _turns.InvokeAsync(context, _ =>
        {
            served = true;
            return ValueTask.CompletedTask;
        }).AsTask());

        // its turn has come, and before it can take it everything is cancelled
        _connection.Turns.Leave();
        var cancel = _connection.Turns.CancelAll()!;
        posted.Continue();
        await invoked;
        Assert.False(served);
        Assert.True(context.IsCancelled);
        Assert.True(cancel.IsCompleted);
    }

    [Fact]
    public void What_is_refused_after_a_cancel_is_not_told_and_after_the_end_of_the_connection_does_not_count_as_cancelled()
    {
        using var ended = new CancellationTokenSource();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(ended.Token);
        var context = new RequestContext(_connection, Request, ended.Token) { Stopping = cancel.Token };
        context.Refuse(FaultCodes.Busy, "before");
        cancel.Cancel();
        context.Refuse(FaultCodes.Busy, "after");
        Assert.Equal("before", Assert.IsType<Fault>(Assert.Single(_connection.Sent)).Message);
        Assert.True(context.IsCancelled);
        ended.Cancel();
        Assert.False(context.IsCancelled);
    }

    /// <summary>Keeps what comes after an await until it is told to go on.</summary>
    private sealed class Postponed : SynchronizationContext, IDisposable
    {
        private readonly SemaphoreSlim _there = new(0);
        private (SendOrPostCallback Callback, object? State) _next;

        public override void Post(SendOrPostCallback d, object? state)
        {
            _next = (d, state);
            _there.Release();
        }

        public Task Run(Func<Task> work)
        {
            var before = Current;
            SetSynchronizationContext(this);
            try
            {
                return work();
            }
            finally
            {
                SetSynchronizationContext(before);
            }
        }

        public void Dispose() => _there.Dispose();

        public void Continue()
        {
            Assert.True(_there.Wait(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
            _next.Callback(_next.State);
        }
    }
}

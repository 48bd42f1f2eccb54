using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Models;
using StreamChat.Contracts.Events;
using StreamChat.Hosting.Identity;
using StreamChat.TestSupport.Time;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.UnitTests.AgentWorker.Models;

/// <summary>When a model is asked again, when another one is, and when neither; on a clock of the test's.</summary>
public sealed class ModelChainTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Clock _clock;
    private readonly ModelOptions _options = new() { RetryDelay = TimeSpan.FromSeconds(1), MaxRetryDelay = TimeSpan.FromSeconds(10) };
    private readonly List<string> _said = [];

    public ModelChainTests() => _clock = new Clock(_time);

    [Fact]
    public async Task A_passing_failure_is_tried_again_after_growing_pauses_with_half_of_each_up_to_chance()
    {
        var model = new Scripted("a", Fails(isPassing: true), Fails(isPassing: true), Says("hi"));
        var asking = AskAsync(model);
        await AdvanceUntilAsync(asking);

        Assert.Null(await asking);
        Assert.Equal(["asked a", "asked a", "asked a", "hi"], _said);

        // chance is at its most: next to nothing is missing
        Assert.Equal([999, 1999], _clock.Pauses.Select(p => p.TotalMilliseconds));
    }

    [Fact]
    public async Task Attempts_are_bounded_and_then_the_next_model_is_asked_from_the_first_attempt_on()
    {
        _options.RetryDelay = TimeSpan.FromTicks(1);
        _options.Attempts = 2;
        var (a, b) = (new Scripted("a", Fails(isPassing: true)), new Scripted("b", Fails(isPassing: true), Says("hi")));
        var asking = AskAsync(a, b);
        await AdvanceUntilAsync(asking);

        Assert.Null(await asking);
        Assert.Equal(["asked a", "asked a", "asked b", "asked b", "hi"], _said);
    }

    [Theory]
    [InlineData(RunErrorCodes.ModelUnauthorized, true)]
    [InlineData(RunErrorCodes.ContextTooLong, true)]
    [InlineData(RunErrorCodes.ModelError, true)]
    [InlineData(RunErrorCodes.ContentFiltered, false)]
    public async Task A_lasting_failure_is_not_tried_again_and_what_a_filter_stopped_is_taken_nowhere_else(string code, bool fallsBack)
    {
        var (a, b) = (new Scripted("a", Fails(isPassing: false, code)), new Scripted("b", Says("hi")));
        var failure = await AskAsync(a, b);

        Assert.Equal((1, fallsBack ? 1 : 0), (a.Asked, b.Asked));
        Assert.Equal(fallsBack ? null : code, failure?.Code);
    }

    [Fact]
    public async Task The_providers_wish_is_kept_up_to_a_bound()
    {
        var model = new Scripted("a", Fails(isPassing: true, retryAfter: TimeSpan.FromSeconds(9)), Fails(isPassing: true, retryAfter: TimeSpan.FromSeconds(11)));
        var asking = AskAsync(model);
        await AdvanceUntilAsync(asking);

        Assert.Equal(RunErrorCodes.ModelError, (await asking)?.Code);
        Assert.Equal([TimeSpan.FromSeconds(9)], _clock.Pauses);
        Assert.Equal(2, model.Asked);
    }

    [Fact]
    public async Task Nothing_is_asked_again_once_anything_was_said()
    {
        foreach (var first in new AIContent[] { new TextContent("So far"), new TextReasoningContent("Hm"), new ToolCallDelta("c", "t", "") })
        {
            var (a, b) = (new Scripted("a", [first], Fails(isPassing: true)[0]), new Scripted("b", Says("hi")));
            var failure = await AskAsync(a, b);

            Assert.Equal((RunErrorCodes.ModelError, 1, 0), (failure?.Code, a.Asked, b.Asked));
        }
    }

    [Fact]
    public async Task What_says_nothing_yet_does_not_count_as_said()
    {
        _options.RetryDelay = TimeSpan.FromTicks(1);
        var model = new Scripted("a", [new TextContent(""), new UsageContent(new UsageDetails())], Fails(isPassing: true)[0]);
        var asking = AskAsync(model);
        await AdvanceUntilAsync(asking);

        Assert.Equal(3, model.Asked);
    }

    [Fact]
    public async Task A_model_that_does_not_begin_is_left_for_the_next_one()
    {
        var (a, b) = (new Scripted("a", [Scripted.Silence]), new Scripted("b", Says("hi")));
        var asking = AskAsync(a, b);
        await WaitForAsync(a, 1);
        _time.Advance(_options.FirstTokenTimeout - TimeSpan.FromMilliseconds(1));
        Assert.False(asking.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Null(await asking);
        Assert.Equal(["asked a", "asked b", "hi"], _said);
        Assert.Equal(1, a.Cancelled);
    }

    [Fact]
    public async Task A_model_that_falls_silent_in_the_middle_ends_the_reply()
    {
        var model = new Scripted("a", [new TextContent("So far"), Scripted.Silence]);
        var asking = AskAsync(model);
        await Eventually.TrueAsync(() => _said.Contains("So far"));
        _time.Advance(_options.StallTimeout - TimeSpan.FromMilliseconds(1));
        Assert.False(asking.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(RunErrorCodes.ModelTimeout, (await asking)?.Code);
        Assert.Equal(1, model.Asked);
    }

    [Fact]
    public async Task While_nobody_reads_the_model_is_not_silent()
    {
        var model = new Scripted("a", [new TextContent("one"), new TextContent("two")]);
        await using var updates = Chain(model).GetStreamingResponseAsync([], cancellationToken: TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await updates.MoveNextAsync());
        Assert.True(await updates.MoveNextAsync());
        _time.Advance(_options.StallTimeout * 2);
        Assert.True(await updates.MoveNextAsync());
        Assert.Equal("two", updates.Current.Text);
    }

    [Fact]
    public async Task Who_asked_may_give_up_at_any_time()
    {
        var model = new Scripted("a", [Scripted.Silence]);
        using var stop = new CancellationTokenSource();
        var asking = AskAsync(stop.Token, model, new Scripted("b", Says("hi")));
        await WaitForAsync(model, 1);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.Equal(["asked a"], _said);
    }

    [Fact]
    public async Task What_fails_for_one_question_leaves_the_model_to_the_next_one()
    {
        AIContent[][] failures =
        [
            Fails(isPassing: false, RunErrorCodes.ContextTooLong), Fails(isPassing: false, RunErrorCodes.ContentFiltered), Fails(isPassing: false, RunErrorCodes.ModelError),
            [new TextContent("So far"), Fails(isPassing: true)[0]],
        ];
        AIContent[][] many = [.. Enumerable.Repeat(failures, 10).SelectMany(f => f)];
        var (a, b) = (new Scripted("a", [.. many, Says("hi")]), new Scripted("b", [.. many.Select(_ => Says("instead"))]));

        // one chain serves all runs
        var chain = Chain(a, b);
        for (var i = 0; i < many.Length; i++)
        {
            _ = await Record.ExceptionAsync(() => chain.GetResponseAsync([new ChatMessage(ChatRole.User, "hi")], cancellationToken: TestContext.Current.CancellationToken));
        }

        Assert.Equal("hi", (await chain.GetResponseAsync([new ChatMessage(ChatRole.User, "hi")], cancellationToken: TestContext.Current.CancellationToken)).Text);
        Assert.Equal(many.Length + 1, a.Asked);
    }

    private static AIContent[] Says(string text) => [new TextContent(text)];

    private static AIContent[] Fails(bool isPassing, string code = RunErrorCodes.ModelError, TimeSpan? retryAfter = null) =>
        [new Failure(new ProviderException(code, isPassing, "test", retryAfter))];

    private static Task WaitForAsync(Scripted model, int asked) => Eventually.TrueAsync(() => model.Asked == asked && model.Waits);

    private async Task AdvanceUntilAsync(Task done) => await Eventually.TrueAsync(() =>
    {
        _time.Advance(TimeSpan.FromMilliseconds(100));
        return done.IsCompleted;
    });

    private ModelChain Chain(params Scripted[] models)
    {
        var options = Options.Create(_options);
        var services = new ServiceCollection().AddMetrics().AddSingleton<TimeProvider>(_clock).BuildServiceProvider();
        return new ModelChain(
            [.. models.Select(m => new Model(m.Name, "test", m.Name, m))],
            options,
            new ModelBackoff(options, new MostSpread()),
            ActivatorUtilities.CreateInstance<ModelMetrics>(services),
            _clock,
            NullLogger<ModelChain>.Instance);
    }

    private Task<ModelException?> AskAsync(params Scripted[] models) => AskAsync(TestContext.Current.CancellationToken, models);

    private async Task<ModelException?> AskAsync(CancellationToken cancellationToken, params Scripted[] models)
    {
        try
        {
            await foreach (var update in Chain(models).GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "hi")], cancellationToken: cancellationToken))
            {
                lock (_said)
                {
                    _said.AddRange(update.Contents.Select(c => c switch
                    {
                        ModelAsked asked => $"asked {asked.Model.Name}",
                        TextContent text => text.Text,
                        _ => c.GetType().Name,
                    }));
                }
            }

            return null;
        }
        catch (ModelException e)
        {
            return e;
        }
    }

    private sealed class Failure(Exception exception) : AIContent
    {
        public Exception Exception => exception;
    }

    /// <summary>Says or fails as the test wants: one list for each time that it is asked, the last one again and again.</summary>
    private sealed class Scripted(string name, params AIContent[][] attempts) : IChatClient
    {
        public static readonly AIContent Silence = new();

        public Scripted(string name, AIContent[] contents, AIContent last)
            : this(name, [[.. contents, last]])
        {
        }

        public string Name => name;

        public int Asked { get; private set; }

        public int Cancelled { get; private set; }

        /// <summary>Whether it keeps silent.</summary>
        public bool Waits { get; private set; }

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            Waits = false;
            foreach (var content in attempts[Math.Min(Asked++, attempts.Length - 1)])
            {
                if (content == Silence)
                {
                    Waits = true;
                    try
                    {
                        await Task.Delay(Timeout.Infinite, cancellationToken);
                    }
                    finally
                    {
                        Cancelled++;
                    }
                }

                if (content is Failure failure)
                {
                    throw failure.Exception;
                }

                yield return new ChatResponseUpdate(ChatRole.Assistant, [content]);
            }
        }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }

    /// <summary>Tells which pauses were made; deadlines of a reply are longer than any of them.</summary>
    private sealed class Clock(FakeTimeProvider inner) : TimeProvider
    {
        public List<TimeSpan> Pauses { get; } = [];

        public override long TimestampFrequency => inner.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => inner.GetUtcNow();

        public override long GetTimestamp() => inner.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime < TimeSpan.FromSeconds(20))
            {
                Pauses.Add(dueTime);
            }

            return inner.CreateTimer(callback, state, dueTime, period);
        }
    }

    private sealed class MostSpread : IIdGenerator
    {
        public Guid NewUuid() => Guid.Empty;

        public string NewInstanceId() => "";

        public int NewSpread(int below) => below - 1;
    }
}

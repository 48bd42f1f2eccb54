using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Agents.Team;
using StreamChat.AgentWorker.Memory;
using StreamChat.AgentWorker.Models.Demo;
using StreamChat.AgentWorker.Runs;
using StreamChat.AgentWorker.Storage;
using StreamChat.Hosting.Work;
using StreamChat.TestSupport.Time;
using StreamChat.TestSupport.Waiting;
using StreamChat.UnitTests.AgentWorker.Models;

namespace StreamChat.UnitTests.AgentWorker.Memory;

public sealed class SummariserTests : IDisposable
{
    private const int Waiting = 256;

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly FakeTimeProvider _time = new();
    private readonly DemoChatClient _model;
    private readonly ThreadStore _store = new();
    private readonly MeterListener _meters = new();
    private readonly Lock _lock = new();
    private readonly List<string> _outcomes = [];
    private readonly Summariser _summariser;

    public SummariserTests()
    {
        _model = new DemoChatClient(Options.Create(new DemoModelOptions { TokensPerSecond = 0 }), _time);
        var meters = _services.GetRequiredService<IMeterFactory>();
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "streamchat.memory.summaries" && instrument.Meter.Scope == meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            lock (_lock)
            {
                _outcomes.Add((string)tags[0].Value!);
            }
        });
        _meters.Start();
        _summariser = new Summariser(
            _store,
            new OneModel(_model),
            new AgentTeam(Options.Create(new AgentsOptions())),
            Options.Create(new MemoryOptions { Older = OlderTurns.Summarise }),
            Options.Create(new RunOptions { HistoryTokens = 100 }),
            new MemoryMetrics(meters),
            new AbandonedWork(meters, Options.Create(new WorkOptions()), _time, NullLogger<AbandonedWork>.Instance),
            _time,
            NullLogger<Summariser>.Instance);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _summariser.Dispose();
        _meters.Dispose();
        _model.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task Threads_that_find_no_place_are_counted_and_left_out_until_their_next_run()
    {
        for (var i = 0; i < Waiting + 2; i++)
        {
            _summariser.Consider(Thread($"t{i}"), model: null, agent: null, [Message(400)]);
        }

        Assert.Equal(["dropped", "dropped"], Outcomes());
        await _summariser.StartAsync(Token);
        await Eventually.TrueAsync(() => Outcomes().Count(o => o == "made") == Waiting);
        await _summariser.StopAsync(Token);
        Assert.Equal(Waiting, _store.Saved);
    }

    [Fact]
    public async Task A_summary_that_fails_is_counted()
    {
        _store.IsDown = true;
        _summariser.Consider(Thread("t"), model: null, agent: null, [Message(400)]);
        await _summariser.StartAsync(Token);
        await Eventually.TrueAsync(() => Outcomes().SequenceEqual(["failed"]));
        await _summariser.StopAsync(Token);
    }

    [Fact]
    public async Task A_thread_that_can_be_shown_whole_is_left_alone()
    {
        _summariser.Consider(Thread("short"), model: null, agent: null, [Message(200)]);
        _summariser.Consider(Thread("long"), model: null, agent: null, [Message(400)]);
        await _summariser.StartAsync(Token);
        await Eventually.TrueAsync(() => Outcomes().Count > 0);
        await _summariser.StopAsync(Token);
        Assert.Equal(1, _store.Loaded);
    }

    private static ThreadKey Thread(string threadId) => ThreadKey.Of("ada", roomId: null, threadId);

    private static StoredMessage Message(int length) => new() { MessageId = "m", Role = "user", Content = new string('x', length) };

    private List<string> Outcomes()
    {
        lock (_lock)
        {
            return [.. _outcomes];
        }
    }

    /// <summary>Threads of two long messages each.</summary>
    private sealed class ThreadStore : ISummaryStore
    {
        private int _loaded;
        private int _saved;

        public bool IsDown { get; set; }

        public int Loaded => _loaded;

        public int Saved => _saved;

        public Task<Unsummarised?> LoadAsync(ThreadKey thread, int maxMessages, long maxChars, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _loaded);
            return IsDown
                ? throw new StreamChat.Storage.StoreUnavailableException("down")
                : Task.FromResult<Unsummarised?>(new Unsummarised(null, 0, 0, [(1, Message(400)), (2, Message(100))]));
        }

        public Task SaveAsync(ThreadKey thread, Unsummarised of, long position, string summary, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _saved);
            return Task.CompletedTask;
        }
    }
}

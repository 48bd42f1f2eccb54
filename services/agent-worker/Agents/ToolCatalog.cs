using Microsoft.Extensions.AI;
using StreamChat.Contracts.Tools;

namespace StreamChat.AgentWorker.Agents;

/// <summary>The tools that tool-workers offer right now, as they announced them. One that falls silent is forgotten.</summary>
internal sealed class ToolCatalog(TimeProvider time)
{
    // a worker that has just started has asked, and the answer is on its way
    private static readonly TimeSpan StartGrace = TimeSpan.FromSeconds(2);

    private long _startedAt = time.GetTimestamp();
    private readonly TaskCompletionSource _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Offer> _offers = new(StringComparer.Ordinal);
    private Snapshot _snapshot = Snapshot.Empty;
    private bool _hears = true;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when other tools than now are offered.</summary>
    public Task Changed
    {
        get
        {
            lock (_lock)
            {
                return _changed.Task;
            }
        }
    }

    /// <summary>
    /// Whether announcements arrive. While they do not, nobody falls silent; when they do again, all have as long as if they had just spoken.
    /// </summary>
    public bool Hears
    {
        set
        {
            lock (_lock)
            {
                if (value && !_hears)
                {
                    _startedAt = time.GetTimestamp();
                    foreach (var (id, offer) in _offers.ToList())
                    {
                        _offers[id] = offer with { HeardAt = time.GetTimestamp() };
                    }
                }

                _hears = value;
            }
        }
    }

    /// <summary>Takes an announcement; the newest of a tool-worker replaces its older ones.</summary>
    public void Announce(ToolsAnnounced announced)
    {
        lock (_lock)
        {
            if (announced.Tools.Count == 0)
            {
                _offers.Remove(announced.ToolWorkerId);
            }
            else
            {
                _offers[announced.ToolWorkerId] = new Offer(announced.Tools, time.GetTimestamp(), announced.ValidFor);
            }

            Rebuild();
        }

        _heard.TrySetResult();
    }

    /// <summary>
    /// Waits, in the first two seconds only, until any tool-worker has spoken, so that the first question after a start is not answered
    /// without tools.
    /// </summary>
    public async ValueTask WaitAtStartAsync(CancellationToken cancellationToken)
    {
        var left = StartGrace - time.GetElapsedTime(Volatile.Read(ref _startedAt));
        if (_heard.Task.IsCompleted || left <= TimeSpan.Zero)
        {
            return;
        }

        try
        {
            await _heard.Task.WaitAsync(left, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // there is none; the model is told of no tools
        }
    }

    /// <summary>What is offered now.</summary>
    public Snapshot Current()
    {
        lock (_lock)
        {
            var silent = _offers.Where(o => _hears && time.GetElapsedTime(o.Value.HeardAt) > o.Value.ValidFor).Select(o => o.Key).ToList();
            if (silent.Count > 0)
            {
                silent.ForEach(id => _offers.Remove(id));
                Rebuild();
            }

            return _snapshot;
        }
    }

    private void Rebuild()
    {
        var before = _snapshot;
        _snapshot = Build();
        if (!_snapshot.Tools.Keys.ToHashSet(StringComparer.Ordinal).SetEquals(before.Tools.Keys))
        {
            _changed.SetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private Snapshot Build()
    {
        Dictionary<string, ToolDescription> tools = new(StringComparer.Ordinal);
        foreach (var tool in _offers.Values.OrderBy(o => o.HeardAt).SelectMany(o => o.Tools))
        {
            tools[tool.Name] = tool;
        }

        var declarations = tools.Values
            .OrderBy(t => t.Name, StringComparer.Ordinal)
            .Select(t => (AITool)AIFunctionFactory.CreateDeclaration(t.Name, t.Description, t.Parameters))
            .ToList();
        return new Snapshot(tools, declarations);
    }

    /// <summary>The tools at one moment, by name and as the model wants them.</summary>
    internal sealed record Snapshot(IReadOnlyDictionary<string, ToolDescription> Tools, IList<AITool> Declarations)
    {
        public static readonly Snapshot Empty = new(new Dictionary<string, ToolDescription>(), []);
    }

    private sealed record Offer(IReadOnlyList<ToolDescription> Tools, long HeardAt, TimeSpan ValidFor);
}

using Microsoft.Extensions.AI;
using StreamChat.AgentWorker.Agents.Team;
using StreamChat.Contracts.Tools;
using StreamChat.Hosting.Bus;

namespace StreamChat.AgentWorker.Agents;

/// <summary>The tools that tool-workers offer right now, as they announced them. One that falls silent is forgotten.</summary>
internal sealed class ToolCatalog(TimeProvider time)
{
    // a worker that has just started has asked, and the answer is on its way
    private static readonly TimeSpan StartGrace = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly Announcements<IReadOnlyList<ToolDescription>> _offers = new(time);
    private Snapshot _snapshot = Snapshot.Empty;
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

    /// <inheritdoc cref="Announcements{T}.Hears"/>
    public bool Hears
    {
        set
        {
            lock (_lock)
            {
                _offers.Hears = value;
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
                _offers.Withdraw(announced.ToolWorkerId);
            }
            else
            {
                _offers.Take(announced.ToolWorkerId, announced.Tools, announced.ValidFor);
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
        TimeSpan left;
        lock (_lock)
        {
            left = StartGrace - _offers.HearsFor;
        }

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
            if (_offers.ForgetSilent())
            {
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
        // the model must not take a tool for a hand-off; tool-workers leave such names out by themselves, except older ones
        var tools = _offers.NewestFirst.SelectMany(offered => offered).Where(t => !HandOff.IsName(t.Name)).DistinctBy(t => t.Name).ToDictionary(t => t.Name, StringComparer.Ordinal);
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
}

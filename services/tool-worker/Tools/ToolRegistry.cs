using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using StreamChat.Contracts.Tools;
using StreamChat.ToolWorker.Plugins;

namespace StreamChat.ToolWorker.Tools;

/// <summary>The tools of this process by name: those built in or added in code, and those of sources that come and go while it runs.</summary>
internal sealed class ToolRegistry
{
    private readonly Lock _lock = new();
    private readonly List<Tool> _builtIn;
    private readonly SortedDictionary<string, IReadOnlyList<Tool>> _sources = new(StringComparer.Ordinal);
    private volatile Snapshot _snapshot;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <exception cref="InvalidOperationException">Two tools have the same name.</exception>
    public ToolRegistry(IEnumerable<Tool> tools, IEnumerable<PluginTools>? plugins = null)
    {
        _builtIn = [.. tools, .. (plugins ?? []).SelectMany(p => p.Tools)];
        _snapshot = Build();
        if (_snapshot.Hidden.Count > 0)
        {
            throw new InvalidOperationException($"Two tools are named '{_snapshot.Hidden[0].Name}'.");
        }
    }

    /// <summary>The tools as they are announced, by name.</summary>
    public IReadOnlyList<ToolDescription> Descriptions => _snapshot.Descriptions;

    /// <summary>Completes when something else than now is to be announced.</summary>
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

    public bool TryGet(string name, [NotNullWhen(true)] out Tool? tool) => _snapshot.Tools.TryGetValue(name, out tool);

    /// <summary>
    /// Takes what a source offers now; no tools withdraw it. Of two tools with one name the one built in counts, then that of the
    /// source whose name comes first, whichever was there earlier: all processes of one configuration offer the same.
    /// </summary>
    /// <returns>Tools that have just now lost their name to another, of whichever source.</returns>
    public IReadOnlyList<HiddenTool> Offer(string source, IReadOnlyList<Tool> tools)
    {
        lock (_lock)
        {
            if (tools.Count == 0)
            {
                _sources.Remove(source);
            }
            else
            {
                _sources[source] = tools;
            }

            var before = _snapshot;
            _snapshot = Build();
            if (!SameToOthers(before.Descriptions, _snapshot.Descriptions))
            {
                _changed.SetResult();
                _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return [.. _snapshot.Hidden.Except(before.Hidden)];
        }
    }

    private Snapshot Build()
    {
        Dictionary<string, Tool> tools = new(StringComparer.Ordinal);
        List<HiddenTool> hidden = [];
        foreach (var (source, offered) in _sources.Select(s => (s.Key, s.Value)).Prepend(("", _builtIn)))
        {
            hidden.AddRange(offered.Where(t => !tools.TryAdd(t.Function.Name, t)).Select(t => new HiddenTool(source, t.Function.Name)));
        }

        return new Snapshot(tools, [.. tools.Values.OrderBy(t => t.Function.Name, StringComparer.Ordinal).Select(Describe)], hidden);
    }

    private static ToolDescription Describe(Tool tool) => new()
    {
        Name = tool.Function.Name,
        Description = tool.Function.Description,
        Parameters = tool.Function.JsonSchema,
        Timeout = tool.Timeout,
        SafeToRepeat = tool.SafeToRepeat,
    };

    private static bool SameToOthers(IReadOnlyList<ToolDescription> one, IReadOnlyList<ToolDescription> other) =>
        one.Count == other.Count && one.Zip(other).All(p =>
            JsonElement.DeepEquals(p.First.Parameters, p.Second.Parameters) && p.First == p.Second with { Parameters = p.First.Parameters });

    private sealed record Snapshot(IReadOnlyDictionary<string, Tool> Tools, IReadOnlyList<ToolDescription> Descriptions, IReadOnlyList<HiddenTool> Hidden);
}

/// <summary>A tool that is not offered because another one has its name.</summary>
/// <param name="Source">Whose it is.</param>
/// <param name="Name">The name.</param>
internal sealed record HiddenTool(string Source, string Name);

using System.Diagnostics.CodeAnalysis;
using StreamChat.Contracts.Tools;

namespace StreamChat.ToolWorker.Tools;

/// <summary>The tools of this process by name.</summary>
internal sealed class ToolRegistry
{
    private readonly Dictionary<string, Tool> _tools = new(StringComparer.Ordinal);

    /// <exception cref="InvalidOperationException">Two tools have the same name.</exception>
    public ToolRegistry(IEnumerable<Tool> tools)
    {
        foreach (var tool in tools)
        {
            if (!_tools.TryAdd(tool.Function.Name, tool))
            {
                throw new InvalidOperationException($"Two tools are named '{tool.Function.Name}'.");
            }
        }

        Descriptions = [.. _tools.Values.OrderBy(t => t.Function.Name, StringComparer.Ordinal).Select(Describe)];
    }

    /// <summary>The tools as they are announced, by name.</summary>
    public IReadOnlyList<ToolDescription> Descriptions { get; }

    public bool TryGet(string name, [NotNullWhen(true)] out Tool? tool) => _tools.TryGetValue(name, out tool);

    private static ToolDescription Describe(Tool tool) => new()
    {
        Name = tool.Function.Name,
        Description = tool.Function.Description,
        Parameters = tool.Function.JsonSchema,
        Timeout = tool.Timeout,
        SafeToRepeat = tool.SafeToRepeat,
    };
}

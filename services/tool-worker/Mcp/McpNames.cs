using System.Text;
using System.Text.RegularExpressions;
using StreamChat.Contracts.Tools;
using StreamChat.ToolWorker.Tools;
using Tool = ModelContextProtocol.Protocol.Tool;

namespace StreamChat.ToolWorker.Mcp;

/// <summary>Which of a server's tools are offered, and under which names.</summary>
internal static partial class McpNames
{
    // a name is quoted in a log
    private const int MaxShown = 80;

    /// <summary>
    /// Chooses among the tools that a server has. A character that providers do not take in a name becomes <c>_</c>; a tool whose
    /// name is then too long, or another's, or that is itself too large, is left out, and so are those past the limit.
    /// </summary>
    public static McpChoice Choose(string prefix, McpServerSettings settings, McpOptions limits, IReadOnlyList<Tool> tools)
    {
        Dictionary<string, Tool> chosen = new(StringComparer.Ordinal);
        List<LeftOut> leftOut = [];
        foreach (var tool in tools.Where(t => settings.Tools.Length == 0 || settings.Tools.Contains(t.Name, StringComparer.Ordinal)))
        {
            var name = $"{prefix}_{ToolNames.Fit(tool.Name)}";
            var reason = name.Length > ToolNames.Longest ? $"its name is longer than {ToolNames.Longest} characters with the prefix"
                : ToolNames.IsHandOff(name) ? $"names that begin with {ToolDescription.HandOffPrefix} are for hand-offs between agents; another prefix would help"
                : Size(tool) > limits.ToolBytes ? $"its description and schema are larger than {limits.ToolBytes} bytes (Mcp:ToolBytes)"
                : chosen.ContainsKey(name) ? $"the name {name} is taken by another of its tools"
                : chosen.Count == limits.ToolsPerServer ? $"the server has more than {limits.ToolsPerServer} tools (Mcp:ToolsPerServer)"
                : null;
            if (reason is null)
            {
                chosen[name] = tool;
            }
            else
            {
                leftOut.Add(new LeftOut(Show(tool.Name), reason));
            }
        }

        leftOut.AddRange(settings.Tools.Except(tools.Select(t => t.Name), StringComparer.Ordinal).Select(n => new LeftOut(n, "the server has no such tool")));
        return new McpChoice(chosen, leftOut);
    }

    private static int Size(Tool tool) => Encoding.UTF8.GetByteCount(tool.Description ?? "") + Encoding.UTF8.GetByteCount(tool.InputSchema.GetRawText());

    private static string Show(string name) => McpResults.Shorten(Unprintable.Replace(name, "?"), MaxShown);

    [GeneratedRegex(@"\p{C}", RegexOptions.CultureInvariant)]
    private static partial Regex Unprintable { get; }
}

/// <summary>What is offered of a server's tools, by the names that models call them by, and what is not.</summary>
internal sealed record McpChoice(IReadOnlyDictionary<string, Tool> Tools, IReadOnlyList<LeftOut> LeftOut);

/// <summary>A tool that is not offered.</summary>
internal sealed record LeftOut(string Tool, string Reason);

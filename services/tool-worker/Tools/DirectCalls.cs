using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace StreamChat.ToolWorker.Tools;

/// <summary>
/// Decides which tools a client may call itself, without an agent. <c>Agents:Team:{id}:Tools</c> does not restrict such a call, and no
/// guardrail reads it, so the operator names the tools.
/// </summary>
internal sealed class DirectCalls(IOptions<DirectCallOptions> options)
{
    private readonly HashSet<string>? _names = options.Value.Names()?.ToHashSet(StringComparer.Ordinal);

    /// <summary>
    /// Whether a client may call the tool itself. Without configuration: the tools that come with the program and change nothing. What an
    /// MCP server calls read-only is not among them, because a server decides about its own words.
    /// </summary>
    public bool Allows(Tool tool) => _names is null
        ? tool is { BuiltIn: true, SafeToRepeat: true }
        : _names.Contains(DirectCallOptions.EveryTool) || _names.Contains(tool.Function.Name);
}

/// <summary>Section <c>Tools</c>, key <c>Direct</c>.</summary>
internal sealed class DirectCallOptions : IValidatableObject
{
    public const string Section = "Tools";

    /// <summary>Stands for all tools.</summary>
    public const string EveryTool = "*";

    private const string Key = "Direct";

    private string? _text;
    private string[]? _list;

    /// <summary>The names as configured; null when nothing is configured, empty for no tool. Names that no tool has are allowed.</summary>
    public IReadOnlyList<string>? Names() => _list ?? _text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>
    /// Reads the key: a list (<c>Tools:Direct:0</c>), or one text with commas (<c>Tools__Direct=calculator,weather</c>), of which the empty
    /// one stands for no tool, as the empty list of a JSON file does.
    /// </summary>
    public void Read(IConfiguration tools)
    {
        var direct = tools.GetSection(Key);
        var items = direct.GetChildren().Select(c => c.Value ?? "").ToArray();
        (_list, _text) = (items.Length > 0 ? items : null, direct.Value);
    }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // a text that is to shorten the list of a file must not be ignored
        if (_list is not null && _text is not null)
        {
            yield return new ValidationResult("Is set both as a list and as one text. Use one of them in all sources of configuration.", [Key]);
        }

        foreach (var name in (Names() ?? []).Where(name => name != EveryTool && !ToolNames.IsTaken(name)))
        {
            yield return new ValidationResult(
                $"'{name}' is no name of a tool: 1 to {ToolNames.Longest} letters a to z, digits, hyphens and underscores, or '{EveryTool}' for all.", [Key]);
        }
    }
}

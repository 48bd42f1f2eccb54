using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace StreamChat.ToolWorker.Mcp;

/// <summary>Section <c>Mcp</c>: servers of the Model Context Protocol whose tools this process offers.</summary>
internal sealed partial class McpOptions : IValidatableObject
{
    public const string Section = "Mcp";

    /// <summary>The servers by name: letters, digits, <c>-</c> and <c>_</c>.</summary>
    public Dictionary<string, McpServerSettings> Servers { get; set; } = [];

    /// <summary>How long a server may take from its start until its tools are known.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a server that says nothing is asked for its tools, which also shows that it is there.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long its answer may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long to wait before a server that went away is started or connected again; twice as long after each failure.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:10:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest of these waits.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "01:00:00")]
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many tools of one server are offered; the rest is left out.</summary>
    [Range(1, 1000)]
    public int ToolsPerServer { get; set; } = 64;

    /// <summary>The most that description and schema of a tool may have, in bytes of UTF-8; a larger tool is left out.</summary>
    [Range(256, 1024 * 1024)]
    public int ToolBytes { get; set; } = 16 * 1024;

    /// <summary>The most that one message of a server may have, in bytes. A larger answer to a call is a tool error; a server that sends a larger message of another kind counts as gone.</summary>
    [Range(64 * 1024, 256 * 1024 * 1024)]
    public int MaxMessageBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>The longest prefix, so that some of a name is left for the tool.</summary>
    internal const int MaxPrefix = 32;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, server) in Servers)
        {
            var path = $"{nameof(Servers)}:{name}";
            if (!Name.IsMatch(name))
            {
                yield return new ValidationResult($"The name of a server has 1 to {MaxPrefix} letters, digits, '-' and '_'.", [path]);
            }

            foreach (var (key, problem) in server.Problems())
            {
                yield return new ValidationResult(problem, [$"{path}:{key}"]);
            }
        }

        var enabled = Servers.Where(s => s.Value.Enabled).ToList();
        foreach (var same in enabled.GroupBy(s => s.Value.Prefix ?? s.Key, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            var names = string.Join(", ", same.Select(s => s.Key));
            yield return new ValidationResult(
                $"The same prefix is used by more than one server: {names}.", [$"{nameof(Servers)}:{same.Last().Key}:{nameof(McpServerSettings.Prefix)}"]);
        }

        if (MaxRetryDelay < RetryDelay)
        {
            yield return new ValidationResult($"It is shorter than {nameof(RetryDelay)}.", [nameof(MaxRetryDelay)]);
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,32}\z", RegexOptions.CultureInvariant)]
    internal static partial Regex Name { get; }
}

/// <summary>How a server is reached.</summary>
internal enum McpTransport
{
    /// <summary>As a process that this one starts, over its standard input and output.</summary>
    Stdio,

    /// <summary>Where it is already, by streamable HTTP.</summary>
    Http,
}

using System.Net.Http.Headers;

namespace StreamChat.ToolWorker.Mcp;

/// <summary>Section <c>Mcp:Servers:{name}</c>: one server. What is secret in it, environment and headers, is never said again.</summary>
internal sealed class McpServerSettings
{
    private static readonly TimeSpan LongestCall = TimeSpan.FromMinutes(10);

    /// <summary>False to leave it out without forgetting it.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How it is reached.</summary>
    public McpTransport Transport { get; set; }

    /// <summary>The program to start, for <see cref="McpTransport.Stdio"/>.</summary>
    public string? Command { get; set; }

    /// <summary>Its arguments, one each.</summary>
    public string[] Arguments { get; set; } = [];

    /// <summary>Its environment, beside the few variables that any program needs; nothing else of this process's own is passed on.</summary>
    public Dictionary<string, string?> Environment { get; set; } = [];

    /// <summary>The folder that it is started in; that of this process if none.</summary>
    public string? WorkingDirectory { get; set; }

    /// <summary>Where it is, for <see cref="McpTransport.Http"/>.</summary>
    public string? Url { get; set; }

    /// <summary>What is sent along with every request, such as <c>Authorization</c>.</summary>
    public Dictionary<string, string?> Headers { get; set; } = [];

    /// <summary>What the names of its tools begin with, before a <c>_</c>; the server's name if none.</summary>
    public string? Prefix { get; set; }

    /// <summary>The longest that one call may take.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Those of its tools that are offered, by the server's own names; all if none are named.</summary>
    public string[] Tools { get; set; } = [];

    /// <summary>What is wrong, by key.</summary>
    public IEnumerable<(string Key, string Problem)> Problems()
    {
        foreach (var problem in Transport == McpTransport.Http ? HttpProblems() : StdioProblems())
        {
            yield return problem;
        }

        if (Prefix is not null && !McpOptions.Name.IsMatch(Prefix))
        {
            yield return (nameof(Prefix), $"It has 1 to {McpOptions.MaxPrefix} letters, digits, '-' and '_'.");
        }

        if (Timeout < TimeSpan.FromMilliseconds(100) || Timeout > LongestCall)
        {
            yield return (nameof(Timeout), $"It is between 0.1 s and {LongestCall.TotalMinutes:0} min.");
        }
    }

    private IEnumerable<(string Key, string Problem)> StdioProblems()
    {
        if (string.IsNullOrWhiteSpace(Command))
        {
            yield return (nameof(Command), "The program to start is missing.");
        }

        if (Url is not null)
        {
            yield return (nameof(Url), $"It is for {nameof(Transport)} '{McpTransport.Http}'.");
        }

        if (WorkingDirectory is not null && !Directory.Exists(WorkingDirectory))
        {
            yield return (nameof(WorkingDirectory), "There is no such folder.");
        }

        foreach (var name in Environment.Keys.Where(k => k.Contains('=', StringComparison.Ordinal) || k.Length == 0))
        {
            yield return ($"{nameof(Environment)}:{name}", "This is no name of a variable.");
        }
    }

    private IEnumerable<(string Key, string Problem)> HttpProblems()
    {
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            yield return (nameof(Url), "An absolute http or https address is needed.");
        }
        else if (url.UserInfo.Length > 0)
        {
            yield return (nameof(Url), $"User and password do not belong into an address; use {nameof(Headers)}:Authorization.");
        }

        if (Command is not null)
        {
            yield return (nameof(Command), $"It is for {nameof(Transport)} '{McpTransport.Stdio}'.");
        }

        using var request = new HttpRequestMessage();
        foreach (var (name, value) in Headers)
        {
            if (!Fits(request.Headers, name, value))
            {
                yield return ($"{nameof(Headers)}:{name}", "This is no header with a value that can be sent.");
            }
        }
    }

    private static bool Fits(HttpRequestHeaders headers, string name, string? value) =>
        value is not null && value.All(c => c is '\t' or (>= ' ' and < '\x7f')) && headers.TryAddWithoutValidation(name, value);
}

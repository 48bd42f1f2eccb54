using Microsoft.Extensions.AI;

namespace StreamChat.ToolWorker.Tools;

/// <summary>A tool that this process runs. Each one registered in the container is announced.</summary>
/// <param name="Function">What is called, with its name, description and JSON schema.</param>
/// <param name="Timeout">The longest that one call may take.</param>
/// <param name="SafeToRepeat">Whether running it twice does no harm.</param>
internal sealed record Tool(AIFunction Function, TimeSpan Timeout, bool SafeToRepeat)
{
    /// <summary>
    /// For a tool that is not safe to repeat: whether all of its effect is made with <see cref="ToolCallContext.Transaction"/>, so that
    /// it and the record of the call are one, and a call that was cut off has had no effect and may be run again.
    /// </summary>
    public bool InTransaction { get; init; }

    /// <summary>
    /// Whether arguments are checked against the schema before the call. Not for a tool that checks them itself, by a schema of which
    /// only the outline is understood here.
    /// </summary>
    public bool ChecksArguments { get; init; } = true;

    /// <summary>Whether it comes with the program, and is neither an MCP server's nor one that the host added in code.</summary>
    public bool BuiltIn { get; init; }

    /// <summary>A tool of our own, whose method returns its JSON ready made; it goes on as it is, without being indented and escaped again.</summary>
    /// <param name="method">Returns a <see cref="System.Text.Json.JsonElement"/>.</param>
    /// <param name="name">As the model calls it.</param>
    /// <param name="description">What it does, for the model.</param>
    /// <param name="timeout">The longest that one call may take; running it twice does no harm.</param>
    public static Tool OfJson(Delegate method, string name, string description, TimeSpan timeout) =>
        new(ToFunction(method, name, description), timeout, SafeToRepeat: true) { BuiltIn = true };

    /// <summary>The same for a tool that changes what is stored, and only that: see <see cref="InTransaction"/>.</summary>
    public static Tool Storing(Delegate method, string name, string description, TimeSpan timeout) =>
        new(ToFunction(method, name, description), timeout, SafeToRepeat: false) { InTransaction = true, BuiltIn = true };

    private static AIFunction ToFunction(Delegate method, string name, string description)
    {
        AIFunctionFactoryOptions options = new()
        {
            Name = name,
            Description = description,
            ExcludeResultSchema = true,
            MarshalResult = (value, _, _) => ValueTask.FromResult(value),
        };
        return AIFunctionFactory.Create(method, options);
    }
}

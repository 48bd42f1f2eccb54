using System.Text.Json;

namespace StreamChat.AgentWorker.Models.Demo.Needs;

/// <summary>Something the question needs that the model cannot say by itself.</summary>
internal sealed record Need
{
    public required INeedKind Kind { get; init; }

    /// <summary>The arguments of the tool call.</summary>
    public required IReadOnlyDictionary<string, object?> Arguments { get; init; }

    /// <summary>What it is about, in the user's words: the expression, the city; may be empty.</summary>
    public required string Subject { get; init; }

    /// <summary>The words of the question that show the need.</summary>
    public string Mentioned { get; init; } = "";

    /// <summary>The argument that <see cref="Subject"/> stands in; null when another subject would make no need of the same kind.</summary>
    public string? SubjectArgument { get; init; }

    /// <summary>Set when the user has to say more first: what to ask.</summary>
    public string? Ask { get; init; }
}

/// <summary>One kind of need: how it shows in a question, who can help, and how its result is told.</summary>
internal interface INeedKind
{
    /// <summary>The tools that help, the best first.</summary>
    IReadOnlyList<string> Tools { get; }

    /// <summary>Parts of the names of hand-offs that help.</summary>
    IReadOnlyList<string> Topics { get; }

    /// <summary>Where in the question the need shows.</summary>
    IEnumerable<Mention> FindIn(string question);

    /// <summary>The needs that a mention expresses.</summary>
    IEnumerable<Need> Read(Mention mention, DemoConversation conversation);

    /// <summary>The result as a sentence; null when there is nothing to be said of it.</summary>
    string? Tell(Need need, JsonElement result, DemoConversation conversation);

    /// <summary>What the agent at work can say to it by itself, without any tool; null when nothing.</summary>
    string? Answer(Need need, DemoConversation conversation) => null;

    /// <summary>What the tool does, for a sentence that says it is not there; null when the model can answer in a general way without it.</summary>
    string? Name(DemoConversation conversation);
}

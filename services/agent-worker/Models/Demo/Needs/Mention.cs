namespace StreamChat.AgentWorker.Models.Demo.Needs;

/// <summary>A place in the question that shows a need.</summary>
/// <param name="Index">Where it starts.</param>
/// <param name="Text">The words themselves.</param>
internal sealed record Mention(int Index, string Text)
{
    public int End => Index + Text.Length;

    /// <summary>The question's text between the mention before this one and this one.</summary>
    public string Before { get; init; } = "";

    /// <summary>The question's text from here to the next mention.</summary>
    public string After { get; init; } = "";
}

using StreamChat.AgentWorker.Models.Demo.Needs;

namespace StreamChat.AgentWorker.Models.Demo;

/// <summary>
/// To whom the model hands the user on. Forward to whom a need belongs, each once for a question; back to triage with what belongs
/// to somebody else, unless that one has been tried. So every way back is followed by a new agent or by an answer, and it ends.
/// </summary>
internal static class HandOffs
{
    private const string Prefix = "transfer_to_";
    private const string Triage = "triage";

    /// <returns>The tool to call, or null when this agent is to answer.</returns>
    public static string? For(Need need, DemoConversation conversation)
    {
        if (IsOwn(need.Kind, conversation))
        {
            return null;
        }

        var forward = Offered(conversation).FirstOrDefault(tool => Belongs(need.Kind, tool) && !WasMade(tool, conversation));
        return forward ?? (Made(conversation).Any(tool => Belongs(need.Kind, tool)) ? null : Back(conversation));
    }

    /// <returns>The tool that hands on a question that needs nothing special and is outside this agent's field, or null.</returns>
    public static string? ForGeneral(DemoConversation conversation) => Made(conversation).Any() ? null : Back(conversation);

    /// <summary>Whether the agent at work is the one that a need belongs to.</summary>
    public static bool IsOwn(INeedKind kind, DemoConversation conversation) => conversation.Agent is { } agent && Belongs(kind, agent);

    private static string? Back(DemoConversation conversation) =>
        Offered(conversation).FirstOrDefault(tool => tool.Contains(Triage, StringComparison.OrdinalIgnoreCase));

    private static bool Belongs(INeedKind kind, string name) => kind.Topics.Any(topic => name.Contains(topic, StringComparison.OrdinalIgnoreCase));

    private static bool WasMade(string tool, DemoConversation conversation) =>
        Made(conversation).Any(made => made.Equals(tool, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> Made(DemoConversation conversation) => conversation.Calls.Select(c => c.Name).Where(IsHandOff);

    private static IEnumerable<string> Offered(DemoConversation conversation) => conversation.Tools.Where(IsHandOff).Order(StringComparer.Ordinal);

    private static bool IsHandOff(string tool) => tool.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);
}

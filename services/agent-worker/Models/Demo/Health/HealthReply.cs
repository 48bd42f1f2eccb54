using System.Text.RegularExpressions;
using StreamChat.AgentWorker.Models.Demo.Needs;

namespace StreamChat.AgentWorker.Models.Demo.Health;

/// <summary>What the health adviser says to a question that names no complaint: when the context does, or when advice is asked for.</summary>
internal static partial class HealthReply
{
    private static readonly HealthNeed Kind = new();

    /// <returns>Null when another agent is at work, or when it is about something else.</returns>
    public static string? To(DemoConversation conversation) =>
        HandOffs.IsOwn(Kind, conversation) && (AsksForAdvice().IsMatch(conversation.Question) || !HealthContext.Read(conversation.Context).IsEmpty)
            ? HealthAdvice.For(conversation)
            : null;

    [GeneratedRegex(@"\b(?:advice|advise|suggest\w*|recommend\w*|tips?|should i|feel(?:ing)?)\b|建议|怎么办|推荐|感觉|不舒服|注意什么", RegexOptions.IgnoreCase)]
    private static partial Regex AsksForAdvice();
}

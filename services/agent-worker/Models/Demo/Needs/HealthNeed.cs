using System.Text.Json;
using System.Text.RegularExpressions;

namespace StreamChat.AgentWorker.Models.Demo.Needs;

/// <summary>Health questions: for an agent that knows about them; no tool looks them up.</summary>
internal sealed partial class HealthNeed : INeedKind
{
    public IReadOnlyList<string> Tools { get; } = [];

    public IReadOnlyList<string> Topics { get; } = ["health", "medical", "doctor"];

    public IEnumerable<Mention> FindIn(string question) => Asked().Matches(question).Take(1).Select(m => new Mention(m.Index, m.Value));

    public IEnumerable<Need> Read(Mention mention, DemoConversation conversation) =>
        [new Need { Kind = this, Subject = mention.Text, Arguments = new Dictionary<string, string>() }];

    public string Tell(Need need, JsonElement result, DemoConversation conversation) => ResultText.Of(result);

    public string? Name(DemoConversation conversation) => null;

    [GeneratedRegex("\\b(?:health|healthy|headaches?|fever|symptoms?|cough|insomnia|sore throat|medicine|diet|exercise)\\b|健康|头疼|头痛|发烧|感冒|症状|咳嗽|失眠|锻炼", RegexOptions.IgnoreCase)]
    private static partial Regex Asked();
}

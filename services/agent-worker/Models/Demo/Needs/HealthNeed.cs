using System.Text.Json;
using System.Text.RegularExpressions;
using StreamChat.AgentWorker.Models.Demo.Health;

namespace StreamChat.AgentWorker.Models.Demo.Needs;

/// <summary>Health questions: for an agent that knows about them; no tool looks them up.</summary>
internal sealed partial class HealthNeed : INeedKind
{
    public IReadOnlyList<string> Tools { get; } = [];

    public IReadOnlyList<string> Topics { get; } = ["health", "medical", "doctor"];

    /// <summary>Whether a question is about health.</summary>
    public static bool IsAbout(string question) => Asked().IsMatch(question);

    public IEnumerable<Mention> FindIn(string question) => Asked().Matches(question).Take(1).Select(m => new Mention(m.Index, m.Value));

    public IEnumerable<Need> Read(Mention mention, DemoConversation conversation) =>
        [new Need { Kind = this, Subject = mention.Text, Arguments = new Dictionary<string, object?>() }];

    public string Tell(Need need, JsonElement result, DemoConversation conversation) => ResultText.Of(result);

    public string? Answer(Need need, DemoConversation conversation) =>
        HandOffs.IsOwn(this, conversation) ? HealthAdvice.For(conversation) : null;

    public string? Name(DemoConversation conversation) => null;

    [GeneratedRegex(
        @"\b(?:health|healthy|headaches?|fever|symptoms?|cough(?:ing)?|insomnia|sore throat|medicine|diet|exercise|tired(?! of)|fatigued?|exhausted|" +
        @"stressed|anxious|anxiety|dizzy|(?:sleep(?:ing)?|slept) (?:better|badly|well|enough|more|poorly)|(?:can't|cannot|trouble) sleep(?:ing)?|fall asleep|" +
        @"lose weight|losing weight|vitamins?|nutrition|chest pain|back pain|stomach ?ache|toothache|blood pressure|(?:cannot|can't) breathe)\b|" +
        "健康|头疼|头痛|发烧|感冒|症状|咳嗽|失眠|锻炼|疲劳|疲惫|疲倦|(?<!积)累(?![计积加])|睡眠|睡不|睡得(?!着)|没精神|压力(?:很|太|好)?大|焦虑|头晕|减肥|营养|血压|胃疼|胃痛|腰疼|胸痛|胸口疼|呼吸困难",
        RegexOptions.IgnoreCase)]
    private static partial Regex Asked();
}

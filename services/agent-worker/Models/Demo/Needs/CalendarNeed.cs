using System.Text.Json;
using System.Text.RegularExpressions;

namespace StreamChat.AgentWorker.Models.Demo.Needs;

/// <summary>The user's calendar: a matter for a personal assistant, who has none.</summary>
internal sealed partial class CalendarNeed : INeedKind
{
    public IReadOnlyList<string> Tools { get; } = [];

    public IReadOnlyList<string> Topics { get; } = ["personal", "assistant"];

    public IEnumerable<Mention> FindIn(string question) => Asked().Matches(question).Take(1).Select(m => new Mention(m.Index, m.Value));

    public IEnumerable<Need> Read(Mention mention, DemoConversation conversation) =>
        [new Need { Kind = this, Subject = mention.Text, Arguments = new Dictionary<string, object?>() }];

    public string Tell(Need need, JsonElement result, DemoConversation conversation) => ResultText.Of(result);

    public string Name(DemoConversation conversation) => conversation.Say("the calendar", "日历");

    [GeneratedRegex(@"\bmy (?:calendar|schedule)\b|我的(?:日程|日历)", RegexOptions.IgnoreCase)]
    private static partial Regex Asked();
}

using System.Text.Json;
using System.Text.RegularExpressions;

namespace StreamChat.AgentWorker.Models.Demo.Needs;

/// <summary>The user's notes, to-dos and reminders: for a personal assistant.</summary>
internal sealed partial class NotesNeed : INeedKind
{
    public IReadOnlyList<string> Tools { get; } = [];

    public IReadOnlyList<string> Topics { get; } = ["personal", "assistant"];

    public IEnumerable<Mention> FindIn(string question) => Asked().Matches(question).Take(1).Select(m => new Mention(m.Index, m.Value));

    public IEnumerable<Need> Read(Mention mention, DemoConversation conversation) =>
        [new Need { Kind = this, Subject = mention.Text, Arguments = new Dictionary<string, string>() }];

    public string Tell(Need need, JsonElement result, DemoConversation conversation) => ResultText.Of(result);

    public string Name(DemoConversation conversation) => conversation.Say("the notebook", "备忘录");

    [GeneratedRegex(
        @"\b(?:(?:take|make|write|add|save) (?:me )?(?:a |another |this )?notes?|my notes?|(?:to-?do|shopping) list|my (?:to-?dos?|tasks?|preferences)|" +
        @"add (?:a |another )?(?:to-?do|task)|remind me|set (?:me )?a reminder|my (?:calendar|schedule))\b|" +
        "备忘|记一下|记下来|记个笔记|(?:我的|写个?|做个?|新建)笔记|待办|提醒我|我的(?:日程|任务|偏好)|购物清单",
        RegexOptions.IgnoreCase)]
    private static partial Regex Asked();
}

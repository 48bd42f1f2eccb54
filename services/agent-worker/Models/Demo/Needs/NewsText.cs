using System.Text.Json;

namespace StreamChat.AgentWorker.Models.Demo.Needs;

/// <summary>Tells what the news tool answered.</summary>
internal static class NewsText
{
    private const string SampleData = "sample data";
    private const int MostItems = 3;

    /// <returns>Null when it is an answer of another form.</returns>
    public static string? Of(JsonElement result, string topic, DemoConversation conversation)
    {
        if (ResultText.List(result, "items") is not { } items)
        {
            return null;
        }

        var isSample = ResultText.Get(result, "note")?.Contains(SampleData, StringComparison.Ordinal) == true;
        var origin = isSample ? conversation.Say("This is sample data, not real news.", "（这是示例数据，并非真实新闻。）") : "";
        if (items.Count == 0)
        {
            return conversation.Say($"I found no news on {topic}. {origin}", $"没有找到关于{topic}的新闻。{origin}").TrimEnd();
        }

        var lines = items.Take(MostItems).Select(i => Line(i, isSample, conversation));
        return string.Join('\n', [conversation.Say($"Here is the news ({topic}):", $"以下是新闻（{topic}）："), .. lines, .. origin.Length > 0 ? ["", origin] : Array.Empty<string>()]);
    }

    private static string Line(JsonElement item, bool isSample, DemoConversation conversation)
    {
        var title = ResultText.Get(item, "title") ?? "";
        var source = isSample ? null : ResultText.Get(item, "source");
        return source is null ? $"- {title}" : conversation.Say($"- {title} ({source})", $"- {title}（{source}）");
    }
}

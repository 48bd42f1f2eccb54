using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace StreamChat.AgentWorker.Models.Demo.Needs;

/// <summary>The time or the date somewhere.</summary>
internal sealed partial class TimeNeed : INeedKind
{
    private static readonly string[] ChineseDays = ["日", "一", "二", "三", "四", "五", "六"];

    public IReadOnlyList<string> Tools { get; } = ["current_time"];

    public IReadOnlyList<string> Topics { get; } = ["time", "clock"];

    public IEnumerable<Mention> FindIn(string question) => Asked().Matches(question).Select(m => new Mention(m.Index, m.Value));

    public IEnumerable<Need> Read(Mention mention, DemoConversation conversation)
    {
        var places = Places.Around(mention);
        return (places.Count > 0 ? places : [""]).Select(place => new Need
        {
            Kind = this,
            Subject = place,
            SubjectArgument = place.Length == 0 ? null : "time_zone",
            Arguments = place.Length == 0 ? new Dictionary<string, object?>() : new() { ["time_zone"] = Places.Zone(place) },
        });
    }

    public string Tell(Need need, JsonElement result, DemoConversation conversation)
    {
        if (result.ValueKind != JsonValueKind.Object
            || !result.TryGetProperty("time", out var said)
            || !DateTimeOffset.TryParse(said.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            return conversation.Say($"The time is {ResultText.Of(result)}.", $"现在的时间是 {ResultText.Of(result)}。");
        }

        var zone = result.TryGetProperty("time_zone", out var id) ? id.ToString() : "";
        var place = need.Subject.Length > 0 ? need.Subject : zone;
        var offset = result.TryGetProperty("utc_offset", out var utc) ? utc.ToString() : time.ToString("zzz", CultureInfo.InvariantCulture);
        offset = offset.StartsWith("UTC", StringComparison.OrdinalIgnoreCase) ? offset : $"UTC{offset}";
        var day = time.ToString("dddd, d MMMM yyyy", CultureInfo.InvariantCulture);
        return conversation.Say(
            $"{(place.Length > 0 ? $"In {place} it" : "It")} is {time:HH:mm} on {day} ({offset}).",
            $"{place}现在是{time:yyyy}年{time.Month}月{time.Day}日，星期{ChineseDays[(int)time.DayOfWeek]}，{time:HH:mm}（{offset}）。");
    }

    public string Name(DemoConversation conversation) => conversation.Say("the clock", "时间查询工具");

    [GeneratedRegex(
        @"\b(?:what(?:'s| is| was)? (?:the )?(?:current |local |exact )?(?:time|date|day)(?: and date)?\b(?! (?:complexity|of|zone|limit))(?: is it| is today)?|" +
        @"current (?:local )?time|time is it|time now|local time|today's date|(?:tell|give) me the (?:current )?time|the time in\b(?<=the time))|" +
        "几点|什么时间|什么时候了|(?:现在|当前|目前)的?时间|今天(?:是)?(?:几号|几月|星期几|周几|礼拜几|什么日子|日期)|星期几|几月几[号日]|的时间(?=是|$|[。？?])",
        RegexOptions.IgnoreCase)]
    private static partial Regex Asked();
}

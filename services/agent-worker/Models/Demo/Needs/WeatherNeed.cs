using System.Text.Json;
using System.Text.RegularExpressions;

namespace StreamChat.AgentWorker.Models.Demo.Needs;

/// <summary>The weather in a city.</summary>
internal sealed partial class WeatherNeed : INeedKind
{
    public IReadOnlyList<string> Tools { get; } = ["get_weather", "weather"];

    public IReadOnlyList<string> Topics { get; } = ["weather"];

    public IEnumerable<Mention> FindIn(string question) => Asked().Matches(question).Select(m => new Mention(m.Index, m.Value));

    public IEnumerable<Need> Read(Mention mention, DemoConversation conversation)
    {
        var places = Places.Around(mention);
        if (places.Count == 0 && (Memory.City(conversation) ?? KnownContext.Get(conversation, "city")) is { } home)
        {
            places = [home];
        }

        return (places.Count > 0 ? places : [""]).Select(place => new Need
        {
            Kind = this,
            Subject = place,
            SubjectArgument = "city",
            Arguments = new Dictionary<string, object?> { ["city"] = place },
            Ask = place.Length > 0 ? null : conversation.Say("Which city would you like the weather for?", "请问您想查询哪个城市的天气？"),
        });
    }

    public string Tell(Need need, JsonElement result, DemoConversation conversation) =>
        WeatherText.Of(result, need.Subject, conversation)
        ?? conversation.Say($"The weather in {need.Subject}: {ResultText.Of(result)}.", $"{need.Subject}的天气：{ResultText.Of(result)}。");

    public string Name(DemoConversation conversation) => conversation.Say("the weather service", "天气查询工具");

    [GeneratedRegex("\\b(?:weather|forecast|temperature (?:in|outside)|is it raining|will it rain)\\b|天气|气温|下雨", RegexOptions.IgnoreCase)]
    private static partial Regex Asked();
}

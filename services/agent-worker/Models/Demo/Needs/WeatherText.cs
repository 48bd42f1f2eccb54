using System.Text.Json;

namespace StreamChat.AgentWorker.Models.Demo.Needs;

/// <summary>Tells what the weather tool answered.</summary>
internal static class WeatherText
{
    private const string SampleData = "sample data";

    private static readonly Dictionary<string, string> ChineseSkies = new(StringComparer.Ordinal)
    {
        ["clear sky"] = "晴",
        ["mainly clear"] = "晴间少云",
        ["partly cloudy"] = "多云",
        ["overcast"] = "阴",
        ["fog"] = "有雾",
        ["drizzle"] = "毛毛雨",
        ["freezing drizzle"] = "冻毛毛雨",
        ["light rain"] = "小雨",
        ["rain"] = "中雨",
        ["heavy rain"] = "大雨",
        ["freezing rain"] = "冻雨",
        ["light snow"] = "小雪",
        ["snow"] = "中雪",
        ["heavy snow"] = "大雪",
        ["snow grains"] = "米雪",
        ["rain showers"] = "阵雨",
        ["snow showers"] = "阵雪",
        ["thunderstorm"] = "雷暴",
        ["thunderstorm with hail"] = "雷暴伴冰雹",
    };

    /// <returns>Null when it is an answer of another form.</returns>
    public static string? Of(JsonElement result, string place, DemoConversation conversation)
    {
        if (result.ValueKind != JsonValueKind.Object || !result.TryGetProperty("current", out var now) || ResultText.Get(now, "temperature_c") is not { } degrees)
        {
            return null;
        }

        var sky = ResultText.Get(now, "sky") ?? "";
        var wind = ResultText.Get(now, "wind_kmh");
        var text = conversation.Say(
            $"The weather in {place}: {sky}, {degrees} °C{(wind is null ? "" : $", wind {wind} km/h")}.",
            $"{place}的天气：{Chinese(sky)}，{degrees}°C{(wind is null ? "" : $"，风速{wind}公里/小时")}。");
        return text + Tomorrow(result, conversation) + Origin(result, conversation);
    }

    private static string Tomorrow(JsonElement result, DemoConversation conversation)
    {
        if (ResultText.List(result, "forecast") is not [_, var day, ..] || ResultText.Get(day, "min_c") is not { } low || ResultText.Get(day, "max_c") is not { } high)
        {
            return "";
        }

        var sky = ResultText.Get(day, "sky") ?? "";
        return conversation.Say($" Tomorrow: {sky}, {low} to {high} °C.", $"明天{Chinese(sky)}，{low}到{high}°C。");
    }

    private static string Origin(JsonElement result, DemoConversation conversation) => ResultText.Get(result, "source") switch
    {
        null => "",
        SampleData => conversation.Say(" This is sample data, not the real weather.", "（这是示例数据，并非真实天气。）"),
        var source => conversation.Say($" Source: {source}.", $"（来源：{source}）"),
    };

    private static string Chinese(string sky) => ChineseSkies.GetValueOrDefault(sky, sky);
}

using System.Text.Json;
using Microsoft.Extensions.Options;
using StreamChat.TestSupport.Time;
using StreamChat.ToolWorker.BuiltIn.Context;
using StreamChat.ToolWorker.BuiltIn.News;
using StreamChat.ToolWorker.BuiltIn.Weather;
using StreamChat.ToolWorker.Tools;
using static StreamChat.UnitTests.ToolWorker.ToolProbe;

namespace StreamChat.UnitTests.ToolWorker.BuiltIn;

/// <summary>The weather and the news without a network, and the tool that changes the context.</summary>
public sealed class SampleToolTests
{
    private readonly FakeTimeProvider _time = new();

    private Tool Weather => new WeatherTool(new SampleWeather(_time), Options.Create(new WeatherOptions())).Tell;

    private static Tool News => new NewsTool(new SampleNews(), Options.Create(new NewsOptions())).Find;

    [Fact]
    public async Task Sample_weather_says_that_it_is_made_up_and_is_the_same_every_time()
    {
        var oslo = await ResultAsync(Weather, """{"city":"Oslo","days":5}""");
        Assert.Equal("sample data", oslo.GetProperty("source").GetString());
        Assert.Contains("made-up", oslo.GetProperty("note").GetString(), StringComparison.Ordinal);
        Assert.Equal(5, oslo.GetProperty("forecast").GetArrayLength());
        Assert.Equal(_time.GetUtcNow().ToString("yyyy-MM-dd", null), oslo.GetProperty("forecast")[0].GetProperty("date").GetString());
        Assert.Equal(oslo.GetProperty("current").GetRawText(), (await ResultAsync(Weather, """{"city":" oslo "}""")).GetProperty("current").GetRawText());

        string[] cities = ["Oslo", "Paris", "北京", "上海", "Lima", "Cairo", "东京", "New York", "Berlin", "Rome"];
        var seen = await Task.WhenAll(cities.Select(async c => (await ResultAsync(Weather, JsonSerializer.Serialize(new { city = c }))).GetProperty("current").GetRawText()));
        Assert.InRange(seen.Distinct().Count(), 8, 10);
    }

    [Fact]
    public async Task Sample_weather_of_every_place_can_be_believed()
    {
        for (var i = 0; i < 300; i++)
        {
            var report = await new SampleWeather(_time).GetAsync($"city {i}", 7, TestContext.Current.CancellationToken);
            Assert.All(report.Forecast, d => Assert.True(d.MinC < d.MaxC && d.Sky != "unknown"));
            Assert.All(report.Forecast, d => Assert.InRange(d.MinC, -10, 40));
            Assert.InRange(report.Current.HumidityPercent!.Value, 0, 100);
        }
    }

    [Theory]
    [InlineData("""{"city":" "}""", "Parameter 'city' must have 1 to 100 characters.")]
    [InlineData("{}", "Missing parameter 'city'.")]
    [InlineData("""{"city":"Oslo","days":8}""", "Parameter 'days' must be from 1 to 7.")]
    [InlineData("""{"city":"Oslo","days":1.5}""", "Parameter 'days' must be a JSON integer.")]
    public async Task A_wrong_argument_for_the_weather_is_named(string arguments, string error) =>
        Assert.Equal(error, (await CallAsync(Weather, arguments)).Error);

    [Theory]
    [InlineData("""{"topic":"space","language":"en"}""", 2, "Moon lander")]
    [InlineData("""{"topic":"太空"}""", 2, "月球着陆器")]
    [InlineData("""{"topic":"科技"}""", 3, "开源编译器")]
    [InlineData("""{"topic":"AI"}""", 1, "School teaches")] // and not what somebody said
    [InlineData("""{"topic":"SPACE telescope"}""", 1, "Telescope")]
    [InlineData("""{"language":"zh-CN"}""", 12, "开源编译器")]
    [InlineData("{}", 24, "Open-source compiler")]
    [InlineData("""{"topic":"gardening"}""", 0, null)]
    public async Task Sample_news_can_be_searched(string arguments, int total, string? first)
    {
        var result = await ResultAsync(News, arguments);
        Assert.Equal(total, result.GetProperty("total").GetInt32());
        Assert.Contains("sample data", result.GetProperty("note").GetString(), StringComparison.Ordinal);
        var items = result.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(Math.Min(total, 5), items.Count);
        Assert.All(items, i => Assert.Equal("sample data", i.GetProperty("source").GetString()));
        Assert.StartsWith(first ?? "", items.Count == 0 ? "" : items[0].GetProperty("title").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            items.Select(i => i.GetProperty("published").GetDateTimeOffset()).OrderDescending(), items.Select(i => i.GetProperty("published").GetDateTimeOffset()));
    }

    [Theory]
    [InlineData("""{"limit":0}""", "Parameter 'limit' must be from 1 to 20.")]
    [InlineData("""{"topic":7}""", "Parameter 'topic' must be a JSON string.")]
    public async Task A_wrong_argument_for_the_news_is_named(string arguments, string error) => Assert.Equal(error, (await CallAsync(News, arguments)).Error);

    [Theory]
    [InlineData("""{"city":" Berlin "}""", """{"city":"Berlin"}""")]
    [InlineData("""{"mood":"疲惫","sleep_hours":6.5,"diet":null}""", """{"mood":"疲惫","sleep_hours":6.5}""")]
    [InlineData("""{"member":"妈妈","diet":""}""", """{"member":"妈妈","diet":null}""")]
    public async Task What_is_said_of_the_situation_becomes_a_patch_of_the_context(string arguments, string patch)
    {
        var answer = await CallAsync(UpdateContextTool.Create(), arguments);
        Assert.Equal(patch, answer.Context!.Value.GetRawText());
        Assert.Equal($$"""{"updated":{{patch}}}""", answer.Result!.Value.GetRawText());
    }

    [Theory]
    [InlineData("{}", "There is nothing to remember: give at least one parameter.")]
    [InlineData("""{"sleep_hours":25}""", "Parameter 'sleep_hours' must be from 0 to 24.")]
    [InlineData("""{"height":180}""", "Unknown parameter 'height'.")]
    [InlineData("""{"city":5}""", "Parameter 'city' must be a JSON string.")]
    public async Task A_wrong_fact_is_refused_and_changes_nothing(string arguments, string error)
    {
        var answer = await CallAsync(UpdateContextTool.Create(), arguments);
        Assert.StartsWith(error, answer.Error, StringComparison.Ordinal);
        Assert.Null(answer.Context);
    }
}

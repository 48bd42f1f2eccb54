using System.Text.Json;
using Microsoft.Extensions.AI;
using StreamChat.TestSupport.Time;
using StreamChat.ToolWorker.BuiltIn.Time;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.UnitTests.ToolWorker;

public sealed class CurrentTimeToolTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 7, 31, 20, 15, 30, TimeSpan.Zero));

    [Fact]
    public async Task Tells_time_date_weekday_and_offset()
    {
        var result = await TellAsync("Asia/Tokyo");

        Assert.Equal(
            """{"time_zone":"Asia/Tokyo","time":"2026-08-01T05:15:30+09:00","date":"2026-08-01","weekday":"Saturday","utc_offset":"+09:00"}""",
            result.GetRawText());
    }

    [Theory]
    [InlineData(null, "UTC", "+00:00")]
    [InlineData(" ", "UTC", "+00:00")]
    [InlineData("utc", "UTC", "+00:00")]
    [InlineData("GMT", "UTC", "+00:00")]
    [InlineData("asia/tokyo", "Asia/Tokyo", "+09:00")]
    [InlineData("Tokyo", "Asia/Tokyo", "+09:00")]
    [InlineData("東京", "Asia/Tokyo", "+09:00")]
    [InlineData("Beijing", "Asia/Shanghai", "+08:00")]
    [InlineData("北京", "Asia/Shanghai", "+08:00")]
    [InlineData("New York", "America/New_York", "-04:00")]
    [InlineData("new_york", "America/New_York", "-04:00")]
    [InlineData("San Francisco", "America/Los_Angeles", "-07:00")]
    [InlineData("Kathmandu", "Asia/Kathmandu", "+05:45")]
    [InlineData("Buenos Aires", "America/Argentina/Buenos_Aires", "-03:00")]
    [InlineData("Europe/Paris", "Europe/Paris", "+02:00")]
    [InlineData("Port-au-Prince", "America/Port-au-Prince", "-04:00")]
    public async Task Finds_zones_and_cities(string? name, string zone, string offset)
    {
        var result = await TellAsync(name);

        Assert.Equal(zone, result.GetProperty("time_zone").GetString());
        Assert.Equal(offset, result.GetProperty("utc_offset").GetString());
    }

    [Theory]
    [InlineData("Tokio", "Unknown time zone 'Tokio'. Did you mean Asia/Tokyo?")]
    [InlineData("Asia/Tokkyo", "Unknown time zone 'Asia/Tokkyo'. Did you mean Asia/Tokyo")]
    [InlineData("Qqqqqqqqqq", "Unknown time zone 'Qqqqqqqqqq'. Use an IANA id such as 'Asia/Tokyo'.")]
    [InlineData("../../etc/passwd", "Unknown time zone")]
    [InlineData("/etc/localtime", "Unknown time zone")]
    [InlineData("Asia/../Asia/Tokyo", "Unknown time zone")]
    [InlineData("tzdata.zi", "Unknown time zone")]
    [InlineData("Asia", "Unknown time zone")]
    [InlineData("leapseconds", "Unknown time zone")]
    public async Task Says_what_may_have_been_meant(string name, string error) =>
        Assert.StartsWith(error, (await Assert.ThrowsAsync<ToolException>(() => TellAsync(name))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Refuses_what_is_too_long_to_be_a_name() =>
        Assert.Contains("longer than 64", (await Assert.ThrowsAsync<ToolException>(() => TellAsync(new string('a', 65)))).Message, StringComparison.Ordinal);

    [Fact]
    public void Every_city_of_the_table_has_a_zone()
    {
        foreach (var (city, id) in Cities.ByName)
        {
            Assert.Equal(id, TimeZones.Find(city).Id);
        }
    }

    private async Task<JsonElement> TellAsync(string? name)
    {
        AIFunctionArguments arguments = [];
        if (name is not null)
        {
            arguments["time_zone"] = name;
        }

        return Assert.IsType<JsonElement>(await CurrentTimeTool.Create(_time).Function.InvokeAsync(arguments, TestContext.Current.CancellationToken));
    }
}

using System.ComponentModel;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.ToolWorker.BuiltIn.Time;

/// <summary>What time it is somewhere.</summary>
internal sealed class CurrentTimeTool
{
    public const string Name = "current_time";

    private const string Description = "Tells the current date and time in a time zone or city.";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    // "+09:00" is for a model to read, not for a page
    private static readonly CurrentTimeJson Json = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    });

    private readonly TimeProvider _time;

    private CurrentTimeTool(TimeProvider time) => _time = time;

    public static Tool Create(TimeProvider time)
    {
        var tool = new CurrentTimeTool(time);
        return Tool.OfJson(tool.Tell, Name, Description, Timeout);
    }

    private JsonElement Tell(
        [Description("IANA time zone such as 'Asia/Tokyo', or a large city such as 'New York' or '北京'. UTC if absent.")] string? time_zone = null)
    {
        var zone = TimeZones.Find(time_zone);
        var now = TimeZoneInfo.ConvertTime(_time.GetUtcNow(), zone);
        var offset = now.ToString("zzz", CultureInfo.InvariantCulture);
        var result = new CurrentTime(
            zone.Id,
            now.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture),
            now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            now.DayOfWeek.ToString(),
            offset);
        return JsonSerializer.SerializeToElement(result, Json.CurrentTime);
    }
}

/// <summary>The answer.</summary>
/// <param name="TimeZone">The IANA id that was meant.</param>
/// <param name="Time">ISO 8601 with the offset, to the second.</param>
/// <param name="Date">The day there.</param>
/// <param name="Weekday">In English.</param>
/// <param name="UtcOffset">Signed hours and minutes.</param>
internal sealed record CurrentTime(string TimeZone, string Time, string Date, string Weekday, string UtcOffset);

[JsonSerializable(typeof(CurrentTime))]
internal sealed partial class CurrentTimeJson : JsonSerializerContext;

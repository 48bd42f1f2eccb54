using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace StreamChat.ToolWorker.BuiltIn.Weather;

/// <summary>What the tool answers.</summary>
/// <param name="Place">The place that was found.</param>
/// <param name="Country">Where it is; null when unknown.</param>
/// <param name="Source">Where it comes from; <see cref="SampleData"/> when it is made up.</param>
/// <param name="Current">As it is now.</param>
/// <param name="Forecast">Today and the days after.</param>
internal sealed record WeatherReport(string Place, string? Country, string Source, CurrentWeather Current, IReadOnlyList<DayWeather> Forecast)
{
    public const string SampleData = "sample data";

    /// <summary>Tells the model what to tell the user; null when there is nothing to be said.</summary>
    public string? Note { get; init; }
}

/// <summary>The weather now, in degrees Celsius and kilometres per hour; what was not measured is null.</summary>
internal sealed record CurrentWeather(double TemperatureC, double? FeelsLikeC, double? HumidityPercent, double? WindKmh, string Sky);

/// <summary>The weather of a day.</summary>
internal sealed record DayWeather(string Date, double MinC, double MaxC, double? RainPercent, string Sky);

[JsonSerializable(typeof(WeatherReport))]
internal sealed partial class WeatherJson : JsonSerializerContext
{
    /// <summary>As models like to read it.</summary>
    public static WeatherJson Plain { get; } = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    });
}

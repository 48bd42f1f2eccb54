using System.ComponentModel;
using System.Text.Json;
using Microsoft.Extensions.Options;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.ToolWorker.BuiltIn.Weather;

/// <summary>Knows the weather of places.</summary>
internal interface IWeatherSource
{
    /// <exception cref="ToolException">There is no such place, or the weather cannot be had.</exception>
    Task<WeatherReport> GetAsync(string city, int days, CancellationToken cancellationToken);
}

/// <summary>The weather somewhere, now and in the next days.</summary>
internal sealed class WeatherTool(IWeatherSource source, IOptions<WeatherOptions> options)
{
    public const string Name = "weather";

    private const string Description =
        "Tells the weather of a city now and the forecast for the next days. When the result's source is 'sample data', tell the user so.";

    private const int MaxCityLength = 100;
    private const int DefaultDays = 3;
    private const int MostDays = 7;

    // a city is found first, then its weather
    private const int Requests = 2;

    public Tool Tell => Tool.OfJson(TellAsync, Name, Description, (options.Value.Timeout * Requests) + TimeSpan.FromSeconds(1));

    private async Task<JsonElement> TellAsync(
        [Description("The city, such as 'Oslo' or '北京'.")] string city,
        [Description("How many days, 1 to 7, today included; 3 if absent.")] int? days = null,
        CancellationToken cancellationToken = default)
    {
        var place = city.Trim();
        if (place.Length is 0 or > MaxCityLength)
        {
            throw new ToolException($"Parameter 'city' must have 1 to {MaxCityLength} characters.");
        }

        if (days is < 1 or > MostDays)
        {
            throw new ToolException($"Parameter 'days' must be from 1 to {MostDays}.");
        }

        var report = await source.GetAsync(place, days ?? DefaultDays, cancellationToken);
        return JsonSerializer.SerializeToElement(report, WeatherJson.Plain.WeatherReport);
    }
}

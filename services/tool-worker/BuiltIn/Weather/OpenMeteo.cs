using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using StreamChat.ToolWorker.BuiltIn.Http;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.ToolWorker.BuiltIn.Weather;

/// <summary>The weather of a service with the interface of Open-Meteo: one request finds the city, another its weather.</summary>
internal sealed class OpenMeteo(BoundedHttp http, IOptions<WeatherOptions> options) : IWeatherSource
{
    private const string Service = "weather service";

    public async Task<WeatherReport> GetAsync(string city, int days, CancellationToken cancellationToken)
    {
        var place = await FindAsync(city, cancellationToken);
        var (latitude, longitude) = (Text(place.Latitude), Text(place.Longitude));
        var forecast = await GetAsync(
            HttpAddress.Below(
                options.Value.ForecastAddress,
                $"v1/forecast?latitude={latitude}&longitude={longitude}&forecast_days={Text(days)}&timezone=auto" +
                "&current=temperature_2m,apparent_temperature,relative_humidity_2m,wind_speed_10m,weather_code" +
                "&daily=weather_code,temperature_2m_max,temperature_2m_min,precipitation_probability_max"),
            cancellationToken);
        return Read(() =>
        {
            var now = forecast.GetProperty("current");
            var daily = forecast.GetProperty("daily");
            var current = new CurrentWeather(
                Number(now.GetProperty("temperature_2m")),
                Measured(now.GetProperty("apparent_temperature")),
                Measured(now.GetProperty("relative_humidity_2m")),
                Measured(now.GetProperty("wind_speed_10m")),
                Sky(now.GetProperty("weather_code")));
            var count = Math.Min(days, daily.GetProperty("time").GetArrayLength());
            return new WeatherReport(
                place.Name, place.Country, options.Value.ForecastAddress.Host, current, [.. Enumerable.Range(0, count).Select(i => Day(daily, i))]);
        });
    }

    private async Task<Place> FindAsync(string city, CancellationToken cancellationToken)
    {
        var language = city.Any(c => c is >= '\u3400' and <= '\u9FFF') ? "zh" : "en";
        var found = await GetAsync(
            HttpAddress.Below(
                options.Value.GeocodingAddress, $"v1/search?name={Uri.EscapeDataString(city)}&count=1&language={language}&format=json"),
            cancellationToken);
        return Read(() =>
        {
            // without any result there is no list at all
            if (!found.TryGetProperty("results", out var results) || results.GetArrayLength() == 0)
            {
                throw new ToolException($"There is no place named '{city}'.");
            }

            var first = results[0];
            return new Place(
                first.GetProperty("name").GetString() ?? city,
                first.TryGetProperty("country", out var country) ? country.GetString() : null,
                first.GetProperty("latitude").GetDouble(),
                first.GetProperty("longitude").GetDouble());
        });
    }

    private async Task<JsonElement> GetAsync(Uri address, CancellationToken cancellationToken)
    {
        var body = await http.GetAsync(Service, address, options.Value.Timeout, options.Value.MaxResponseBytes, cancellationToken);
        return Read(() => JsonElement.Parse(body));
    }

    private static DayWeather Day(JsonElement daily, int i) => new(
        daily.GetProperty("time")[i].GetString() ?? throw new FormatException("A day without a date."),
        Number(daily.GetProperty("temperature_2m_min")[i]),
        Number(daily.GetProperty("temperature_2m_max")[i]),
        Measured(daily.GetProperty("precipitation_probability_max")[i]),
        Sky(daily.GetProperty("weather_code")[i]));

    private static double Number(JsonElement value) => Math.Round(value.GetDouble(), 1);

    private static double? Measured(JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : Number(value);

    private static string Sky(JsonElement value) => Skies.Name(value.TryGetInt32(out var code) ? code : -1);

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whatever is not as it should be in an answer is one and the same to the model.</summary>
    private static T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or IndexOutOfRangeException)
        {
            throw new ToolException($"The {Service} gave an answer that cannot be read.");
        }
    }

    private sealed record Place(string Name, string? Country, double Latitude, double Longitude);
}

using System.Globalization;
using System.Text;

namespace StreamChat.ToolWorker.BuiltIn.Weather;

/// <summary>Made-up weather, for trying everything without a network: the same for a city every time, and said to be made up.</summary>
internal sealed class SampleWeather(TimeProvider time) : IWeatherSource
{
    private const string Note = "This is made-up sample data, not the real weather.";

    private static readonly int[] Codes = [0, 1, 2, 3, 61, 2, 80, 1, 3, 63];

    public Task<WeatherReport> GetAsync(string city, int days, CancellationToken cancellationToken)
    {
        var today = time.GetUtcNow();
        var seed = Seed(city);
        var mean = (int)(seed % 26) + 2;
        var forecast = Enumerable.Range(0, days).Select(day => Day(seed, mean, day, today)).ToList();
        var now = new CurrentWeather(
            forecast[0].MaxC - 2, forecast[0].MaxC - 4, 45 + (int)(seed / 7 % 50), 4 + (int)(seed / 11 % 26), forecast[0].Sky);
        return Task.FromResult(new WeatherReport(city, null, WeatherReport.SampleData, now, forecast) { Note = Note });
    }

    private static DayWeather Day(uint seed, int mean, int day, DateTimeOffset today)
    {
        var change = (int)((seed / 13) + ((uint)day * 5)) % 5 - 2;
        var code = Codes[((seed / 17) + ((uint)day * 3)) % Codes.Length];
        return new DayWeather(
            today.AddDays(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            mean + change - 4,
            mean + change + 3,
            code >= 51 ? 70 : code == 3 ? 30 : 5,
            Skies.Name(code));
    }

    /// <summary>FNV-1a: the same in every process, unlike the hash codes of strings.</summary>
    private static uint Seed(string city)
    {
        var hash = 2166136261;
        foreach (var octet in Encoding.UTF8.GetBytes(city.ToLowerInvariant()))
        {
            hash = unchecked((hash ^ octet) * 16777619);
        }

        return hash;
    }
}

using System.ComponentModel.DataAnnotations;
using StreamChat.ToolWorker.BuiltIn.Http;

namespace StreamChat.ToolWorker.BuiltIn.Weather;

/// <summary>Where the weather comes from.</summary>
internal enum WeatherProvider
{
    /// <summary>Made up, the same for a city every time, and said to be; needs no network.</summary>
    Sample,

    /// <summary>Open-Meteo, or another service with its interface.</summary>
    OpenMeteo,
}

/// <summary>Section <c>Tools:Weather</c>.</summary>
internal sealed class WeatherOptions : IValidatableObject
{
    public const string Section = "Tools:Weather";

    /// <summary>Where the weather comes from; sample data unless said otherwise.</summary>
    public WeatherProvider Provider { get; set; } = WeatherProvider.Sample;

    /// <summary>Base address of the service that finds cities.</summary>
    public Uri GeocodingAddress { get; set; } = new("https://geocoding-api.open-meteo.com/");

    /// <summary>Base address of the service that knows the weather.</summary>
    public Uri ForecastAddress { get; set; } = new("https://api.open-meteo.com/");

    /// <summary>How long one request to them may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long their answers may be.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MaxResponseBytes { get; set; } = 256 * 1024;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Enum.IsDefined(Provider))
        {
            yield return new ValidationResult("Is not one of Sample, OpenMeteo.", [nameof(Provider)]);
        }

        if (!HttpAddress.IsUsable(GeocodingAddress))
        {
            yield return new ValidationResult(HttpAddress.Wanted, [nameof(GeocodingAddress)]);
        }

        if (!HttpAddress.IsUsable(ForecastAddress))
        {
            yield return new ValidationResult(HttpAddress.Wanted, [nameof(ForecastAddress)]);
        }
    }
}

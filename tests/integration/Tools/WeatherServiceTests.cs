using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StreamChat.IntegrationTests.Storage;
using StreamChat.TestSupport.Waiting;
using StreamChat.ToolWorker.BuiltIn;
using StreamChat.ToolWorker.BuiltIn.Weather;

namespace StreamChat.IntegrationTests.Tools;

/// <summary>The weather of a service, over real HTTP, and every way in which the service can fail.</summary>
public sealed class WeatherServiceTests : IAsyncLifetime
{
    private const string Found = """{"results":[{"name":"Oslo","country":"Norway","latitude":59.91273,"longitude":10.74609}],"generationtime_ms":0.5}""";

    private const string Forecast = """
        {"latitude":59.9,"current":{"time":"2026-03-03T10:00","temperature_2m":7.06,"apparent_temperature":null,"relative_humidity_2m":81,"wind_speed_10m":12.4,"weather_code":61},
         "daily":{"time":["2026-03-03","2026-03-04"],"weather_code":[61,3],"temperature_2m_max":[8.1,9.0],"temperature_2m_min":[1.5,-3.2],"precipitation_probability_max":[75,null]}}
        """;

    private readonly List<string> _logged = [];
    private ScriptedServer _server = null!;
    private ServiceProvider _services = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ScriptedServer.StartAsync();
        _services = Services(_server.Address, _logged);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_city_is_found_and_its_weather_told_with_its_source()
    {
        Answer();
        var result = (await CallAsync("""{"city":"Oslo","days":5}""")).Result!.Value;
        Assert.Equal(
            """{"place":"Oslo","country":"Norway","source":"127.0.0.1","current":{"temperature_c":7.1,"humidity_percent":81,"wind_kmh":12.4,"sky":"light rain"},"forecast":[{"date":"2026-03-03","min_c":1.5,"max_c":8.1,"rain_percent":75,"sky":"light rain"},{"date":"2026-03-04","min_c":-3.2,"max_c":9,"sky":"overcast"}]}""",
            result.GetRawText());
        Assert.Equal("/base/v1/search?name=Oslo&count=1&language=en&format=json", _server.Asked[0]);
        Assert.StartsWith("/base/v1/forecast?latitude=59.91273&longitude=10.74609&forecast_days=5&timezone=auto&current=", _server.Asked[1], StringComparison.Ordinal);
        Assert.Empty(_logged);
    }

    [Fact]
    public async Task A_citys_name_is_nothing_but_a_name()
    {
        Answer();
        await CallAsync("""{"city":"北京&count=100#x/../y"}""");
        Assert.Equal("/base/v1/search?name=%E5%8C%97%E4%BA%AC%26count%3D100%23x%2F..%2Fy&count=1&language=zh&format=json", _server.Asked[0]);
    }

    [Theory]
    [InlineData("""{"generationtime_ms":0.5}""")]
    [InlineData("""{"results":[]}""")]
    public async Task A_city_that_is_not_there_is_said_to_be_so(string found)
    {
        _server.Says(found);
        Assert.Equal("There is no place named 'Atlantis'.", (await CallAsync("""{"city":"Atlantis"}""")).Error);
    }

    [Theory]
    [InlineData(Fault.TooManyRequests, "The weather service is asked too often. Try again later.")]
    [InlineData(Fault.ServerError, "The weather service failed (HTTP 503). Try again later.")]
    [InlineData(Fault.Forbidden, "The weather service refuses to answer.")]
    [InlineData(Fault.NotFound, "The weather service gave no answer to this (HTTP 404).")]
    [InlineData(Fault.Silent, "The weather service did not answer in time. Try again later.")]
    [InlineData(Fault.SilentInTheMiddle, "The weather service did not answer in time. Try again later.")]
    [InlineData(Fault.CutOff, "The weather service could not be reached. Try again later.")]
    [InlineData(Fault.Endless, "The weather service sent more than can be read.")]
    [InlineData(Fault.Malformed, "The weather service gave an answer that cannot be read.")]
    [InlineData(Fault.OfAnotherForm, "The weather service gave an answer that cannot be read.")]
    [InlineData(Fault.Gone, "The weather service could not be reached. Try again later.")]
    public async Task Every_fault_of_the_service_is_an_error_in_words(Fault fault, string error)
    {
        foreach (var faulty in new[] { "search", "forecast" })
        {
            _server.Script = context => context.Request.Path.Value!.EndsWith(faulty, StringComparison.Ordinal)
                ? Faults.ApplyAsync(fault, context)
                : context.Response.WriteAsync(Found);
            if (fault == Fault.Gone)
            {
                await _server.DisposeAsync();
            }

            var answer = await CallAsync("""{"city":"Oslo"}""");
            Assert.Equal(error, answer.Error);
            Assert.Null(answer.Result);
        }

        Assert.All(_logged, line => Assert.DoesNotContain("Oslo", line, StringComparison.Ordinal));
        Assert.All(_logged, line => Assert.DoesNotContain("secret", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_run_that_is_cancelled_ends_the_request()
    {
        TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.Script = async context =>
        {
            context.RequestAborted.Register(gone.SetResult);
            await gone.Task;
        };
        using CancellationTokenSource stop = new();
        var tools = Tools();
        await using var scope = tools;
        var call = tools.InvokeAsync(OpenTools.Call("weather", """{"city":"Oslo"}"""), stop.Token);
        await Eventually.TrueAsync(() => _server.Asked.Count == 1);
        await stop.CancelAsync();
        Assert.Equal("The tool was stopped before it answered.", (await call).Error);
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("Tools:Weather:ForecastAddress", "ftp://x/", "Tools:Weather:ForecastAddress")]
    [InlineData("Tools:Weather:Provider", "7", "Tools:Weather:Provider")]
    [InlineData("Tools:News:Feeds:0:Address", "/feed", "Tools:News:Feeds:0:Name")]
    public void A_wrong_setting_stops_the_start_with_its_name(string key, string value, string named)
    {
        using var services = Services(_server.Address, [], (key, value));
        var error = Assert.Throws<OptionsValidationException>(() =>
            key.Contains("News", StringComparison.Ordinal)
                ? (object)services.GetRequiredService<IOptions<StreamChat.ToolWorker.BuiltIn.News.NewsOptions>>().Value
                : services.GetRequiredService<IOptions<WeatherOptions>>().Value);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    internal static ServiceProvider Services(Uri server, List<string> logged, params (string Key, string Value)[] settings)
    {
        Dictionary<string, string?> values = new()
        {
            ["Tools:Weather:Provider"] = "OpenMeteo",
            ["Tools:Weather:GeocodingAddress"] = new Uri(server, "/base/").ToString(),
            ["Tools:Weather:ForecastAddress"] = new Uri(server, "/base").ToString(),
            ["Tools:Weather:Timeout"] = "00:00:01",
            ["Tools:Weather:MaxResponseBytes"] = "20000",
            ["Tools:News:Timeout"] = "00:00:01",
            ["Tools:News:MaxFeedBytes"] = "20000",
        };
        foreach (var (key, value) in settings)
        {
            values[key] = value;
        }

        ServiceCollection services = new();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
        services.AddSingleton(TimeProvider.System);
        services.AddLogging(b => b.SetMinimumLevel(LogLevel.Debug).AddProvider(new Recording(logged)));
        services.AddBuiltInTools();
        return services.BuildServiceProvider();
    }

    private OpenTools Tools() => new(
        new StreamChat.Storage.StoreOptions { ConnectionString = "Data Source=:memory:" }, null, null, _services.GetRequiredService<WeatherTool>().Tell);

    private async Task<Contracts.Tools.ToolResult> CallAsync(string arguments)
    {
        await using var tools = Tools();
        return await tools.InvokeAsync("weather", arguments);
    }

    private void Answer() => _server.Script = context =>
        context.Response.WriteAsync(context.Request.Path.Value!.EndsWith("search", StringComparison.Ordinal) ? Found : Forecast);

    internal sealed class Recording(List<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (lines)
            {
                lines.Add(formatter(state, exception));
            }
        }

        public void Dispose()
        {
        }
    }
}

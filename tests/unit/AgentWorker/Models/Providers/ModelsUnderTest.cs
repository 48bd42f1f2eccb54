using System.Diagnostics.Metrics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StreamChat.AgentWorker;
using StreamChat.AgentWorker.Models;
using StreamChat.Hosting.Identity;
using StreamChat.TestSupport.Models;

namespace StreamChat.UnitTests.AgentWorker.Models.Providers;

/// <summary>The models as the agent-worker registers them, with what they log and count.</summary>
internal sealed class ModelsUnderTest : IAsyncDisposable
{
    public const string Key = "sk-never-to-be-seen-0123456789";

    private readonly ServiceProvider _services;
    private readonly MeterListener _meters = new();
    private readonly List<string> _counted = [];

    public ModelsUnderTest(TimeProvider time, params (string Key, string? Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => s.Value)).Build();
        _services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton(time)
            .AddSingleton<IIdGenerator>(new SystemIdGenerator(TimeProvider.System))
            .AddMetrics()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(Log))
            .AddAgentWorker(configuration)
            .BuildServiceProvider();
        var meters = _services.GetRequiredService<IMeterFactory>();
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters && instrument.Name.StartsWith("streamchat.model.", StringComparison.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Count(instrument, value, tags));
        _meters.Start();
    }

    /// <summary>Everything that was logged, Debug and above.</summary>
    public LogLines Log { get; } = new();

    public IModelDirectory Directory => _services.GetRequiredService<IModelDirectory>();

    /// <summary>What was counted: name, tags and by how much.</summary>
    public IReadOnlyList<string> Counted
    {
        get
        {
            lock (_counted)
            {
                return [.. _counted];
            }
        }
    }

    /// <summary>One model of OpenAI's kind at a scripted server.</summary>
    public static ModelsUnderTest OpenAI(ModelServer server, TimeProvider time, params (string Key, string? Value)[] settings) => new(
        time,
        [("Model:Provider", "openai"), ("Model:Endpoint", new Uri(server.Address, "/v1").ToString()), ("Model:ApiKey", Key), ("Model:Name", "first"), ("Model:RetryDelay", "00:00:00.001"), .. settings]);

    /// <summary>One of Anthropic's kind.</summary>
    public static ModelsUnderTest Anthropic(ModelServer server, TimeProvider time, params (string Key, string? Value)[] settings) => new(
        time,
        [("Model:Provider", "anthropic"), ("Model:Endpoint", server.Address.ToString()), ("Model:ApiKey", Key), ("Model:Name", "first"), ("Model:RetryDelay", "00:00:00.001"), .. settings]);

    /// <summary>Asks the model and takes all that it says.</summary>
    /// <returns>What it said, in short, and the failure that it ended with.</returns>
    public async Task<(List<string> Said, ModelException? Failure)> AskAsync(IEnumerable<ChatMessage>? messages = null, ChatOptions? options = null, string? model = null)
    {
        List<string> said = [];
        try
        {
            await foreach (var update in Directory.Choose(model, agents: null).GetStreamingResponseAsync(messages ?? [new ChatMessage(ChatRole.User, "hi")], options, TestContext.Current.CancellationToken))
            {
                said.AddRange(update.Contents.Select(Describe).OfType<string>());
                if (update.FinishReason is { } reason)
                {
                    said.Add($"finish {reason.Value}");
                }
            }
        }
        catch (ModelException e)
        {
            return (said, e);
        }

        return (said, null);
    }

    public async ValueTask DisposeAsync()
    {
        _meters.Dispose();
        await _services.DisposeAsync();
    }

    private static string? Describe(AIContent content) => content switch
    {
        ModelAsked asked => $"asked {asked.Model.Name}",
        TextReasoningContent reasoning => reasoning.Text.Length > 0 ? $"({reasoning.Text})" : null,
        TextContent text => text.Text.Length > 0 ? text.Text : null,
        ToolCallDelta delta => $"{delta.CallId}+{delta.Name}+{delta.Arguments}",
        FunctionCallContent call => $"{call.CallId}={call.Name}{(call.Exception is null ? ToolArguments.ToJson(call).GetRawText() : "!")}",
        UsageContent usage => $"usage {usage.Details.InputTokenCount}/{usage.Details.OutputTokenCount}",
        _ => content.GetType().Name,
    };

    private void Count(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var line = $"{instrument.Name["streamchat.model.".Length..]} {string.Join(' ', tags.ToArray().Select(t => t.Value))} {value}";
        lock (_counted)
        {
            _counted.Add(line);
        }
    }
}

/// <summary>Keeps what is logged, exceptions and all.</summary>
internal sealed class LogLines : ILoggerProvider
{
    private readonly List<string> _lines = [];

    public string All
    {
        get
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this);

    public void Dispose()
    {
    }

    private sealed class Logger(LogLines owner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (owner._lines)
            {
                owner._lines.Add($"{logLevel} {eventId.Id} {formatter(state, exception)} {exception}");
            }
        }
    }
}

using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Agents;
using StreamChat.AgentWorker.Agents.Guardrails;
using StreamChat.AgentWorker.Agents.Team;
using StreamChat.AgentWorker.Models;
using StreamChat.AgentWorker.Relay;
using StreamChat.AgentWorker.Runs;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Events;
using StreamChat.Contracts.Tools;
using StreamChat.Hosting.Identity;
using StreamChat.Hosting.Options;
using StreamChat.UnitTests.AgentWorker.Models;
using StreamChat.UnitTests.AgentWorker.Runs;

namespace StreamChat.UnitTests.AgentWorker.Agents;

/// <summary>What the model was asked in one call.</summary>
internal sealed record Asked(IReadOnlyList<ChatMessage> Messages, ChatOptions Options)
{
    public string System => Messages[0].Text;

    public IEnumerable<string> Tools => Options.Tools!.Select(t => t.Name);
}

/// <summary>Runs the agent loop over a model that says what the test wants, with everything else real but the bus.</summary>
internal sealed class AgentRun
{
    private readonly List<Asked> _asked = [];
    private readonly List<string> _called = [];
    private readonly RunTranscript _transcript = new(Guid.Empty);
    private readonly Lane _lane = new();
    private readonly List<RunEvent> _read = [];
    private RunLog? _log;

    /// <summary>Each call of the model in turn.</summary>
    public IReadOnlyList<Asked> Asked => _asked;

    /// <summary>The tools that were really called.</summary>
    public IReadOnlyList<string> Called => _called;

    public IReadOnlyList<RunEvent> Events { get; private set; } = [];

    /// <summary>What is stored.</summary>
    public RunTranscript Transcript => _transcript;

    public static AIContent Text(string text) => new TextContent(text);

    public static AIContent Call(string id, string tool) => new FunctionCallContent(id, tool, new Dictionary<string, object?>());

    public static StoredMessage User(string text, string id = "u1") => new() { MessageId = id, Role = "user", Content = text };

    /// <summary>What tools return, by name; any other returns <c>done</c>.</summary>
    public Dictionary<string, ToolOutcome> Returns { get; } = [];

    /// <summary>The context that each call of a tool came with.</summary>
    public List<string?> Contexts { get; } = [];

    /// <summary>Adds to what the loop is made of.</summary>
    public Action<IServiceCollection> Configure { get; init; } = _ => { };

    /// <summary>Stops the run.</summary>
    public CancellationToken Stopping { get; init; } = TestContext.Current.CancellationToken;

    /// <summary>The clock of tools' deadlines.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What has been said so far.</summary>
    public IReadOnlyList<RunEvent> Now
    {
        get
        {
            lock (_read)
            {
                // reading moves the cursor
                if (_log is { } log && _lane.Cursor is { } cursor)
                {
                    _read.AddRange(log.Read(cursor).Events);
                }

                return [.. _read];
            }
        }
    }

    /// <summary>The tools that tool-workers offer.</summary>
    public IReadOnlyList<string> Offered { get; init; } = ["calculator", "current_time", "weather"];

    /// <param name="task">What is asked.</param>
    /// <param name="settings">Configuration.</param>
    /// <param name="answers">What the model says each time; the last one again and again.</param>
    public Task ExecuteAsync(AgentTask task, (string Key, string? Value)[] settings, params AIContent[][] answers) =>
        ExecuteAsync(task, settings, new Model(_asked, answers));

    /// <param name="task">What is asked.</param>
    /// <param name="settings">Configuration.</param>
    /// <param name="model">Who answers.</param>
    public async Task ExecuteAsync(AgentTask task, (string Key, string? Value)[] settings, IChatClient model)
    {
        await using var services = Services(settings, model);
        var catalog = new ToolCatalog(TimeProvider.System);
        catalog.Announce(new ToolsAnnounced { ToolWorkerId = "w", ValidFor = TimeSpan.FromHours(1), Tools = [.. Offered.Select(Describe)] });
        var log = new RunLog(Guid.Empty, 1, 1_000_000, 1_000_000);
        log.Attach(_lane, 0);
        _log = log;
        var limits = services.GetRequiredService<IOptions<RunOptions>>();
        var metrics = ActivatorUtilities.CreateInstance<RunMetrics>(services, TimeProvider.System);
        var loop = new AgentLoop(
            new AgentTeam(services.GetRequiredService<IOptions<AgentsOptions>>()),
            new Personalities(services.GetRequiredService<IOptions<PersonalitiesOptions>>()),
            ActivatorUtilities.CreateInstance<InstructionTemplates>(services),
            new OneModel(model),
            catalog,
            services.GetRequiredService<InputChecks>(),
            new ModelReplies(limits, ActivatorUtilities.CreateInstance<ModelMetrics>(services, TimeProvider.System)),
            new ToolRound(new Tools(this), limits, Time),
            limits,
            metrics);
        try
        {
            await loop.RunAsync(task, new RunWriter(log, _transcript, Stopping), _transcript, Stopping);
        }
        finally
        {
            Events = Now;
        }
    }

    /// <summary>The events in short, hand-offs with their value and steps with their agent; checks that passed are left out.</summary>
    public IEnumerable<string> Story => Events.Select(e => e switch
    {
        Custom { Name: CustomEvents.Guardrail } check when check.Value.GetProperty("passed").GetBoolean() => "",
        StateSnapshot state => $"state {state.Snapshot.GetRawText()}",
        StateDelta state => $"change {state.Delta.GetRawText()}",
        StepStarted step => $"+{step.StepName}",
        StepFinished step => $"-{step.StepName}",
        Custom custom => $"{custom.Name} {custom.Value.GetRawText()}",
        TextMessageContent text => text.Delta,
        ReasoningMessageContent reasoning => $"({reasoning.Delta})",
        ToolCallStart call => $"call {call.ToolCallName}",
        ToolCallResult result => $"result {result.Content}",
        _ => "",
    }).Where(s => s.Length > 0);

    /// <summary>The agents in the order in which they took part.</summary>
    public IEnumerable<string> Agents => Events.OfType<StepStarted>().Select(s => s.StepName);

    /// <summary>All that was said.</summary>
    public string Said => string.Concat(Events.OfType<TextMessageContent>().Select(t => t.Delta));

    private ServiceProvider Services((string Key, string? Value)[] settings, IChatClient model)
    {
        var services = new ServiceCollection();
        services.AddMetrics();
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton(Time);
        services.AddSingleton<IIdGenerator>(new SystemIdGenerator(TimeProvider.System));
        services.AddSingleton<IModelDirectory>(new OneModel(model));
        services.AddGuardrails();
        services.AddSingleton<IConfiguration>(
            new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => s.Value)).Build());
        services.AddValidatedOptions<AgentsOptions>(AgentsOptions.Section);
        services.AddValidatedOptions<PersonalitiesOptions>(PersonalitiesOptions.Section);
        services.AddValidatedOptions<RunOptions>(RunOptions.Section);
        Configure(services);
        return services.BuildServiceProvider();
    }

    private static ToolDescription Describe(string name) => new()
    {
        Name = name,
        Description = name,
        Parameters = JsonElement.Parse("""{"type":"object"}"""),
        Timeout = TimeSpan.FromSeconds(1),
        SafeToRepeat = true,
    };

    private sealed class Model(List<Asked> asked, AIContent[][] answers) : IChatClient
    {
        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            asked.Add(new Asked([.. messages], options!));
            yield return new ChatResponseUpdate(ChatRole.Assistant, [.. answers[Math.Min(asked.Count, answers.Length) - 1]]);
        }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }

    private sealed class Tools(AgentRun run) : IToolCaller
    {
        public Task<ToolOutcome> CallAsync(AgentTurn turn, FunctionCallContent call, CancellationToken cancellationToken)
        {
            run._called.Add(call.Name);
            run.Contexts.Add(turn.Context.Json?.GetRawText());
            return Task.FromResult(run.Returns.GetValueOrDefault(call.Name) ?? new ToolOutcome(JsonElement.Parse("\"done\""), null));
        }
    }

    private sealed class Lane : IRelayLane
    {
        public RunCursor? Cursor { get; private set; }

        public bool IsClosed => false;

        public void Offer(RunCursor cursor) => Cursor = cursor;
    }
}

using System.Text.Json;
using Microsoft.Extensions.AI;
using StreamChat.IntegrationTests.Runs;
using StreamChat.TestSupport.Models;
using StreamChat.TestSupport.Sockets;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.IntegrationTests.Models;

/// <summary>The whole service, its models at scripted providers; with all that it logged and all that its client was sent.</summary>
internal sealed class ProvidedService : IAsyncDisposable
{
    public const string Key = "sk-never-to-be-seen-0123456789";

    /// <summary>Stands for the server's address in settings.</summary>
    public const string ServerPlace = "{server}";

    private readonly List<string> _frames = [];
    private readonly KeptLogs _logs;
    private WholeService _service = null!;
    private NativeClient _client = null!;

    private ProvidedService(ModelServer server, KeptLogs logs) => (Server, _logs) = (server, logs);

    public ModelServer Server { get; }

    public WholeService Service => _service;

    /// <summary>What has been logged, Debug and above.</summary>
    public string Logs => _logs.All;

    /// <summary>Every frame that the client got.</summary>
    public string Frames => string.Join('\n', _frames);

    /// <summary>A default model at the server, of OpenAI's kind unless the settings say otherwise.</summary>
    public static async Task<ProvidedService> StartAsync(Uri broker, IEnumerable<Tool>? tools, params (string Key, string Value)[] settings)
    {
        var provided = new ProvidedService(await ModelServer.StartAsync(), new KeptLogs());
        provided._service = await WholeService.StartAsync(
            broker,
            new ScriptedModel((_, _) => AsyncEnumerable.Empty<ChatResponseUpdate>()),
            tools,
            store: null,
            provided._logs,
            [
                ("Model:Provider", "openai"), ("Model:Endpoint", new Uri(provided.Server.Address, "/v1").ToString()), ("Model:ApiKey", Key), ("Model:Name", "first"),
                ("Model:RetryDelay", "00:00:00.010"),
                .. settings.Select(s => (s.Key, s.Value.Replace(ServerPlace, provided.Server.Address.ToString(), StringComparison.Ordinal))),
            ]);
        provided._client = await provided._service.ConnectAsync();
        return provided;
    }

    /// <summary>Asks and reads until the run has ended.</summary>
    public async Task<SeenRun> AskAsync(string text, string? threadId = null, string? model = null, object[]? images = null)
    {
        var run = await BeginAsync(text, threadId, model, images);
        await ReadUntilAsync(run, () => run.Transcript.Ended);
        return run;
    }

    /// <summary>Asks.</summary>
    public async Task<SeenRun> BeginAsync(string text, string? threadId = null, string? model = null, object[]? images = null)
    {
        var run = new SeenRun(Guid.CreateVersion7());
        await _client.SendAsync(JsonSerializer.Serialize(
            new { type = "run", runId = run.Transcript.RunId, threadId, model, messages = new[] { new { role = "user", content = text, images } } }));
        return run;
    }

    public async Task CancelAsync(SeenRun run) =>
        await _client.SendAsync(JsonSerializer.Serialize(new { type = "cancel", runId = run.Transcript.RunId }));

    /// <summary>Reads until something is true of a run.</summary>
    public async Task ReadUntilAsync(SeenRun run, Func<bool> until)
    {
        while (!until())
        {
            var frame = await _client.ReceiveAsync();
            _frames.Add(frame.GetRawText());
            run.Frames.Add(frame);
            run.Transcript.Add(frame);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _service.DisposeAsync();
        await Server.DisposeAsync();
    }
}

/// <summary>One run as the client saw it.</summary>
internal sealed class SeenRun(Guid runId)
{
    public Transcript Transcript { get; } = new(runId);

    public List<JsonElement> Frames { get; } = [];

    /// <summary>The end: how, and the text until then.</summary>
    public (string? End, string Text) Outcome => (Transcript.Code ?? Transcript.End, Transcript.Text);

    /// <summary>Who answered, and what it took.</summary>
    public string? Result => Frames[^1].TryGetProperty("result", out var result) ? result.GetRawText() : null;

    public IEnumerable<string> Of(string type, string field) =>
        Frames.Where(f => f.GetProperty("type").GetString() == type).Select(f => f.GetProperty(field).GetString()!);
}

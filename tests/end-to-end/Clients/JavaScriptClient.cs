using System.Text.Json;
using StreamChat.EndToEndTests.Samples;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.EndToEndTests.Clients;

/// <summary>The client of <c>clients/javascript</c>, in a process of Node.</summary>
internal sealed class JavaScriptClient : IClientUnderTest
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly ChildProcess _process;
    private readonly ClientTask _task;
    private string? _firstGateway;

    private JavaScriptClient(ClientTask task)
    {
        _task = task;
        var script = Path.Combine(RepositoryLayout.Root, "clients", "javascript", "tests", "live", "follow.js");
        var argument = JsonSerializer.Serialize(
            new { url = task.Socket, task.UserId, task.Runs, task.Text, task.ThreadId, task.AttachTo, task.Joins, task.CancelWhenLost }, Json);
        _process = ChildProcess.Start(SampleRunner.Node, [script, argument]);
    }

    public bool WasLost => Lines("state").Any(l => l.GetProperty("state").GetString() == "waiting");

    public string FirstGateway => _firstGateway ?? throw new InvalidOperationException("It is not ready yet.");

    public static IClientUnderTest Start(ClientTask task) => new JavaScriptClient(task);

    public async Task ReadyAsync()
    {
        await UntilAsync(() => Lines("state").Any(IsOpen) && (_task.Joins is null || Lines("joined").Any()));
        _firstGateway = Lines("state").First(IsOpen).GetProperty("connectionId").GetString()!.Split('.')[0];
    }

    public async Task<IReadOnlyList<Guid>> SeenAsync(int tokens)
    {
        await UntilAsync(() => Lines("seen").Any(l => l.GetProperty("least").GetInt32() >= tokens));
        return [.. Lines("seen").Last().GetProperty("runIds").EnumerateArray().Select(id => id.GetGuid())];
    }

    public async Task<IReadOnlyList<SeenRun>> EndAsync()
    {
        await UntilAsync(() => Lines("end").Any());
        await _process.WaitForExitAsync(Patience);
        Assert.Equal(0, _process.ExitCode);
        return [.. Lines("run").Select(l => l.Deserialize<SeenRun>(Json)!)];
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static bool IsOpen(JsonElement state) => state.GetProperty("state").GetString() == "open";

    private IEnumerable<JsonElement> Lines(string kind)
    {
        foreach (var line in _process.Output.Split('\n'))
        {
            if (line.StartsWith($$"""{"line":"{{kind}}",""", StringComparison.Ordinal) || line == $$"""{"line":"{{kind}}"}""")
            {
                yield return JsonElement.Parse(line);
            }
        }
    }

    private async Task UntilAsync(Func<bool> condition)
    {
        await Eventually.TrueAsync(() => condition() || _process.HasExited, Patience);
        if (_process.HasExited && !condition())
        {
            await _process.WaitForExitAsync(Patience);
            Assert.True(condition(), $"The client wrote:\n{_process.Output}");
        }
    }
}

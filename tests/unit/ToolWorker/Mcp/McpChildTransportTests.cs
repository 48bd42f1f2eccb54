using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using ModelContextProtocol.Protocol;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Time;
using StreamChat.TestSupport.Waiting;
using StreamChat.ToolWorker.Mcp;

namespace StreamChat.UnitTests.ToolWorker.Mcp;

/// <summary>Programs that are started as servers, from their start to their end.</summary>
public sealed class McpChildTransportTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<string> _errors = [];
    private readonly TaskCompletionSource<McpMessageTooLargeException> _exceeded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_sees_the_environment_and_the_folder_that_it_is_given_and_no_more()
    {
        await using var child = Start("env >&2; pwd >&2", ("GIVEN", "g1v3n"), ("PATH", Environment.GetEnvironmentVariable("PATH")!));
        await EndAsync(await child.ConnectAsync(TestContext.Current.CancellationToken));
        await Eventually.TrueAsync(() => _errors.Contains(_folder.Path));

        // a shell has some of its own
        Assert.Equal(["GIVEN", "PATH"], _errors.Where(e => e.Contains('=')).Select(e => e.Split('=')[0]).Except(["PWD", "OLDPWD", "SHLVL", "_"]).Order());
        Assert.Contains("GIVEN=g1v3n", _errors);
    }

    [Fact]
    public async Task A_program_that_ends_closes_the_connection_at_once_and_its_code_is_told()
    {
        await using var child = Start("exit 3");
        var closed = await EndAsync(await child.ConnectAsync(TestContext.Current.CancellationToken));
        Assert.Equal("its process ended with code 3", McpFaults.Describe(closed));
    }

    [Fact]
    public async Task A_line_without_end_closes_the_connection()
    {
        await using var child = Start("cat /dev/zero");
        var closed = await EndAsync(await child.ConnectAsync(TestContext.Current.CancellationToken));
        Assert.Equal("it sent a message of more than 65536 bytes (Mcp:MaxMessageBytes)", McpFaults.Describe(closed));
        Assert.Same(closed, await _exceeded.Task);
        await DisposeAsync(child);
    }

    [Fact]
    public async Task A_program_that_ends_with_its_input_is_given_the_time()
    {
        await using var child = Start("cat > /dev/null; echo ended > end");
        await child.ConnectAsync(TestContext.Current.CancellationToken);
        await child.DisposeAsync();
        Assert.Equal("ended", File.ReadAllText(_folder.File("end")).Trim());
    }

    [Fact]
    public async Task A_program_that_does_not_end_with_its_input_is_killed_with_all_that_it_started()
    {
        await using var child = Start("sleep 1000 & echo $! > child; echo $$ > parent.new; mv parent.new parent; wait");
        await child.ConnectAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => File.Exists(_folder.File("parent")));
        await DisposeAsync(child);
        await Eventually.TrueAsync(() => !IsThere("parent") && !IsThere("child"));
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_told_by_its_error()
    {
        await using McpChildTransport child = new("srv", new McpServerSettings { Command = "/no/such/program" }, [], 1, _ => { }, _ => { }, _time);
        var failed = await Record.ExceptionAsync(() => child.ConnectAsync(TestContext.Current.CancellationToken));
        Assert.Equal("its program could not be started (error 2)", McpFaults.Describe(failed!));
    }

    private static async Task<Exception> EndAsync(ITransport connection) =>
        (await Record.ExceptionAsync(() => connection.MessageReader.Completion.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)))!;

    private McpChildTransport Start(string script, params (string Key, string Value)[] environment) => new(
        "srv",
        new McpServerSettings { Command = "/bin/sh", Arguments = ["-c", script], WorkingDirectory = _folder.Path },
        (environment.Length == 0 ? [("PATH", Environment.GetEnvironmentVariable("PATH")!)] : environment).Select(e => KeyValuePair.Create(e.Key, e.Value)),
        64 * 1024,
        e => _exceeded.TrySetResult(e),
        _errors.Enqueue,
        _time);

    /// <summary>Lets the time pass that it has to end by itself.</summary>
    private async Task DisposeAsync(McpChildTransport child)
    {
        var disposing = child.DisposeAsync().AsTask();
        await Eventually.TrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            return disposing.IsCompleted;
        });
        await disposing;
    }

    private bool IsThere(string file)
    {
        try
        {
            using var process = Process.GetProcessById(int.Parse(File.ReadAllText(_folder.File(file)), CultureInfo.InvariantCulture));
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}

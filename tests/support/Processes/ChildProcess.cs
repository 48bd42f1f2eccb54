using System.Diagnostics;
using System.Runtime.InteropServices;

namespace StreamChat.TestSupport.Processes;

/// <summary>A process of ours, its output kept, gone when we are.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private const int Terminate = 15;
    private const int Suspend = 19;
    private const int Resume = 18;
    private static readonly TimeSpan KillDeadline = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly OutputBuffer _output = new();
    private readonly IDisposable _reaping;

    private ChildProcess(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => _output.Add(e.Data);
        _process.ErrorDataReceived += (_, e) => _output.Add(e.Data);
        _process.Start();
        _reaping = Reaper.Add($"kill -KILL {_process.Id}");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The last lines that it wrote to output and error.</summary>
    public string Output => _output.ToString();

    public bool HasExited => _process.HasExited;

    /// <summary>Its exit code; only once it has exited.</summary>
    public int ExitCode => _process.ExitCode;

    public int Id => _process.Id;

    /// <summary>Starts a program.</summary>
    /// <param name="program">Its path, or its name if it is on the path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables to set, or with null to remove.</param>
    /// <param name="workingDirectory">Where it runs; here if null.</param>
    public static ChildProcess Start(
        string program,
        IEnumerable<string> arguments,
        IEnumerable<KeyValuePair<string, string?>>? environment = null,
        string? workingDirectory = null)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = workingDirectory ?? "" };
        foreach (var (name, value) in environment ?? [])
        {
            if (value is null)
            {
                start.Environment.Remove(name);
            }
            else
            {
                start.Environment[name] = value;
            }
        }

        return new ChildProcess(start);
    }

    /// <summary>Runs a program to its end and returns what it wrote.</summary>
    /// <inheritdoc cref="Start"/>
    /// <exception cref="InvalidOperationException">It failed; the message has its output.</exception>
    public static async Task<string> RunAsync(
        string program, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string?>>? environment = null)
    {
        await using var process = Start(program, arguments, environment);
        await process.WaitForExitAsync(TimeSpan.FromMinutes(2));
        return process.ExitCode == 0
            ? process.Output
            : throw new InvalidOperationException($"{program} ended with {process.ExitCode}:\n{process.Output}");
    }

    /// <summary>Waits for its end, and for the end of its output.</summary>
    /// <exception cref="TimeoutException">It runs on; the message has its output.</exception>
    public async Task WaitForExitAsync(TimeSpan deadline)
    {
        using var timeout = new CancellationTokenSource(deadline);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{_process.StartInfo.FileName} has not ended within {deadline}:\n{Output}");
        }
    }

    /// <summary>SIGKILL, to it and what it started. Without effect when it has ended.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            using var timeout = new CancellationTokenSource(KillDeadline);
            await _process.WaitForExitAsync(timeout.Token);
        }
    }

    /// <summary>SIGTERM, and waits for the end.</summary>
    /// <exception cref="TimeoutException">It runs on; the message has its output.</exception>
    public async Task StopAsync(TimeSpan deadline)
    {
        Signal(Terminate);
        await WaitForExitAsync(deadline);
    }

    /// <summary>SIGSTOP: it is there, holds its connections, and does nothing.</summary>
    public void Pause() => Signal(Suspend);

    /// <summary>SIGCONT: undoes <see cref="Pause"/>.</summary>
    public void Continue() => Signal(Resume);

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _reaping.Dispose();
        _process.Dispose();
    }

    private void Signal(int signal)
    {
        if (!_process.HasExited)
        {
            _ = SendSignal(_process.Id, signal);
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);
}

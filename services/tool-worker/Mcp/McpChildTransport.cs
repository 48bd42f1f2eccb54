using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using StreamChat.Hosting.Http;

namespace StreamChat.ToolWorker.Mcp;

/// <summary>
/// A server that this process starts, over its standard input and output. Not the SDK's own transport for it, which collects a line
/// whole however long it is, of the output as of the error output: one line without end took all memory.
/// </summary>
/// <param name="name">The server's name.</param>
/// <param name="settings">What to start.</param>
/// <param name="environment">All that the program sees of an environment.</param>
/// <param name="maxMessageBytes">How long a line may be.</param>
/// <param name="exceeded">Called when a line that is longer ends the connection.</param>
/// <param name="errorLine">Told of each line of the error output, as much as is kept of it.</param>
/// <param name="time">The clock.</param>
internal sealed partial class McpChildTransport(
    string name, McpServerSettings settings, IEnumerable<KeyValuePair<string, string>> environment, int maxMessageBytes,
    Action<McpMessageTooLargeException> exceeded, Action<string> errorLine, TimeProvider time) : IClientTransport, IAsyncDisposable
{
    private static readonly TimeSpan ExitTimeout = TimeSpan.FromSeconds(2);
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly CancellationTokenSource _disposed = new();
    private Process? _process;

    public string Name => name;

    /// <summary>Starts the program, once.</summary>
    public Task<ITransport> ConnectAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed.IsCancellationRequested, this);
        if (_process is not null)
        {
            throw new InvalidOperationException("It was started before.");
        }

        var process = _process = Process.Start(Program())!;
        _ = McpErrorOutput.ReadAsync(process.StandardError, errorLine, _disposed.Token);
        var output = new McpLineStream(new Output(process, time), maxMessageBytes, exceeded);
        return new StreamClientTransport(process.StandardInput.BaseStream, output).ConnectAsync(cancellationToken);
    }

    /// <summary>Its input ends, upon which it should end; if it does not it is killed, with all that it has started.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _process, null) is not { } process)
        {
            return;
        }

        using (process)
        {
            Try(process.StandardInput.Close);
            if (!await EndsAsync(process))
            {
                Try(() => process.Kill(entireProcessTree: true));
                await EndsAsync(process);
            }

            await _disposed.CancelAsync();
            Try(process.StandardOutput.Close);
            Try(process.StandardError.Close);
        }
    }

    private static void Try(Action end)
    {
        try
        {
            end();
        }
        catch (Exception)
        {
            // it has ended before
        }
    }

    // a shell looks for the program, which may be a script there, and takes some characters for its own
    private static (string Command, IEnumerable<string> Arguments) ByShell(string command, string[] arguments) =>
        OperatingSystem.IsWindows() && !string.Equals(Path.GetFileName(command), "cmd.exe", StringComparison.OrdinalIgnoreCase)
            ? ("cmd.exe", ["/c", command, .. arguments])
            : (command, arguments);

    private static string Escape(string argument) =>
        OperatingSystem.IsWindows() && !argument.Any(char.IsWhiteSpace) ? Special.Replace(argument, "^$0") : argument;

    [GeneratedRegex("[&^><|]", RegexOptions.CultureInvariant)]
    private static partial Regex Special { get; }

    private ProcessStartInfo Program()
    {
        var (command, arguments) = ByShell(settings.Command!, settings.Arguments);
        var program = new ProcessStartInfo(command, arguments.Select(Escape))
        {
            WorkingDirectory = settings.WorkingDirectory ?? Environment.CurrentDirectory,
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = Utf8,
            StandardOutputEncoding = Utf8,
            StandardErrorEncoding = Utf8,
        };
        program.Environment.Clear();
        foreach (var (variable, value) in environment)
        {
            program.Environment[variable] = value;
        }

        return program;
    }

    private async Task<bool> EndsAsync(Process process)
    {
        using var deadline = new CancellationTokenSource(ExitTimeout, time);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>What it writes, and at the end with which code it ended.</summary>
    private sealed class Output(Process process, TimeProvider time) : ReadStream
    {
        private readonly Stream _output = process.StandardOutput.BaseStream;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            // a pipe does not let go of a reader while something has it open at the other end
            var count = await _output.ReadAsync(buffer, cancellationToken).AsTask().WaitAsync(cancellationToken);
            return count > 0 || buffer.Length == 0 ? count : throw await ClosedAsync(cancellationToken);
        }

        private async Task<ClientTransportClosedException> ClosedAsync(CancellationToken cancellationToken)
        {
            var details = new StdioClientCompletionDetails();
            try
            {
                await process.WaitForExitAsync(cancellationToken).WaitAsync(ExitTimeout, time, cancellationToken);
                details.ExitCode = process.ExitCode;
            }
            catch (Exception e) when (e is TimeoutException or InvalidOperationException)
            {
                // it only closed its output
            }

            return new ClientTransportClosedException(details);
        }
    }
}

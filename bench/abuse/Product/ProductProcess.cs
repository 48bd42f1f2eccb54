using System.Globalization;
using System.Net;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.Abuse.Product;

/// <summary>
/// One process of the product, out of any checkout, with its whole log in a file and a limit of file descriptors. When it ends by itself it
/// is started again, and that is counted.
/// </summary>
internal sealed class ProductProcess : IAsyncDisposable
{
    private static readonly TimeSpan ReadyDeadline = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan ProbeDeadline = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _stop = new();
    private readonly Func<ChildProcess> _start;
    private readonly string _service;
    private ChildProcess _process;
    private Task _watching = Task.CompletedTask;
    private double _peak;
    private int _aborts;

    /// <summary>Starts it.</summary>
    /// <param name="checkout">The folder of the checkout, built in Release.</param>
    /// <param name="service">Folder of the service.</param>
    /// <param name="name">Its name in the report.</param>
    /// <param name="settings">Its configuration.</param>
    /// <param name="logFolder">Where its log goes.</param>
    /// <param name="descriptors">Its limit of file descriptors; 0 for that of this process.</param>
    public ProductProcess(
        string checkout, string service, string name, IReadOnlyDictionary<string, string?> settings, string logFolder, int descriptors)
    {
        _service = service;
        Name = name;
        LogFile = Path.Combine(logFolder, $"{name}.log");
        var port = FreePorts.Next();
        BaseAddress = new Uri($"http://127.0.0.1:{port}");
        var words = service.Split('-').Select(w => char.ToUpperInvariant(w[0]) + w[1..]);
        var folder = Path.Combine(checkout, "services", service, "bin", "Release", "net10.0");
        var assembly = Path.Combine(folder, $"StreamChat.{string.Concat(words)}.dll");
        if (!File.Exists(assembly))
        {
            throw new FileNotFoundException($"Build {service} in Release first.", assembly);
        }

        var environment = new Dictionary<string, string?>(settings)
        {
            ["HOST"] = "127.0.0.1",
            ["PORT"] = port.ToString(CultureInfo.InvariantCulture),
            ["DOTNET_ENVIRONMENT"] = "Production",
            ["DOTNET_DbgEnableMiniDump"] = "0",
        };
        var limit = descriptors > 0 ? $"ulimit -n {descriptors} && " : "";
        _start = () => ChildProcess.Start(
            "/bin/sh",
            ["-c", $"ulimit -c 0; {limit}exec \"$0\" \"$1\" >> \"$2\" 2>&1", Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", assembly, LogFile],
            environment,
            folder);
        _process = _start();
    }

    /// <summary>Its name in the report, for example <c>gateway 1</c>.</summary>
    public string Name { get; }

    /// <summary>Where it listens.</summary>
    public Uri BaseAddress { get; }

    /// <summary>All that it has written.</summary>
    public string LogFile { get; }

    /// <summary>How often it ended by itself, and was started again.</summary>
    public int Aborts => Volatile.Read(ref _aborts);

    /// <summary>Resident memory in MiB; 0 while it does not run.</summary>
    public double Rss => ReadRss();

    /// <summary>The most memory since <see cref="ForgetPeak"/>, in MiB, looked at four times a second.</summary>
    public double Peak => Math.Max(_peak, Rss);

    /// <summary>Bytes in its log.</summary>
    public long LogBytes => File.Exists(LogFile) ? new FileInfo(LogFile).Length : 0;

    public void ForgetPeak() => _peak = 0;

    /// <summary>Waits until it is ready, and watches over it from then on.</summary>
    /// <exception cref="InvalidOperationException">It ended, or was not ready in time.</exception>
    public async Task WaitUntilReadyAsync()
    {
        var ready = await Eventually.ComesTrueAsync(async () => _process.HasExited || await IsReadyAsync(), ReadyDeadline, TimeSpan.FromMilliseconds(100));
        if (!ready || _process.HasExited)
        {
            throw new InvalidOperationException($"{Name} is not ready. Its log: {string.Join('\n', File.ReadLines(LogFile).TakeLast(50))}");
        }

        _watching = WatchAsync();
    }

    /// <summary>Whether <c>/health/ready</c> answers 200.</summary>
    public async Task<bool> IsReadyAsync()
    {
        using var http = new HttpClient { Timeout = ProbeDeadline };
        try
        {
            using var answer = await http.GetAsync(new Uri(BaseAddress, "/health/ready"));
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        await _process.DisposeAsync();
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            _peak = Math.Max(_peak, Rss);
            if (_process.HasExited)
            {
                Interlocked.Increment(ref _aborts);
                await File.AppendAllTextAsync(LogFile, $"--- {_service} ended with exit code {_process.ExitCode} and is started again\n");
                await _process.DisposeAsync();
                _process = _start();
            }

            await Task.WhenAny(Task.Delay(WatchInterval, _stop.Token));
        }
    }

    private double ReadRss()
    {
        try
        {
            var line = File.ReadLines($"/proc/{_process.Id}/status").FirstOrDefault(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.AsSpan("VmRSS:".Length).Trim()[..^3], CultureInfo.InvariantCulture) / 1024.0;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return 0;
        }
    }
}

using System.Globalization;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.TestSupport.Processes;

/// <summary>One of our services as a real process.</summary>
public sealed class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan ReadyDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ProbeDeadline = TimeSpan.FromSeconds(5);

    private readonly ChildProcess _process;
    private readonly HttpClient _http;

    private ServiceProcess(string service, int port, IEnumerable<KeyValuePair<string, string?>> environment, int? descriptors)
    {
        Service = service;
        BaseAddress = new Uri($"http://127.0.0.1:{port}");
        _http = new HttpClient { BaseAddress = BaseAddress, Timeout = ProbeDeadline };
        var assembly = RepositoryLayout.ServiceAssembly(service);
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        _process = ChildProcess.Start(
            descriptors is null ? dotnet : "/bin/sh",
            descriptors is null ? [assembly] : ["-c", $"ulimit -n {descriptors}; exec \"$0\" \"$1\"", dotnet, assembly],
            [.. Surroundings(port), .. environment],
            Path.GetDirectoryName(assembly));
    }

    /// <summary>Folder of the service, for example <c>gateway</c>.</summary>
    public string Service { get; }

    /// <summary>Where it listens.</summary>
    public Uri BaseAddress { get; }

    /// <summary>The process itself: output, exit, signals.</summary>
    public ChildProcess Process => _process;

    /// <summary>Starts a service without waiting for it.</summary>
    /// <param name="service">Folder of the service, for example <c>agent-worker</c>.</param>
    /// <param name="environment">Its configuration, with <c>__</c> between the parts of a key.</param>
    /// <param name="port">Where it listens; a free port if null.</param>
    /// <param name="descriptors">How many file descriptors it may open; as many as this process if null.</param>
    public static ServiceProcess Start(
        string service, IEnumerable<KeyValuePair<string, string?>>? environment = null, int? port = null, int? descriptors = null) =>
        new(service, port ?? FreePorts.Next(), environment ?? [], descriptors);

    /// <summary>Starts a service and waits until it is ready.</summary>
    /// <inheritdoc cref="Start"/>
    public static async Task<ServiceProcess> StartReadyAsync(
        string service, IEnumerable<KeyValuePair<string, string?>>? environment = null, int? port = null, int? descriptors = null)
    {
        var process = Start(service, environment, port, descriptors);
        try
        {
            await process.WaitUntilReadyAsync();
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for <c>/health/ready</c>.</summary>
    /// <exception cref="InvalidOperationException">It ended or was not ready in time; the message has its output.</exception>
    public Task WaitUntilReadyAsync(TimeSpan? deadline = null) => WaitForAsync("/health/ready", deadline);

    /// <summary>Waits for <c>/health/live</c>.</summary>
    /// <inheritdoc cref="WaitUntilReadyAsync"/>
    public Task WaitUntilLiveAsync(TimeSpan? deadline = null) => WaitForAsync("/health/live", deadline);

    /// <summary>SIGKILL.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>SIGTERM, and waits for the end.</summary>
    public Task StopAsync(TimeSpan? deadline = null) => _process.StopAsync(deadline ?? TimeSpan.FromSeconds(40));

    /// <summary>What it wrote, to go with a failure.</summary>
    public override string ToString() => $"--- {Service} at {BaseAddress}, last output:\n{_process.Output}\n---";

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
    }

    private static Dictionary<string, string?> Surroundings(int port)
    {
        // nothing of the developer's own settings reaches the service
        var variables = Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .Where(name => name.StartsWith("OTEL_", StringComparison.Ordinal) || name.StartsWith("ASPNETCORE_", StringComparison.Ordinal))
            .ToDictionary(name => name, _ => (string?)null);
        variables["HOST"] = "127.0.0.1";
        variables["PORT"] = port.ToString(CultureInfo.InvariantCulture);
        variables["DOTNET_ENVIRONMENT"] = "Production";
        return variables;
    }

    private async Task WaitForAsync(string path, TimeSpan? deadline)
    {
        try
        {
            await Eventually.GetAsync(
                () => ProbeAsync(path),
                answer => answer.StartsWith("200 ", StringComparison.Ordinal) || _process.HasExited,
                deadline ?? ReadyDeadline,
                $"{Service} answers 200 on {path}");
        }
        catch (TimeoutException e)
        {
            throw new InvalidOperationException($"{e.Message}\n{this}", e);
        }

        if (_process.HasExited)
        {
            throw new InvalidOperationException($"{Service} ended with {_process.ExitCode}.\n{this}");
        }
    }

    private async Task<string> ProbeAsync(string path)
    {
        try
        {
            using var response = await _http.GetAsync(path);
            return $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}";
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return e.Message;
        }
    }
}

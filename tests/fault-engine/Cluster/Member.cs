using StreamChat.FaultEngine.Network;
using StreamChat.TestSupport.Processes;

namespace StreamChat.FaultEngine.Cluster;

/// <summary>One process of a cluster, started again under the same address when it was killed.</summary>
public sealed class Member : IAsyncDisposable
{
    private static readonly TimeSpan ReadyDeadline = TimeSpan.FromSeconds(90);

    private readonly Dictionary<string, string?> _settings;
    private readonly string? _logFolder;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private int _starts;
    private bool _isKilled;
    private ServiceProcess _process;

    /// <summary>Starts it, without waiting for it.</summary>
    /// <param name="service">Folder of the service.</param>
    /// <param name="number">Which of several of its kind.</param>
    /// <param name="settings">Its configuration.</param>
    /// <param name="broker">Its way to the broker; null for one that needs none.</param>
    /// <param name="logFolder">Where its output goes.</param>
    public Member(string service, int number, IEnumerable<KeyValuePair<string, string?>> settings, FaultProxy? broker, string? logFolder)
    {
        Name = $"{service}-{number}";
        Service = service;
        Broker = broker;
        _settings = new Dictionary<string, string?>(settings);
        _logFolder = logFolder;
        Port = FreePorts.Next();
        _process = Start();
    }

    /// <summary>What it is called in schedules and logs.</summary>
    public string Name { get; }

    /// <summary>Folder of the service.</summary>
    public string Service { get; }

    /// <summary>Where it listens, in all its lives.</summary>
    public int Port { get; }

    /// <summary>Its way to the broker.</summary>
    public FaultProxy? Broker { get; }

    /// <summary>Where it listens.</summary>
    public Uri Address => _process.BaseAddress;

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        await _turn.WaitAsync();
        try
        {
            if (!_isKilled)
            {
                await _process.KillAsync();
                await SaveLogAsync();
                await _process.DisposeAsync();
                _isKilled = true;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Starts it again if it was killed. One that ended by itself stays so, and is never ready.</summary>
    public async Task StartAgainAsync()
    {
        await _turn.WaitAsync();
        try
        {
            if (_isKilled)
            {
                _process = Start();
                _isKilled = false;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>SIGSTOP.</summary>
    public void Pause() => Signal(p => p.Pause());

    /// <summary>SIGCONT.</summary>
    public void Continue() => Signal(p => p.Continue());

    /// <summary>Waits until it says that it is ready. Not while it may be killed.</summary>
    /// <exception cref="InvalidOperationException">It does not, or has ended by itself; the message has its output.</exception>
    public Task WaitUntilReadyAsync() => _process.WaitUntilReadyAsync(ReadyDeadline);

    /// <summary>Writes down what it has said in this life.</summary>
    public Task SaveLogAsync() =>
        _logFolder is null ? Task.CompletedTask : File.WriteAllTextAsync(Path.Combine(_logFolder, $"{Name}.{_starts}.log"), _process.ToString());

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        if (Broker is not null)
        {
            await Broker.DisposeAsync();
        }

        _turn.Dispose();
    }

    private ServiceProcess Start()
    {
        _starts++;
        return ServiceProcess.Start(Service, _settings, Port);
    }

    private void Signal(Action<ChildProcess> signal)
    {
        if (!_isKilled)
        {
            signal(_process.Process);
        }
    }
}

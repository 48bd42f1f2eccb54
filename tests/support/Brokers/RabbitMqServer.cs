using StreamChat.TestSupport.Servers;
using StreamChat.TestSupport.Waiting;
using Xunit;

namespace StreamChat.TestSupport.Brokers;

/// <summary>
/// A real RabbitMQ, chosen by <see cref="ServerChoice"/>; <c>RABBITMQ_URI</c> names one to use. As a fixture it is started before the tests; made by hand it is not, so that services can be pointed at
/// <see cref="Uri"/> before there is a broker.
/// </summary>
public sealed class RabbitMqServer : IAsyncLifetime
{
    /// <summary>The variable that names a broker to use.</summary>
    public const string UriVariable = "RABBITMQ_URI";

    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(90);

    // each call of rabbitmqctl starts an Erlang machine, which costs seconds of a processor: hosts are made in batches that grow to this size
    private const int LargestBatch = 16;

    private readonly IBroker _broker;
    private readonly SemaphoreSlim _making = new(1);
    private readonly Queue<string> _virtualHosts = [];
    private int _made;

    public RabbitMqServer()
        : this(Choose(Environment.GetEnvironmentVariable(UriVariable)))
    {
    }

    private RabbitMqServer(IBroker broker) => _broker = broker;

    /// <summary>The default virtual host, with user and password.</summary>
    public Uri Uri => _broker.Uri;

    /// <summary>Whether it can be stopped and given virtual hosts; false for one that was given to us.</summary>
    public bool IsOurs => _broker.IsOurs;

    /// <summary>A server that can be stopped, whatever <see cref="UriVariable"/> says.</summary>
    public static RabbitMqServer OfOurOwn() => new(Choose(given: null));

    /// <summary>Starts it, with the data it had, and waits until it takes connections.</summary>
    public async Task StartAsync()
    {
        await _broker.StartAsync();
        try
        {
            await Eventually.TrueAsync(AnswersAsync, StartDeadline, $"a broker answers on {Uri.Host}:{Uri.Port}");
        }
        catch (TimeoutException e)
        {
            throw new InvalidOperationException($"{e.Message}\n{_broker.Output}", e);
        }
    }

    /// <summary>Has it end in order. The data and the port stay for the next start.</summary>
    public Task StopAsync() => _broker.StopAsync();

    /// <summary>
    /// Ends it at once, as a power cut does. The port and what is on disk stay for the next start; RabbitMQ writes down where a new
    /// quorum queue is only after half a second, and one that is killed before that never works again.
    /// </summary>
    public Task KillAsync() => _broker.KillAsync();

    /// <summary>Runs <c>rabbitmqctl</c> against a broker of our own and returns what it wrote.</summary>
    public Task<string> ControlAsync(params IReadOnlyList<string> arguments) => _broker.ControlAsync(arguments);

    /// <summary>
    /// An empty virtual host, for tests that need queues which no other test uses. Of a given broker this is its only one, shared by all.
    /// </summary>
    public async Task<Uri> CreateVirtualHostAsync()
    {
        if (!_broker.IsOurs)
        {
            return Uri;
        }

        await _making.WaitAsync();
        try
        {
            if (_virtualHosts.Count == 0)
            {
                var names = Enumerable.Range(_made + 1, Math.Min(_made + 1, LargestBatch)).Select(number => $"test-{number}").ToList();
                await _broker.ControlAsync("eval", string.Concat(names.Select(name => $"""
                    rabbit_vhost:add(<<"{name}">>, <<"tests">>),
                    rabbit_auth_backend_internal:set_permissions(<<"guest">>, <<"{name}">>, <<".*">>, <<".*">>, <<".*">>, <<"tests">>),
                    """)) + "ok.");
                names.ForEach(_virtualHosts.Enqueue);
                _made += names.Count;
            }

            return new Uri(Uri, _virtualHosts.Dequeue());
        }
        finally
        {
            _making.Release();
        }
    }

    async ValueTask IAsyncLifetime.InitializeAsync() => await StartAsync();

    public ValueTask DisposeAsync()
    {
        _making.Dispose();
        return _broker.DisposeAsync();
    }

    private static IBroker Choose(string? given) => ServerChoice.Of<IBroker>(
        "RabbitMQ",
        UriVariable,
        given,
        uri => new GivenBroker(new Uri(uri)),
        () => InstalledNode.FindScripts() is { } scripts ? new InstalledBroker(scripts) : null,
        ServerChoice.HasDocker,
        () => new ContainerBroker());

    private Task<bool> AnswersAsync() => AmqpProbe.AnswersAsync(Uri.Host, Uri.Port < 0 ? 5672 : Uri.Port);
}

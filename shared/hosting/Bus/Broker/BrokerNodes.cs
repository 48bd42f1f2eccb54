using System.Net.Sockets;
using MassTransit;
using MassTransit.RabbitMqTransport;
using MassTransit.RabbitMqTransport.Configuration;
using RabbitMQ.Client;

namespace StreamChat.Hosting.Bus.Broker;

/// <summary>
/// The nodes of the broker, in the order in which to try them. MassTransit's own resolver names one node at each try and pauses for
/// seconds between two of them, and longer each time; this one names all of them, and waits beforehand until one answers, so that a
/// process is back as soon as the broker is.
/// </summary>
/// <param name="options">Which nodes there are.</param>
/// <param name="first">Where to begin: by chance, so that processes spread over the nodes.</param>
/// <param name="time">The clock.</param>
/// <param name="stopping">Fires when the process stops.</param>
internal sealed class BrokerNodes(BusOptions options, int first, TimeProvider time, CancellationToken stopping) : IRabbitMqEndpointResolver
{
    // one that does not answer within this is tried again, or left to the client library, which says why
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // what a client says first (AMQP 0-9-1, 2.2.4); the broker answers with connection.start
    private static readonly byte[] ProtocolHeader = [.. "AMQP"u8, 0, 0, 9, 1];

    private readonly IReadOnlyList<ClusterNode> _nodes = [.. options.AllNodes.Select(ClusterNode.Parse)];
    private RabbitMqHostSettings? _settings;
    private int _next = first;

    public ClusterNode LastHost { get; private set; }

    /// <summary>Whose encryption each node is spoken to with.</summary>
    public void Use(RabbitMqHostSettings settings) => _settings = settings;

    public IEnumerable<AmqpTcpEndpoint> All()
    {
        for (var i = 0; i < _nodes.Count; i++)
        {
            var node = LastHost = _nodes[(_next + i) % _nodes.Count];
            var endpoint = new AmqpTcpEndpoint(node.HostName, PortOf(node));
            _settings?.ApplySslOptions(endpoint.Ssl);
            yield return endpoint;
        }
    }

    /// <summary>Waits until a node takes connections, for a while; that one is the first to be tried.</summary>
    public async Task WaitAsync()
    {
        var started = time.GetTimestamp();
        while (!stopping.IsCancellationRequested && time.GetElapsedTime(started) < Patience)
        {
            for (var i = 0; i < _nodes.Count; i++)
            {
                // never the same one twice in a row when there are others: it may take connections and not serve them
                var candidate = (_next + 1 + i) % _nodes.Count;
                if (await AnswersAsync(_nodes[candidate]))
                {
                    _next = candidate;
                    return;
                }
            }

            await Task.Delay(ProbeInterval, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static int DefaultPort(Uri uri) => uri.Scheme == BusOptions.TlsScheme ? 5671 : 5672;

    private int PortOf(ClusterNode node) => node.Port ?? DefaultPort(options.Uri);

    private async Task<bool> AnswersAsync(ClusterNode node)
    {
        using var deadline = new CancellationTokenSource(ProbeTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping);
        try
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(node.HostName, PortOf(node), either.Token);
            if (options.Uri.Scheme != BusOptions.PlainScheme)
            {
                return true;
            }

            // one that starts or stops takes connections and says nothing
            await using var stream = socket.GetStream();
            await stream.WriteAsync(ProtocolHeader, either.Token);
            return await stream.ReadAsync(new byte[1], either.Token) > 0;
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            return false;
        }
    }
}

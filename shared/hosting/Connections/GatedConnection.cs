using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace StreamChat.Hosting.Connections;

/// <summary>A connection of the transport that tells the gate when it is closed. Everything else is the transport's.</summary>
internal sealed class GatedConnection : ConnectionContext
{
    private readonly ConnectionContext _connection;
    private readonly ConnectionGate _gate;
    private int _closed;

    public GatedConnection(ConnectionContext connection, ConnectionGate gate)
    {
        (_connection, _gate) = (connection, gate);
        Node = new LinkedListNode<GatedConnection>(this);
    }

    /// <summary>Its entry in the list of idle connections. The gate's, under the gate's lock.</summary>
    public LinkedListNode<GatedConnection> Node { get; }

    /// <summary>Requests under way. The gate's, under the gate's lock.</summary>
    public int Requests { get; set; }

    /// <summary>Whether it is being closed to make room. The gate's, under the gate's lock.</summary>
    public bool IsEvicted { get; set; }

    /// <summary>Whether it is closed.</summary>
    public bool IsClosed => Volatile.Read(ref _closed) != 0;

    public override string ConnectionId
    {
        get => _connection.ConnectionId;
        set => _connection.ConnectionId = value;
    }

    public override IFeatureCollection Features => _connection.Features;

    public override IDictionary<object, object?> Items
    {
        get => _connection.Items;
        set => _connection.Items = value;
    }

    public override IDuplexPipe Transport
    {
        get => _connection.Transport;
        set => _connection.Transport = value;
    }

    public override EndPoint? LocalEndPoint
    {
        get => _connection.LocalEndPoint;
        set => _connection.LocalEndPoint = value;
    }

    public override EndPoint? RemoteEndPoint
    {
        get => _connection.RemoteEndPoint;
        set => _connection.RemoteEndPoint = value;
    }

    public override CancellationToken ConnectionClosed
    {
        get => _connection.ConnectionClosed;
        set => _connection.ConnectionClosed = value;
    }

    public override void Abort() => _connection.Abort();

    public override void Abort(ConnectionAbortedException abortReason) => _connection.Abort(abortReason);

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await _connection.DisposeAsync();
            await base.DisposeAsync();
        }
        finally
        {
            if (Interlocked.Exchange(ref _closed, 1) == 0)
            {
                _gate.Closed(this);
            }
        }
    }
}

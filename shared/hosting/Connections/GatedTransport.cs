using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace StreamChat.Hosting.Connections;

/// <summary>Kestrel's sockets behind the gate: connections are counted where they are accepted, before anything waits for a thread.</summary>
internal sealed class GatedTransport(SocketTransportFactory sockets, ConnectionGate gate) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => sockets.CanBind(endpoint);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        gate.Open();
        return new Listener(await sockets.BindAsync(endpoint, cancellationToken), gate);
    }

    private sealed class Listener(IConnectionListener sockets, ConnectionGate gate) : IConnectionListener
    {
        public EndPoint EndPoint => sockets.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (await sockets.AcceptAsync(cancellationToken) is { } connection)
            {
                if (await gate.AdmitAsync(connection, cancellationToken) is { } admitted)
                {
                    return admitted;
                }

                connection.Abort(new ConnectionAbortedException("There is no room for another connection."));
                await connection.DisposeAsync();
            }

            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => sockets.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => sockets.DisposeAsync();
    }
}

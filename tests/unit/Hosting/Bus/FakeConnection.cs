using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace StreamChat.UnitTests.Hosting.Bus;

/// <summary>A connection to a broker that says what the test wants it to. Not more of its interface than is listened to.</summary>
internal sealed class FakeConnection
{
    private AsyncEventHandler<ShutdownEventArgs>? _shutdown;
    private AsyncEventHandler<ConnectionBlockedEventArgs>? _blocked;
    private AsyncEventHandler<AsyncEventArgs>? _unblocked;
    private bool _isOpen = true;

    public FakeConnection()
    {
        Client = DispatchProxy.Create<IConnection, Proxy>();
        ((Proxy)(object)Client).Owner = this;
    }

    public IConnection Client { get; }

    public Task BreakAsync()
    {
        _isOpen = false;
        return _shutdown!(Client, new ShutdownEventArgs(ShutdownInitiator.Peer, 320, "CONNECTION_FORCED"));
    }

    public Task BlockAsync() => _blocked!(Client, new ConnectionBlockedEventArgs("low on memory"));

    public Task UnblockAsync() => _unblocked!(Client, new AsyncEventArgs());

    [SuppressMessage("Performance", "CA1852", Justification = "What is made at run time derives from it.")]
    public class Proxy : DispatchProxy
    {
        internal FakeConnection Owner { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            switch (targetMethod!.Name)
            {
                case $"get_{nameof(IConnection.IsOpen)}":
                    return Owner._isOpen;
                case $"add_{nameof(IConnection.ConnectionShutdownAsync)}":
                    Owner._shutdown += (AsyncEventHandler<ShutdownEventArgs>)args![0]!;
                    return null;
                case $"add_{nameof(IConnection.ConnectionBlockedAsync)}":
                    Owner._blocked += (AsyncEventHandler<ConnectionBlockedEventArgs>)args![0]!;
                    return null;
                case $"add_{nameof(IConnection.ConnectionUnblockedAsync)}":
                    Owner._unblocked += (AsyncEventHandler<AsyncEventArgs>)args![0]!;
                    return null;
                default:
                    throw new NotSupportedException(targetMethod.Name);
            }
        }
    }
}

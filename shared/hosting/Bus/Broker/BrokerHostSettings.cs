using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MassTransit;
using MassTransit.RabbitMqTransport;
using MassTransit.RabbitMqTransport.Configuration;
using RabbitMQ.Client;

namespace StreamChat.Hosting.Bus.Broker;

/// <summary>MassTransit's settings of a broker, but with our way to its nodes, for which its configurator has no place.</summary>
internal sealed class BrokerHostSettings : RabbitMqHostSettings
{
    private readonly RabbitMqHostSettings _inner;
    private readonly BrokerNodes _nodes;

    public BrokerHostSettings(BusOptions options, BrokerNodes nodes)
    {
        var configurator = new RabbitMqHostConfigurator(options.Uri);
        configurator.RequestedConnectionTimeout(TimeSpan.FromSeconds(5));
        configurator.ContinuationTimeout(TimeSpan.FromSeconds(5));
        configurator.Heartbeat(options.Heartbeat);
        _inner = configurator.Settings;
        _nodes = nodes;
        nodes.Use(_inner);
    }

    public IRabbitMqEndpointResolver EndpointResolver => _nodes;

    public string Host => _inner.Host;

    public int Port => _inner.Port;

    public string VirtualHost => _inner.VirtualHost;

    public string Username => _inner.Username;

    public string Password => _inner.Password;

    public TimeSpan Heartbeat => _inner.Heartbeat;

    public bool Ssl => _inner.Ssl;

    public SslProtocols SslProtocol => _inner.SslProtocol;

    public string SslServerName => _inner.SslServerName;

    public SslPolicyErrors AcceptablePolicyErrors => _inner.AcceptablePolicyErrors;

    public string ClientCertificatePath => _inner.ClientCertificatePath;

    public string ClientCertificatePassphrase => _inner.ClientCertificatePassphrase;

    public X509Certificate ClientCertificate => _inner.ClientCertificate;

    public bool UseClientCertificateAsAuthenticationIdentity => _inner.UseClientCertificateAsAuthenticationIdentity;

    public LocalCertificateSelectionCallback CertificateSelectionCallback
    {
        get => _inner.CertificateSelectionCallback;
        set => _inner.CertificateSelectionCallback = value;
    }

    public RemoteCertificateValidationCallback CertificateValidationCallback
    {
        get => _inner.CertificateValidationCallback;
        set => _inner.CertificateValidationCallback = value;
    }

    public string ClientProvidedName => _inner.ClientProvidedName;

    public Uri HostAddress => _inner.HostAddress;

    public bool PublisherConfirmation => _inner.PublisherConfirmation;

    public ushort RequestedChannelMax => _inner.RequestedChannelMax;

    public TimeSpan RequestedConnectionTimeout => _inner.RequestedConnectionTimeout;

    public BatchSettings BatchSettings => _inner.BatchSettings;

    public TimeSpan ContinuationTimeout => _inner.ContinuationTimeout;

    public uint? MaxMessageSize => _inner.MaxMessageSize;

    public ICredentialsProvider CredentialsProvider => _inner.CredentialsProvider;

    public uint? RequestedFrameMax => _inner.RequestedFrameMax;

    public Task Refresh(ConnectionFactory connectionFactory) => _nodes.WaitAsync();
}

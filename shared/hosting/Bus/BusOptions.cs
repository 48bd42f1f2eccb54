using System.ComponentModel.DataAnnotations;

namespace StreamChat.Hosting.Bus;

/// <summary>What carries messages between services.</summary>
public enum BusTransport
{
    /// <summary>A RabbitMQ broker.</summary>
    RabbitMq,

    /// <summary>This process only: the standalone server and tests.</summary>
    InMemory,
}

/// <summary>Section <c>Bus</c>.</summary>
public sealed class BusOptions : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "Bus";

    internal const string PlainScheme = "amqp";
    internal const string TlsScheme = "amqps";

    /// <summary>The transport; RabbitMQ unless said otherwise.</summary>
    public BusTransport Transport { get; set; } = BusTransport.RabbitMq;

    /// <summary>Where the broker is, with user, password and virtual host: <c>amqp://user:password@host:port/vhost</c>; <c>amqps</c> for TLS.</summary>
    [Required]
    public Uri Uri { get; set; } = new("amqp://guest:guest@localhost:5672");

    /// <summary>
    /// The other nodes of a cluster, each <c>host</c> or <c>host:port</c>; user, password, virtual host and encryption are those of
    /// <see cref="Uri"/>. A process that loses its node goes on with another one.
    /// </summary>
    public IList<string> Nodes { get; } = [];

    /// <summary>
    /// On how many nodes of a cluster each shared queue is kept: 3 survive the loss of one. All processes must agree, and a queue that
    /// exists already keeps what it was made with. 0 for a single node: only requested runs are then written to disk before they are
    /// accepted.
    /// </summary>
    [Range(0, 9)]
    public int Replicas { get; set; }

    /// <summary>
    /// How often the broker and this process tell each other that they are there. A connection that breaks without a word is noticed
    /// after two to three of them.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long one publish may take, from the call to the broker's confirm. Past it the publish counts as failed (it may have
    /// happened). The client library can wait without end on a broken connection, so every publish has this deadline.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a stopping process waits for work in hand before it gives it back to the broker.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Every node, that of <see cref="Uri"/> first.</summary>
    internal IEnumerable<string> AllNodes => [Uri.IsDefaultPort || Uri.Port < 0 ? Uri.Host : $"{Uri.Host}:{Uri.Port}", .. Nodes];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // no message quotes a value: an address holds the broker's password
        if (Uri is not null && (!Uri.IsAbsoluteUri || Uri.Scheme is not (PlainScheme or TlsScheme or "rabbitmq" or "rabbitmqs") || Uri.Host.Length == 0))
        {
            yield return new($"must be an absolute {PlainScheme} or {TlsScheme} URL: {PlainScheme}://user:password@host:5672/vhost", [nameof(Uri)]);
        }

        for (var i = 0; i < Nodes.Count; i++)
        {
            if (!System.Uri.TryCreate($"amqp://{Nodes[i]}", UriKind.Absolute, out var node) || node.Host.Length == 0 || node.AbsolutePath.Length > 1 || node.UserInfo.Length > 0)
            {
                yield return new("must be a host name with an optional port, such as rabbit-2 or rabbit-2:5672", [$"{nameof(Nodes)}:{i}"]);
            }
        }
    }
}

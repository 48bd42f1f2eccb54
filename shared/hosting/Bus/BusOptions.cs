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
public sealed class BusOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Bus";

    /// <summary>The transport; RabbitMQ unless said otherwise.</summary>
    public BusTransport Transport { get; set; } = BusTransport.RabbitMq;

    /// <summary>Where the broker is, with user, password and virtual host: <c>amqp://user:password@host:port/vhost</c>; <c>amqps</c> for TLS.</summary>
    [Required]
    public Uri Uri { get; set; } = new("amqp://guest:guest@localhost:5672");

    /// <summary>
    /// How long one publish may take, from the call to the broker's confirm. Past it the publish counts as failed (it may have
    /// happened). The client library can wait without end on a broken connection, so every publish has this deadline.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a stopping process waits for work in hand before it gives it back to the broker.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(20);
}
